"""How a report stands while it is waited for: its place, what is done, how long it will take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core import clock
from core.isolation.scope import outbox
from core.jobs.models import Job, JobState
from core.reports.models import MAKING, Report, ReportState, ReportVersion
from core.reports.pace import Paces

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
    """How one stands."""
    return standings_of([report], {report.pk: version} if version else {})[report.pk]


def standings_of(
    reports: Iterable[Report], versions: Mapping[int, ReportVersion]
) -> dict[int, Standing]:
    """How reports stand, by id, each with its latest version.

    No query where none is being made, else four for any number.
    """
    found = list(reports)
    live = [each for each in found if each.is_live]
    jobs = Job.objects.in_bulk([each.job for each in live if each.job]) if live else {}
    paces = Paces.read() if live else Paces({})
    places = _places() if any(each.state == JobState.REQUESTED for each in jobs.values()) else {}
    return {each.pk: _standing(each, versions.get(each.pk), jobs, paces, places) for each in found}


def _standing(
    report: Report,
    version: ReportVersion | None,
    jobs: Mapping[UUID, Job],
    paces: Paces,
    places: Mapping[UUID, int],
) -> Standing:
    if not report.is_live:
        return DONE if version and version.made_at else NOTHING
    job = jobs.get(report.job) if report.job else None
    if job is None:
        return NOTHING
    rows = version.rows or version.expected_rows if version else None
    whole = paces.seconds_for(report.kind, report.format, rows)
    if report.state == ReportState.GENERATING and job.state == JobState.RUNNING:
        return Standing(job.progress, job.stage, eta_seconds=_left(job, whole))
    position = places.get(job.pk, 1)
    return Standing(job.progress, job.stage, position, _wait(position, whole, paces.mean))


def progress_of(reports: Iterable[Report]) -> dict[int, float]:
    """How far those are that are being made, by the report's id; one query."""
    jobs = {each.job: each.pk for each in reports if each.is_live and each.job}
    found = Job.objects.filter(pk__in=jobs).values_list("pk", "progress") if jobs else ()
    return {jobs[pk]: progress for pk, progress in found}


def _places() -> dict[UUID, int]:
    """The places of the reports that wait, of all centres: 1 is next."""
    waiting = Job.objects.filter(kind=MAKING, state=JobState.REQUESTED)
    ordered = waiting.order_by("requested_at", "pk").values_list("pk", flat=True)
    with outbox():
        return {pk: place for place, pk in enumerate(ordered, 1)}


def _wait(position: int, whole: float | None, mean: float | None) -> int | None:
    """Those before it take what reports take on the average, one after the other."""
    before = (position - 1) * mean if position > 1 and mean is not None else 0.0
    if whole is None or (position > 1 and mean is None):
        return None
    return max(round(before + whole), 1)


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
