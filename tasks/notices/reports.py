"""What people are told in the portal about reports."""

from typing import Any, Final

from django.utils.translation import gettext_noop, override

from core.events import claims
from core.events.claims import Claimed
from core.jobs.events import JobCancelled, JobFailed
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from core.people.language import languages_of
from core.reports import audience, making
from core.reports.audience import Concerned, Telling
from core.reports.events import (
    ReportApproved,
    ReportChangesAsked,
    ReportFailed,
    ReportOutdated,
    ReportReady,
    ReportReleased,
    ReportReleaseScheduled,
    ReportSubmitted,
)
from core.reports.models import MAKING, Report
from core.reports.releasing import release_on_time
from core.reports.words import headline, path_of, said
from tasks.handler import Batch, Recipients, SkipError, on

NO_REPORT: Final = gettext_noop("no report's job")


def concerned(event: Telling) -> Recipients:
    """Everyone whom the step concerns, as long as the report has not moved on."""
    report = Report.objects.get(pk=event.report_id)
    if reason := audience.moot(report, event):
        raise SkipError(reason)
    people = audience.by_person(audience.concerned_by(report, event))
    return [(str(pk), audience.why_not_told(mine)) for pk, mine in people.items()]


@on(ReportReady, to=concerned)
def notify_ready(batch: Batch[ReportReady]) -> None:
    """Tell who asked for it that it is made."""
    _tell(batch)


@on(ReportFailed, to=concerned)
def notify_failed(batch: Batch[ReportFailed]) -> None:
    """Tell who asked for it that nothing came of it."""
    _tell(batch)


@on(ReportSubmitted, to=concerned)
def notify_submitted(batch: Batch[ReportSubmitted]) -> None:
    """Tell who reviews that it waits for them."""
    _tell(batch)


@on(ReportApproved, to=concerned)
def notify_approved(batch: Batch[ReportApproved]) -> None:
    """Tell who asked for it that it is approved."""
    _tell(batch)


@on(ReportChangesAsked, to=concerned)
def notify_changes(batch: Batch[ReportChangesAsked]) -> None:
    """Tell who asked for it what is to be changed."""
    _tell(batch)


@on(ReportOutdated, to=concerned)
def notify_outdated(batch: Batch[ReportOutdated]) -> None:
    """Tell who asked for it that marks have changed since."""
    _tell(batch)


@on(ReportReleased, to=concerned)
def notify_released(batch: Batch[ReportReleased]) -> None:
    """Tell those to whom it was released, as far as they may still know."""
    _tell(batch)


@on(ReportReleaseScheduled, batch=1, outside=True)
def release_when_due(batch: Batch[ReportReleaseScheduled]) -> None:
    """Release what is scheduled for now. It reads its data in a transaction of its own."""
    for each in batch.claimed:
        event = each.event
        why_not = release_on_time(
            report_id=event.report_id, number=event.number, release_at=event.release_at
        )
        if why_not:
            claims.skip(each, why_not)
        claims.finish([each])


@on(JobFailed)
def note_failed_report(batch: Batch[JobFailed]) -> None:
    """Let a report follow its job."""
    for each in batch.claimed:
        if each.event.job_kind != MAKING:
            batch.skip(each, NO_REPORT)
            continue
        making.fail(each.event.job_id)


@on(JobCancelled)
def note_cancelled_report(batch: Batch[JobCancelled]) -> None:
    """Let a report follow its job."""
    for each in batch.claimed:
        if each.event.job_kind != MAKING:
            batch.skip(each, NO_REPORT)
            continue
        making.cancel(each.event.job_id)


def _tell(batch: Batch[Any]) -> None:
    """Tell each in their language, unless the report has moved on or they may not know now."""
    by_event: dict[Any, list[Claimed[Any]]] = {}
    for each in batch.claimed:
        by_event.setdefault(each.event_id, []).append(each)
    notes: list[Note] = []
    for claimed in by_event.values():
        notes += _notes(batch, claimed)
    tell(notes)


def _notes(batch: Batch[Any], claimed: list[Claimed[Any]]) -> list[Note]:
    """What the deliveries of one event come to."""
    event = claimed[0].event
    report = Report.objects.select_related("centre").get(pk=event.report_id)
    moot = audience.moot(report, event)
    people = audience.still_concerned(report, event, [int(each.key) for each in claimed])
    languages = languages_of(people, report.centre)
    notes = []
    for each in claimed:
        mine = people.get(int(each.key), [])
        if why_not := moot or audience.why_not_told(mine):
            batch.skip(each, why_not)
            continue
        with override(languages[int(each.key)]):
            notes.append(_note(report, each, mine))
    return notes


def _note(report: Report, delivery: Claimed[Any], mine: list[Concerned]) -> Note:
    person_id = int(delivery.key)
    students = {each.card.student_id for each in mine if each.card and not each.why_not}
    return Note(
        person_id=person_id,
        centre_id=report.centre_id,
        event_id=delivery.event_id,
        kind=NoticeKind.REPORT,
        title=headline(report, delivery.event)[:300],
        body=said(report, delivery.event, mine)[:500],
        url=path_of(report, delivery.event),
        student_ids=tuple(sorted(students - {person_id})),
    )
