"""Taking a report one step further: state, event, audit and the page that watches, all at once."""

from datetime import timedelta
from typing import Any, Final

from core import clock
from core.audit.actions import record
from core.events.publish import publish
from core.live.entries import NewEntry, append
from core.people.actor import Actor
from core.reports.events import ReportDoubted
from core.reports.kinds import kinds
from core.reports.models import Report, ReportState
from core.reports.streams import stream_of
from core.reports.transitions import Transition

# From here on there may be files of it, and nothing more comes of it by itself.
KEPT_FROM: Final = frozenset({ReportState.READY, ReportState.FAILED, ReportState.CANCELLED})
SETTLES: Final = timedelta(seconds=2)  # within which many marks are one doubt


def lock(report_id: int) -> Report:
    """The report, locked for the present transaction."""
    return Report.objects.select_for_update(of=("self",)).get(pk=report_id)


def move(report: Report, step: Transition, *, by: Actor | None = None, **detail: Any) -> None:
    """Take a step with a locked report, in the present transaction; ConflictError if it cannot be.

    `detail` goes into the audit.
    """
    step.check(report.state)
    report.state, report.moved_at = step.after, clock.now()
    if step.after in KEPT_FROM:
        report.expires_at = report.moved_at + kinds()[report.kind].kept
    report.save()
    publish(step.event(centre_id=report.centre_id, report_id=report.pk, number=report.number))
    note_move(report, step, by=by, **detail)


def note_move(report: Report, step: Transition, *, by: Actor | None = None, **detail: Any) -> None:
    """Write the step down, and tell whoever watches."""
    record(
        step.what,
        centre_id=report.centre_id,
        by=by.user_id if by else None,
        subject=report.subject,
        detail={"kind": report.kind, "version": report.number, **detail},
    )
    tell_watchers(report)


def tell_watchers(report: Report) -> None:
    """Have pages that show the report read it anew; to be called late in a transaction."""
    data = {"id": str(report.pk), "state": str(report.state), "version": report.number}
    append([NewEntry(stream_of(report.pk), "state", data)])


def publish_doubt(report: Report) -> None:
    """Have it looked at whether the data of a report that is made is other by now."""
    doubted = ReportDoubted(centre_id=report.centre_id, report_id=report.pk, number=report.number)
    publish(doubted, due_at=clock.now() + SETTLES)
