"""All that reads jobs."""

from uuid import UUID

from django.db.models import QuerySet

from core.jobs.models import Job
from core.people.models import User
from core.refusals import NotFoundError


def jobs_for(user: User) -> QuerySet[Job]:
    """The jobs that somebody may see: their own; an operator, all."""
    jobs = Job.objects.select_related("delivery")
    return jobs if user.is_operator else jobs.filter(requested_by=user.pk)


def job_for(user: User, job_id: UUID) -> Job:
    """One of them; NotFoundError for any other."""
    job = jobs_for(user).filter(pk=job_id).first()
    if job is None:
        raise NotFoundError("There is no such job.")
    return job
