"""All that reads the calendar. Another centre's does not exist here."""

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from core import clock
from core.calendar.models import ClosedDay, Term
from core.people.actor import Actor
from core.people.models import Centre
from core.refusals import NotFoundError

SATURDAY: Final = 5  # as date.weekday() counts


def is_open(centre_id: int, day: date) -> bool:
    """Whether there is school on a day: not at a weekend, nor on a closed day.

    Terms do not count: a school that has not entered its next term yet is not closed by that.
    """
    return day.weekday() < SATURDAY and not closed_between(centre_id, day, day).exists()


def term_of(centre_id: int, day: date) -> Term | None:
    """The term that a day falls into, if any."""
    return terms_between(centre_id, day, day).first()


def today_of(centre: Centre) -> date:
    """The day that the centre's clocks and calendars show now."""
    return clock.now().astimezone(ZoneInfo(centre.timezone)).date()


def terms_between(centre_id: int, first: date, last: date) -> QuerySet[Term]:
    """The terms that have one of the days, first term first."""
    terms = Term.objects.filter(centre_id=centre_id, begins__lte=last, ends__gte=first)
    return terms.order_by("begins")


def closed_between(centre_id: int, first: date, last: date) -> QuerySet[ClosedDay]:
    """What is closed on one of the days, earliest first."""
    ending = Q(until__gte=first) | Q(until=None, day__gte=first)
    return ClosedDay.objects.filter(ending, centre_id=centre_id, day__lte=last).order_by("day")


def terms_for(by: Actor) -> QuerySet[Term]:
    """All terms of the actor's centre."""
    return Term.objects.filter(centre_id=by.centre_id)


def closed_days_for(by: Actor) -> QuerySet[ClosedDay]:
    """All closed days of the actor's centre."""
    return ClosedDay.objects.filter(centre_id=by.centre_id)


def get_term(term_id: int, *, by: Actor) -> Term:
    """One of `terms_for`; NotFoundError otherwise."""
    found = terms_for(by).filter(pk=term_id).first()
    if found is None:
        raise NotFoundError("There is no such term.")
    return found


def get_closed_day(closed_day_id: int, *, by: Actor) -> ClosedDay:
    """One of `closed_days_for`; NotFoundError otherwise."""
    found = closed_days_for(by).filter(pk=closed_day_id).first()
    if found is None:
        raise NotFoundError("There is no such holiday.")
    return found
