"""Reports that come by themselves: a saved request, its times, and for whom it is made."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.audit.actions import record
from core.events.publish import publish
from core.people.actor import Actor, actor_of
from core.people.models import Centre, Membership, Role
from core.refusals import InvalidError, NotAllowedError, NotFoundError
from core.reports.actions import about_of, add_askers, checked_kind, checked_params, request_report
from core.reports.events import RecurringReportEnded, RecurringReportPlanned
from core.reports.kind import Format, Kind
from core.reports.kinds import kinds
from core.reports.models import (
    OFFICE,
    Every,
    RecurringReader,
    RecurringReport,
    Report,
)
from core.reports.params import Period
from core.reports.rhythm import Rhythm, next_time, period_before

STAFF: Final = frozenset({*OFFICE, Role.TEACHER})
MOST_READERS: Final = 50  # as the refusal below says
LONGEST_AHEAD: Final = timedelta(days=730)
OVER: Final = "it was ended, or planned anew"
PERIOD: Final = ("since", "until")  # of core/reports/params.py


def recurring_for(by: Actor) -> QuerySet[RecurringReport]:
    """The saved requests of the actor's centre that are still made, the next first."""
    found = RecurringReport.objects.filter(centre_id=by.centre_id, ended_at=None)
    return found.select_related("by").prefetch_related("readers__person").order_by("next_at", "pk")


def readers_for(kind: Kind, centre_id: int) -> QuerySet[Membership]:
    """The staff for whom such reports can be made, by name."""
    roles = [each for each in STAFF if each in kind.asked_by]
    members = Membership.objects.filter(
        centre_id=centre_id, is_active=True, user__is_active=True, roles__overlap=roles
    )
    return members.select_related("user").order_by("user__name", "pk")


@transaction.atomic
def save_recurring(  # noqa: PLR0913 - a saved request has that many parts
    *,
    kind: str,
    params: dict[str, Any],
    into: Format,
    rhythm: Rhythm,
    readers: Sequence[int],
    bom: bool = False,
    by: Actor,
) -> RecurringReport:
    """Have a report made again and again for the readers. InvalidError for what cannot be."""
    wanted = checked_kind(kind, by=by)
    if into not in wanted.formats:
        raise InvalidError("format", "is not one of this kind's formats")
    if rhythm.first_on > (clock.now() + LONGEST_AHEAD).date():
        raise InvalidError("first_on", "must be within two years")
    timezone = Centre.objects.get(pk=by.centre_id).timezone
    next_at = next_time(rhythm, timezone, clock.now())
    period = period_before(rhythm, next_at, timezone) if has_period(wanted) else {}
    checked = checked_params(wanted, {**params, **period}, by=by)
    made = RecurringReport.objects.create(
        centre_id=by.centre_id,
        kind=kind,
        params=checked.model_dump(mode="json", exclude=set(PERIOD)),
        about=about_of(checked, by.centre_id),
        format=into,
        bom=bom and into == Format.CSV,
        **asdict(rhythm),
        by_id=by.user_id,
        next_at=next_at,
    )
    _set_readers(made, readers, wanted)
    _plan(made)
    _record("report.recurring", made, by)
    return made


@transaction.atomic
def end_recurring(*, recurring_id: int, by: Actor) -> None:
    """Have a saved request made no more; what was made stays."""
    found = recurring_for(by).select_for_update(of=("self",)).filter(pk=recurring_id).first()
    if found is None:
        raise NotFoundError("There is no such recurring report.")
    found.ended_at = clock.now()
    found.save(update_fields=["ended_at"])
    publish(RecurringReportEnded(centre_id=found.centre_id, recurring_id=found.pk))
    _record("report.recurring-ended", found, by)


@transaction.atomic
def make_planned(*, recurring_id: int, due_at: datetime) -> str:
    """Ask for the report that is planned for this very time; else why it is not, or ''.

    Times that were missed are made up for by one report.
    """
    rows = RecurringReport.objects.select_for_update(of=("self",)).select_related("centre")
    saved = rows.get(pk=recurring_id)
    if saved.ended_at or saved.next_at != due_at:
        return OVER
    rhythm = Rhythm(every=Every(saved.every), first_on=saved.first_on, hour=saved.hour)
    saved.next_at = next_time(rhythm, saved.centre.timezone, max(clock.now(), due_at))
    saved.save(update_fields=["next_at"])
    _plan(saved)
    return _request(saved, rhythm, due_at)


def _request(saved: RecurringReport, rhythm: Rhythm, due_at: datetime) -> str:
    members = Membership.objects.select_related("user")
    member = members.filter(centre=saved.centre, user_id=saved.by_id, is_active=True).first()
    kind = kinds().get(saved.kind)
    if member is None or kind is None:
        return "whoever saved it has left, or there is no such kind any more"
    period = period_before(rhythm, due_at, saved.centre.timezone) if has_period(kind) else {}
    try:
        report = request_report(
            kind=saved.kind,
            params={**saved.params, **period},
            into=Format(saved.format),
            bom=saved.bom,
            by=actor_of(member),
        )
    except (InvalidError, NotAllowedError) as refusal:
        return str(refusal)
    Report.objects.filter(pk=report.pk).update(recurring=saved)
    add_askers(report, _present(saved))
    return ""


def _present(saved: RecurringReport) -> list[int]:
    """The readers who are still of the staff."""
    present = Membership.objects.filter(
        centre=saved.centre,
        user__in=saved.readers.values("person"),
        is_active=True,
        roles__overlap=list(STAFF),
    )
    return list(present.values_list("user_id", flat=True))


def _set_readers(made: RecurringReport, readers: Sequence[int], kind: Kind) -> None:
    wanted = set(readers)
    if not 0 < len(wanted) <= MOST_READERS:
        raise InvalidError("readers", "must be one to fifty people")
    if wanted - set(readers_for(kind, made.centre_id).values_list("user_id", flat=True)):
        raise InvalidError("readers", "must be staff who may ask for such reports")
    RecurringReader.objects.bulk_create(
        RecurringReader(centre_id=made.centre_id, recurring=made, person_id=each)
        for each in sorted(wanted)
    )


def _plan(saved: RecurringReport) -> None:
    planned = RecurringReportPlanned(
        centre_id=saved.centre_id, recurring_id=saved.pk, due_at=saved.next_at
    )
    publish(planned, due_at=saved.next_at)


def _record(what: str, saved: RecurringReport, by: Actor) -> None:
    record(
        what,
        centre_id=saved.centre_id,
        by=by.user_id,
        subject=f"recurring:{saved.pk}",
        detail={"kind": saved.kind, "every": saved.every},
    )


def has_period(kind: Kind) -> bool:
    """Whether it is about some days, which are then those since the time before."""
    return issubclass(kind.params, Period)
