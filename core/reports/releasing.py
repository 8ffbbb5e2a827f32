"""Releasing a report to those it concerns, now or at a time, and taking that back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from core import clock
from core.audit.actions import record
from core.events.publish import publish
from core.people.actor import Actor
from core.people.models import User
from core.refusals import ConflictError, InvalidError, NotAllowedError
from core.reports import queries
from core.reports.audience import addressees_of
from core.reports.events import ReportReleaseScheduled
from core.reports.freshness import is_outdated, outdate
from core.reports.kind import Audience
from core.reports.kinds import kinds
from core.reports.models import OFFICE, Report, ReportRecipient, ReportState
from core.reports.moving import lock, move, tell_watchers
from core.reports.sealing import check_files, seal_of
from core.reports.transitions import RECALL, RELEASE

OUT_OF_DATE: Final = gettext_noop("The data has changed since. Make the report anew.")
NOT_SEALED: Final = gettext_noop("The report is not the one that was approved. Make it anew.")
CALLED_OFF: Final = gettext_noop("the release was called off")


def release_report(
    *, report_id: int, audience: Sequence[Audience], at: datetime | None = None, by: Actor
) -> Report:
    """Release an approved report to its audience, or have that done at a time.

    ConflictError when its data is other by now: then it is out of date from here on.
    """
    report = queries.get_report(report_id, by=by)
    if not by.is_any(*OFFICE):
        raise NotAllowedError("Only staff, heads and admins release reports.")
    RELEASE.check(report.state)
    _check_audience(report, audience)
    if is_outdated(report):
        outdate(report.pk, report.number)
        raise ConflictError(OUT_OF_DATE)
    if at is not None:
        return _schedule(report.pk, audience, at, by)
    check_files(queries.version_of(report))
    return _release(report.pk, report.number, audience, by)


def _check_audience(report: Report, audience: Sequence[Audience]) -> None:
    possible = kinds()[report.kind].audiences
    if not audience:
        raise InvalidError("audience", "must not be empty")
    if not set(audience) <= set(possible):
        raise InvalidError("audience", "can only be staff: this kind has no cards of single pupils")
    families = {Audience.GUARDIANS, Audience.PUPILS} & set(audience)
    if families and not queries.version_of(report).cards.exists():
        raise InvalidError("audience", "can only be staff: this format has no cards")


@transaction.atomic
def _schedule(report_id: int, audience: Sequence[Audience], at: datetime, by: Actor) -> Report:
    if at <= clock.now():
        raise InvalidError("at", "must be in the future")
    report = lock(report_id)
    RELEASE.check(report.state)
    report.release_at, report.release_by_id = at, by.user_id
    report.audience = sorted(set(audience))
    report.save()
    publish(
        ReportReleaseScheduled(
            centre_id=report.centre_id, report_id=report.pk, number=report.number, release_at=at
        ),
        due_at=at,
    )
    _note("report.release-scheduled", report, by, at=at.isoformat())
    return report


def release_on_time(*, report_id: int, number: int, release_at: datetime) -> str:
    """Release what is scheduled for this very time; else why it is not, or ''."""
    report = Report.objects.get(pk=report_id)
    if not _is_planned(report, number, release_at):
        return CALLED_OFF if report.state != ReportState.RELEASED else ""
    if is_outdated(report):
        outdate(report.pk, number)
        return "the data has changed since it was approved"
    check_files(queries.version_of(report))
    return "" if _release_planned(report_id, number, release_at) else CALLED_OFF


@transaction.atomic
def _release_planned(report_id: int, number: int, release_at: datetime) -> bool:
    """Release it if nobody has called that off while its data was read."""
    report = lock(report_id)
    if not _is_planned(report, number, release_at) or report.release_by is None:
        return False
    audience = [Audience(each) for each in report.audience]
    _release(report_id, number, audience, _actor(report, report.release_by))
    return True


def _is_planned(report: Report, number: int, release_at: datetime) -> bool:
    planned = (report.state, report.number, report.release_at)
    return planned == (ReportState.APPROVED, number, release_at)


def _actor(report: Report, user: User) -> Actor:
    return Actor(user.pk, user.name, report.centre_id, frozenset())


@transaction.atomic
def _release(report_id: int, number: int, audience: Sequence[Audience], by: Actor) -> Report:
    report = lock(report_id)
    RELEASE.check(report.state)
    version = queries.version_of(report, number)
    if number != report.number or seal_of(report, version) != version.seal:
        raise ConflictError(NOT_SEALED)
    now = clock.now()
    ReportRecipient.objects.bulk_create(
        (
            ReportRecipient(
                centre_id=report.centre_id,
                version=version,
                person_id=each.person_id,
                card=each.card,
                released_at=now,
            )
            for each in addressees_of(report, version, audience)
            if not each.why_not
        ),
        ignore_conflicts=True,
    )
    report.audience, report.release_at = sorted(set(audience)), None
    move(report, RELEASE, by=by, audience=report.audience, seal=version.seal)
    return report


@transaction.atomic
def recall_report(*, report_id: int, by: Actor) -> Report:
    """Take a release back, at once for everybody; or call off one that waits for its time."""
    report = lock(queries.get_report(report_id, by=by).pk)
    if not by.is_any(*OFFICE):
        raise NotAllowedError("Only staff, heads and admins recall reports.")
    if report.state == ReportState.APPROVED and report.release_at:
        report.release_at, report.audience = None, []
        report.save()
        _note("report.release-called-off", report, by)
        return report
    move(report, RECALL, by=by)
    return report


@transaction.atomic
def note_opened(recipients: Iterable[ReportRecipient], *, downloaded: bool = False) -> None:
    """Remember when recipients first opened the page, or the file."""
    field = "downloaded_at" if downloaded else "opened_at"
    ids = [each.pk for each in recipients]
    ReportRecipient.objects.filter(pk__in=ids, **{field: None}).update(**{field: clock.now()})


def _note(what: str, report: Report, by: Actor, **detail: str) -> None:
    record(
        what,
        centre_id=report.centre_id,
        by=by.user_id,
        subject=report.subject,
        detail={"kind": report.kind, "version": report.number, **detail},
    )
    tell_watchers(report)
