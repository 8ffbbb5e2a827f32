"""Whether a report still says what is: its data is read anew, and compared by hash."""

from contextlib import suppress
from typing import Final

from django.db import transaction

from core import clock
from core.events.event import Event
from core.refusals import ConflictError
from core.reports import queries
from core.reports.kinds import kinds
from core.reports.making import Order
from core.reports.models import Report, ReportState, ReportVersion
from core.reports.moving import lock, move, publish_doubt
from core.reports.sealing import snapshot_of
from core.reports.snapshot import digest_now
from core.reports.transitions import OUTDATE

# Its data may be read already, and stays that of an earlier attempt: doubted once it is made.
HALF_MADE: Final = frozenset({ReportState.GENERATING, ReportState.FAILED})


@transaction.atomic
def doubt_reports(*, centre_id: int, event: type[Event]) -> int:
    """Have finished reports looked at that the event may have put out of date; how many."""
    names = [kind.name for kind in kinds().values() if event in kind.stale_on]
    found = Report.objects.select_for_update(of=("self",)).filter(
        centre_id=centre_id,
        kind__in=names,
        state__in=OUTDATE.before | HALF_MADE,
        doubted_at=None,
    )
    reports = list(found.order_by("pk"))
    now = clock.now()
    for report in reports:
        if report.state not in HALF_MADE:
            publish_doubt(report)
    Report.objects.filter(pk__in=[each.pk for each in reports]).update(doubted_at=now)
    return len(reports)


def settle_doubt(*, report_id: int, number: int) -> bool:
    """Look whether a report is out of date; True when it is, from now on."""
    # First, so that a mark that comes while the data is read is a new doubt.
    Report.objects.filter(pk=report_id).update(doubted_at=None)
    report = Report.objects.get(pk=report_id)
    if report.number != number or report.state not in OUTDATE.before or not is_outdated(report):
        return False
    return outdate(report_id, number)


def is_outdated(report: Report) -> bool:
    """Whether its data would be other if it were made now; for kinds that can be out of date."""
    kind = kinds()[report.kind]
    if not kind.stale_on:
        return False
    version: ReportVersion = queries.version_of(report)
    if version.template != kind.template:
        return True
    order = Order.of(report, version)
    return digest_now(kind, order.setting) != snapshot_of(version).sha256


@transaction.atomic
def outdate(report_id: int, number: int) -> bool:
    """Mark a version as out of date; False when the report has moved on."""
    report = lock(report_id)
    if report.number != number:
        return False
    report.release_at, report.audience = None, []
    with suppress(ConflictError):
        move(report, OUTDATE)
        return True
    return False
