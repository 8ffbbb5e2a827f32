"""All that reads imports."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from core.imports.models import ImportRow, ImportState, PeopleImport
from core.jobs.models import Job, JobState
from core.people.actor import Actor
from core.refusals import NotFoundError

STARTABLE: Final = frozenset({"checked", "failed", "cancelled"})
UNDER_WAY: Final = frozenset({"checking", "running"})
BROKEN_OFF: Final = (JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an import stands by now, with its job."""

    shown: str  # an ImportState, `failed` or `cancelled`
    job_id: UUID | None
    progress: float
    stage: str
    has_rows: bool = True  # they leave after a time

    @property
    def is_under_way(self) -> bool:
        """Whether a job is at work on it, or will be."""
        return self.shown in UNDER_WAY

    @property
    def is_startable(self) -> bool:
        """Whether it can be carried out now."""
        return self.has_rows and self.shown in STARTABLE


def imports_of(by: Actor) -> QuerySet[PeopleImport]:
    """The imports of the actor's centre, without their bytes."""
    found = PeopleImport.objects.filter(centre_id=by.centre_id)
    return found.select_related("by").defer("content")


def get_import(import_id: int, *, by: Actor) -> PeopleImport:
    """One of `imports_of`; NotFoundError otherwise."""
    found = imports_of(by).filter(pk=import_id).first()
    if found is None:
        raise NotFoundError("There is no such import.")
    return found


def rows_of(found: PeopleImport, outcome: str = "") -> QuerySet[ImportRow]:
    """The rows of an import in the file's order, all or those with an outcome."""
    rows = found.rows.order_by("number")
    return rows.filter(outcome=outcome) if outcome else rows


def rows_to_save(found: PeopleImport) -> QuerySet[ImportRow]:
    """The rows of an import for its report; NotFoundError once they have left."""
    if found.rows_gone:
        raise NotFoundError("The rows of this import are gone.")
    return rows_of(found)


def counts_of(found: PeopleImport) -> dict[str, int]:
    """How many of its rows have each outcome."""
    counted = found.rows.values("outcome").annotate(rows=Count("pk")).order_by()
    return dict(counted.values_list("outcome", "rows"))


def standing_of(found: PeopleImport) -> Standing:
    """How an import stands; one query."""
    return standings_of([found])[found.pk]


def standings_of(found: Iterable[PeopleImport]) -> dict[int, Standing]:
    """How imports stand; one query for any number."""
    imports = list(found)
    jobs = Job.objects.in_bulk([each.job for each in imports if each.job])
    return {each.pk: _standing(each, jobs.get(each.job) if each.job else None) for each in imports}


def _standing(found: PeopleImport, job: Job | None) -> Standing:
    shown = str(found.state)
    if job and job.state in BROKEN_OFF and shown in UNDER_WAY:
        shown = str(job.state if shown == ImportState.RUNNING else ImportState.UNREADABLE)
    return Standing(
        shown=shown,
        job_id=found.job,
        progress=job.progress if job else 0.0,
        stage=job.stage if job else "",
        has_rows=not found.rows_gone,
    )
