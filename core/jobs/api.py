"""Jobs over HTTP, for whoever asked for them."""

from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from core.http.bodies import Told
from core.http.lists import Order, Page, Wanted, read_page
from core.jobs import actions, queries
from core.jobs.models import Job, JobState
from core.people.signed_in import signed_in

router = Router(tags=["jobs"])

LATEST_FIRST: Final = Order(Job, "-requested_at", "-id")


class JobTold(Told):
    """Long work: how it stands, and when it is done its result."""

    id: UUID
    kind: str
    state: JobState
    stage: str
    progress: float
    attempt: int
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancel_requested_at: datetime | None
    result: Any

    @classmethod
    def of(cls, job: Job) -> Self:
        """The job in words; why it failed is for operators (dead letters), and may quote people."""
        names = cls.model_fields.keys() - {"attempt"}
        return cls(
            **{name: getattr(job, name) for name in names},
            attempt=job.delivery.attempt,
        )


@router.get("jobs", response=Page[JobTold], operation_id="list_jobs", summary="Jobs")
def list_jobs(request: HttpRequest, wanted: Query[Wanted]) -> Page[JobTold]:
    """The jobs one has asked for, the latest first; for an operator, all."""
    return read_page(queries.jobs_for(signed_in(request)), LATEST_FIRST, wanted, JobTold.of)


@router.get("jobs/{uuidstr:job_id}", response=JobTold, operation_id="get_job", summary="A job")
def get_job(request: HttpRequest, job_id: UUID) -> JobTold:
    """How a job stands."""
    return JobTold.of(queries.job_for(signed_in(request), job_id))


@router.post(
    "jobs/{uuidstr:job_id}/cancel",
    response=JobTold,
    operation_id="cancel_job",
    summary="Stop a job",
)
def cancel_job(request: HttpRequest, job_id: UUID) -> JobTold:
    """Stops a job: one that waits at once, one that runs within about two seconds."""
    user = signed_in(request)
    actions.cancel_job(job_id=job_id, by=user)
    return JobTold.of(queries.job_for(user, job_id))
