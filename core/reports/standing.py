"""How a report stands while it is waited for: its place, what is done, how long it will take."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from core import clock
from core.jobs.models import Job, JobState
from core.reports.models import LIVE, Report, ReportState, ReportVersion
from core.reports.pace import mean_seconds, seconds_for

JOB_KIND: Final = "reports.make_report"
HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """What a waiting person wants to know; `position` 1 is next, None is not waiting."""

    progress: float  # 0 to 1
    stage: str = ""
    position: int | None = None
    eta_seconds: int | None = None  # None where nothing honest can be said


DONE: Final = Standing(1.0)
NOTHING: Final = Standing(0.0)


def standing_of(report: Report, version: ReportVersion | None) -> Standing:
    """How it stands; no query for one that is not being made, three for one that is."""
    if report.state not in LIVE:
        return DONE if version and version.made_at else NOTHING
    job = Job.objects.filter(pk=report.job).first() if report.job else None
    if job is None:
        return NOTHING
    rows = version.rows or version.expected_rows if version else None
    whole = seconds_for(report.kind, report.format, rows)
    if report.state == ReportState.GENERATING and job.state == JobState.RUNNING:
        return Standing(job.progress, job.stage, eta_seconds=_left(job, whole))
    position = place_of(job)
    return Standing(job.progress, job.stage, position, _wait(position, whole))


def progress_of(reports: Iterable[Report]) -> dict[int, float]:
    """How far those are that are being made, by the report's id; one query."""
    jobs = {each.job: each.pk for each in reports if each.is_live and each.job}
    found = Job.objects.filter(pk__in=jobs).values_list("pk", "progress") if jobs else ()
    return {jobs[pk]: progress for pk, progress in found}


def place_of(job: Job) -> int:
    """Its place among the reports that wait, of all centres: 1 is next."""
    before = Q(requested_at__lt=job.requested_at) | Q(requested_at=job.requested_at, pk__lt=job.pk)
    waiting = Job.objects.filter(before, kind=JOB_KIND, state=JobState.REQUESTED)
    return waiting.count() + 1


def _wait(position: int, whole: float | None) -> int | None:
    """Those before it take what reports take on the average, one after the other."""
    mean = mean_seconds() if position > 1 else 0.0
    if whole is None or mean is None:
        return None
    return max(round((position - 1) * mean + whole), 1)


def _left(job: Job, whole: float | None) -> int | None:
    """By what it has done, the more the farther it is; before that, by what others took."""
    if job.started_at is None:
        return None
    spent = (clock.now() - job.started_at).total_seconds()
    by_others = max(whole - spent, 0.0) if whole is not None else None
    if job.progress <= 0:
        return None if by_others is None else max(round(by_others), 1)
    by_itself = spent * (1 - job.progress) / job.progress
    if by_others is None:
        return max(round(by_itself), 1) if job.progress >= HALF else None
    return max(round(by_itself * job.progress + by_others * (1 - job.progress)), 1)
