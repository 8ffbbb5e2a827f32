"""A month of a centre's calendar: its days with what closes the school and what is due."""

import re
from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber, TruncDate

from core.calendar.actions import EARLIEST, LATEST
from core.calendar.models import ClosedDay, Term
from core.calendar.queries import SATURDAY, closed_between, terms_between, today_of
from core.home.queries import Card, children_by_class
from core.homework.models import Homework, HomeworkState
from core.homework.queries import homework_for
from core.people.actor import Actor
from core.people.models import Centre

MOST_OF_A_DAY: Final = 4  # homework; a large school has hundreds
MONTH: Final = re.compile(r"(\d{4})-(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month, or of the weeks at its ends."""

    day: date
    is_of_month: bool
    is_today: bool
    closed: ClosedDay | None
    cards: tuple[Card, ...]
    more: int  # homework that is not among the cards

    @property
    def is_weekend(self) -> bool:
        """Whether it is a Saturday or a Sunday."""
        return self.day.weekday() >= SATURDAY

    @property
    def is_told(self) -> bool:
        """Whether there is something to say about it."""
        return self.is_of_month and bool(self.closed or self.cards)

    @property
    def told_at(self) -> date:
        """The day at which it is said: holidays are said once, at their first day of the month."""
        if self.cards or not self.closed:
            return self.day
        return max(self.closed.day, self.day.replace(day=1))


@dataclass(frozen=True, slots=True)
class Month:
    """What the calendar page shows."""

    first: date
    weeks: list[list[Day]]
    terms: list[Term]
    before: str  # the month before as `2026-10`, '' at the calendar's end
    after: str

    @property
    def told(self) -> list[Day]:
        """The days at which there is something to say."""
        days = [day for week in self.weeks for day in week]
        return [day for day in days if day.is_told and day.told_at == day.day]


def month_from(text: str, today: date) -> date:
    """The first day of the month `2026-11`; of the present one for what is none."""
    found = MONTH.fullmatch(text)
    year, number = (int(part) for part in found.groups()) if found else (today.year, today.month)
    if not (1 <= number <= 12 and EARLIEST.year <= year <= LATEST.year):  # noqa: PLR2004 - months
        return today.replace(day=1)
    return date(year, number, 1)


def month_of(first: date, centre: Centre, *, by: Actor) -> Month:
    """The month as the actor may see it, in four queries at most."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1]
    closed = {
        day: each
        for each in closed_between(centre.pk, begin, end)
        for day in _days(max(begin, each.day), min(end, each.last))
    }
    due = _due_between(first, _month_after(first), centre, by)
    today = today_of(centre)

    def told(day: date) -> Day:
        rows, more = due.get(day, ((), 0))
        return Day(day, day.month == first.month, day == today, closed.get(day), rows, more)

    return Month(
        first=first,
        weeks=[[told(day) for day in week] for week in weeks],
        terms=list(terms_between(centre.pk, begin, end)),
        before=_name_of(first - timedelta(days=1)),
        after=_name_of(_month_after(first)),
    )


def _due_between(
    first: date, end: date, centre: Centre, by: Actor
) -> dict[date, tuple[tuple[Card, ...], int]]:
    """By day of the centre, the first published homework due, and how many more there are."""
    zone = ZoneInfo(centre.timezone)
    begin, over = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (first, end))
    rows = (
        homework_for(by)
        .filter(state=HomeworkState.PUBLISHED, due_at__gte=begin, due_at__lt=over)
        .annotate(day=TruncDate("due_at", tzinfo=zone))
        .annotate(place=Window(RowNumber(), [F("day")], [F("due_at"), F("pk")]))
        .annotate(count=Window(Count("pk"), [F("day")]))
        .filter(place__lte=MOST_OF_A_DAY)
        .order_by("due_at", "pk")
    )
    children = children_by_class(by)
    found: dict[date, list[Homework]] = defaultdict(list)
    more: dict[date, int] = {}
    for row in rows:
        found[row.day].append(row)
        more[row.day] = row.count - len(found[row.day])
    return {
        day: (tuple(Card(each, tuple(children.get(each.school_class_id, ()))) for each in of), rest)
        for day, of in found.items()
        for rest in [more[day]]
    }


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _name_of(day: date) -> str:
    return f"{day:%Y-%m}" if EARLIEST <= day <= LATEST else ""
