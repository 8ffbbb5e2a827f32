"""All that changes a centre's calendar. Each action is one transaction that publishes its event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from core.calendar import queries
from core.calendar.events import (
    HolidayChanged,
    HolidayRemoved,
    HolidaysAdded,
    TermAdded,
    TermChanged,
    TermRemoved,
)
from core.calendar.models import ClosedDay, Term
from core.events.publish import publish
from core.people.actor import Actor
from core.people.models import Centre
from core.refusals import ConflictError, InvalidError

EARLIEST: Final = date(1990, 1, 1)
LATEST: Final = date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Closure:
    """A holiday that is to be entered; `until` None: one day."""

    name: str
    day: date
    until: date | None = None


@transaction.atomic
def add_term(*, name: str, begins: date, ends: date, by: Actor) -> Term:
    """Enter a term; InvalidError when it overlaps another or ends before it has begun."""
    _lock_calendar(by)
    term = Term(centre_id=by.centre_id, name=name, begins=begins, ends=ends)
    _check_term(term)
    term.save()
    publish(TermAdded(centre_id=by.centre_id, term_id=term.pk))
    return term


@transaction.atomic
def change_term(*, term_id: int, by: Actor, **changes: Any) -> Term:
    """Change what is given of a term: name, begins, ends; InvalidError as when adding."""
    _lock_calendar(by)
    term = queries.get_term(term_id, by=by)
    for field, value in changes.items():
        setattr(term, field, value)
    _check_term(term)
    term.save(update_fields=["name", "begins", "ends"])
    publish(TermChanged(centre_id=by.centre_id, term_id=term.pk))
    return term


@transaction.atomic
def remove_term(*, term_id: int, by: Actor) -> None:
    """Take a term out of the calendar; ConflictError when classes or remarks belong to it."""
    _lock_calendar(by)
    term = queries.get_term(term_id, by=by)
    try:
        term.delete()
    except ProtectedError:
        raise ConflictError(
            "Classes or remarks belong to this term, so it cannot be removed."
        ) from None
    publish(TermRemoved(centre_id=by.centre_id, term_id=term_id))


@transaction.atomic
def add_holidays(*, closures: Sequence[Closure], by: Actor) -> list[ClosedDay]:
    """Enter closed days, all or none; InvalidError when one overlaps another."""
    _lock_calendar(by)
    added = []
    for closure in closures:
        closed = _closed_day(closure, by)
        _check_closed_day(closed)
        closed.save()
        added.append(closed)
    publish(HolidaysAdded(centre_id=by.centre_id, closed_day_ids=tuple(each.pk for each in added)))
    return added


@transaction.atomic
def change_holiday(*, closed_day_id: int, by: Actor, **changes: Any) -> ClosedDay:
    """Change what is given of a closed day: name, day, until; InvalidError as when adding."""
    _lock_calendar(by)
    closed = queries.get_closed_day(closed_day_id, by=by)
    for field, value in changes.items():
        setattr(closed, field, value)
    closed.until = None if closed.until == closed.day else closed.until
    _check_closed_day(closed)
    closed.save(update_fields=["name", "day", "until"])
    publish(HolidayChanged(centre_id=by.centre_id, closed_day_id=closed.pk))
    return closed


@transaction.atomic
def remove_holiday(*, closed_day_id: int, by: Actor) -> None:
    """Take a closed day out of the calendar."""
    _lock_calendar(by)
    queries.get_closed_day(closed_day_id, by=by).delete()
    publish(HolidayRemoved(centre_id=by.centre_id, closed_day_id=closed_day_id))


def _lock_calendar(by: Actor) -> None:
    """One change at a time, so that two cannot enter what overlaps."""
    Centre.objects.select_for_update(no_key=True).get(pk=by.centre_id)


def _closed_day(closure: Closure, by: Actor) -> ClosedDay:
    until = None if closure.until == closure.day else closure.until
    return ClosedDay(centre_id=by.centre_id, name=closure.name, day=closure.day, until=until)


def _check_term(term: Term) -> None:
    _check_days(("begins", term.begins), ("ends", term.ends))
    if term.ends == term.begins:
        raise InvalidError("ends", "must be after the first day")
    overlapping = queries.terms_between(term.centre_id, term.begins, term.ends)
    _check_free("begins", overlapping.exclude(pk=term.pk))


def _check_closed_day(closed: ClosedDay) -> None:
    _check_days(("day", closed.day), ("until", closed.last))
    overlapping = queries.closed_between(closed.centre_id, closed.day, closed.last)
    _check_free("day", overlapping.exclude(pk=closed.pk))


def _check_days(*days: tuple[str, date]) -> None:
    """Refuse days centuries away, which are slips of the finger, and a last before its first."""
    for field, day in days:
        if not EARLIEST <= day <= LATEST:
            most = {"earliest": EARLIEST, "latest": LATEST}
            raise InvalidError(field, _("must be between %(earliest)s and %(latest)s") % most)
    (__, first), (field, last) = days
    if last < first:
        raise InvalidError(field, "must not be before the first day")


def _check_free(field: str, overlapping: QuerySet[Any]) -> None:
    if other := overlapping.first():
        raise InvalidError(field, _("overlaps %(name)s") % {"name": other.name})
