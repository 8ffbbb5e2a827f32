"""What can happen to reports. Each concerns a version by its number."""

from datetime import datetime

from core.events.event import Event


class ReportEvent(Event):
    """Something that happened to a version of a report."""

    about = "report_id"
    report_id: int
    number: int


class ReportRequested(ReportEvent):
    """A report, or a new version of it, is to be made."""


class ReportBegun(ReportEvent):
    """A worker has begun to make it."""


class ReportReady(ReportEvent):
    """It is made."""


class ReportFailed(ReportEvent):
    """It could not be made."""


class ReportCancelled(ReportEvent):
    """Who asked for it wants it no more."""


class ReportSubmitted(ReportEvent):
    """It waits for somebody to review it."""


class ReportApproved(ReportEvent):
    """A reviewer has approved it."""


class ReportChangesAsked(ReportEvent):
    """A reviewer wants it to be other."""


class ReportOutdated(ReportEvent):
    """What it was made of is other by now."""


class ReportDoubted(ReportEvent):
    """What it was made of may be other by now."""


class ReportReleaseScheduled(ReportEvent):
    """It will be released at a time, unless something comes between."""

    release_at: datetime


class ReportReleased(ReportEvent):
    """It was released to its audience."""


class ReportRecalled(ReportEvent):
    """Its release was taken back; its links are dead."""


class ReportExpired(ReportEvent):
    """It was kept for as long as its kind is kept; its files can go."""


class RecurringReportPlanned(Event):
    """A saved request will be made at a time, unless it is changed or ended before."""

    about = "recurring_id"
    recurring_id: int
    due_at: datetime


class RecurringReportEnded(Event):
    """A saved request is not made any more."""

    about = "recurring_id"
    recurring_id: int


class ReportsExpiryDue(Event):
    """The hour has come to look for reports that were kept for long enough."""
