"""The end of reports: kept for as long as their kind says."""

from django.db import transaction

from core import clock
from core.reports.models import Report, ReportVersion
from core.reports.moving import move
from core.reports.storage import drop
from core.reports.transitions import EXPIRE

BATCH = 100  # reports in one transaction


@transaction.atomic
def expire_reports() -> int:
    """Let some of those expire whose time has come; how many, 0 when there are no more."""
    due = Report.objects.select_for_update(of=("self",), skip_locked=True).filter(
        expires_at__lte=clock.now(), state__in=EXPIRE.before
    )
    reports = list(due.order_by("expires_at")[:BATCH])
    for report in reports:
        move(report, EXPIRE)
    return len(reports)


def drop_files(report_id: int) -> None:
    """Remove the files of all versions of a report that has expired."""
    for folder in ReportVersion.objects.filter(report_id=report_id).values_list(
        "folder", flat=True
    ):
        drop(folder)
