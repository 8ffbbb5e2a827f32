"""Looking after reports: whether they still say what is, and whether their time is over."""

from core.events import claims
from core.reports.events import (
    RecurringReportPlanned,
    ReportDoubted,
    ReportExpired,
    ReportsExpiryDue,
)
from core.reports.expiry import drop_files, expire_reports
from core.reports.freshness import settle_doubt
from core.reports.recurring import make_planned
from tasks.handler import Batch, on


@on(ReportDoubted, batch=1, outside=True)
def settle_doubts(batch: Batch[ReportDoubted]) -> None:
    """Mark a report whose data is other by now. It is read in a transaction of its own."""
    for each in batch.claimed:
        settle_doubt(report_id=each.event.report_id, number=each.event.number)
        claims.finish([each])


@on(RecurringReportPlanned, batch=1)
def make_recurring(batch: Batch[RecurringReportPlanned]) -> None:
    """Ask for a report whose time has come, unless it was ended or planned anew."""
    for each in batch.claimed:
        event = each.event
        if why_not := make_planned(recurring_id=event.recurring_id, due_at=event.due_at):
            batch.skip(each, why_not)


@on(ReportsExpiryDue, batch=1)
def end_reports(_batch: Batch[ReportsExpiryDue]) -> None:
    """Let all reports expire that were kept for long enough."""
    while expire_reports():
        pass


@on(ReportExpired)
def drop_report_files(batch: Batch[ReportExpired]) -> None:
    """Remove the files of reports that have expired."""
    for each in batch.claimed:
        drop_files(each.event.report_id)
