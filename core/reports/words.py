"""What people are told of a report's steps, in the language that is spoken now."""

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.events.event import Event
from core.reports.audience import Concerned
from core.reports.events import (
    ReportApproved,
    ReportChangesAsked,
    ReportEvent,
    ReportFailed,
    ReportOutdated,
    ReportReady,
    ReportReleased,
    ReportSubmitted,
)
from core.reports.kinds import kinds
from core.reports.models import Report
from core.reports.queries import reviews_of

HEADLINES: Final[dict[type[Event], Promise]] = {
    ReportReady: lazy("Report ready: %(title)s"),
    ReportFailed: lazy("Report failed: %(title)s"),
    ReportSubmitted: lazy("Report to review: %(title)s"),
    ReportApproved: lazy("Report approved: %(title)s"),
    ReportChangesAsked: lazy("Changes asked for: %(title)s"),
    ReportOutdated: lazy("Report out of date: %(title)s"),
    ReportReleased: lazy("Report for you: %(title)s"),
}


def title_of(report: Report) -> str:
    """What kind of report it is."""
    return str(kinds()[report.kind].title)


def headline(report: Report, event: ReportEvent) -> str:
    """A step in one line."""
    return str(HEADLINES[type(event)]) % {"title": title_of(report)}


def said(report: Report, event: ReportEvent, mine: Sequence[Concerned]) -> str:
    """What there is to know besides; of cards, whose they are."""
    if isinstance(event, ReportReleased):
        names = sorted(each.card.name for each in mine if each.card and not each.why_not)
        return ", ".join(names) or report.about
    review = None
    match event:
        case ReportOutdated():
            return _("Marks have changed since it was made. Make it anew before it is released.")
        case ReportFailed():
            return _("It could not be made. Make it anew, or ask the help desk.")
        case ReportApproved() | ReportChangesAsked():
            review = reviews_of(report).filter(number=event.number).exclude(comment="").first()
    return f"{review.by.name}: {review.comment}" if review else report.about


def path_of(report: Report, event: ReportEvent) -> str:
    """The page to look at."""
    released = isinstance(event, ReportReleased)
    return f"/reports/released/{report.pk}" if released else f"/reports/{report.pk}"
