"""Opening a centre's day of reminders, once."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from core.events.publish import publish
from core.people.models import Centre
from core.submissions.events import HomeworkRemindersDue
from core.submissions.models import ReminderDay

FROM: Final = 9  # o'clock, in the centre's time zone
UNTIL: Final = 20  # when nothing worked at nine, later is better than not, but not at night


@transaction.atomic
def open_days(*, at: datetime) -> int:
    """Have the students of each centre reminded where it is time; once a day. Returns how many."""
    days = {centre.pk: day for centre in Centre.objects.all() if (day := _day_of(centre, at))}
    done = ReminderDay.objects.filter(day__in=set(days.values())).values_list("centre_id", "day")
    due = set(days.items()) - set(done)
    return sum(_open_day(centre_id, day, at) for centre_id, day in sorted(due))


def _day_of(centre: Centre, at: datetime) -> date | None:
    """The day there, where it is time; None otherwise."""
    there = at.astimezone(ZoneInfo(centre.timezone))
    return there.date() if FROM <= there.hour < UNTIL else None


def _open_day(centre_id: int, day: date, at: datetime) -> bool:
    _, is_new = ReminderDay.objects.get_or_create(centre_id=centre_id, day=day)
    if is_new:
        publish(HomeworkRemindersDue(centre_id=centre_id, day=day, at=at))
    return is_new
