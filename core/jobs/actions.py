"""All that asks for jobs and stops them."""

from uuid import UUID

from django.db import connection, transaction

from core import clock
from core.events.event import Event
from core.events.models import Delivery
from core.events.publish import publish
from core.events.registry import handlers_of
from core.jobs import claims
from core.jobs.events import JobCancelled
from core.jobs.models import Job, JobState
from core.jobs.queries import job_for
from core.jobs.telling import tell
from core.people.models import User
from core.refusals import ConflictError


class NoJobError(LookupError):
    """An event was published as the request for a job, but has no job."""


def request_job(event: Event, *, kind: str) -> Job:
    """Publish an event in the present transaction, and return its job of that kind.

    `kind` is the handler's name, as in tasks/subscriptions.py. Raises NoJobError when the event has
    no such handler.
    """
    if kind not in handlers_of(type(event)):
        raise NoJobError(f"{event.kind()} has no job {kind}.")
    event_id = publish(event)
    with connection.cursor() as cursor:
        cursor.execute(claims.OPEN, {"kind": kind, "event": event_id})
    return Job.objects.get(delivery__event_id=event_id, kind=kind)


def cancel_job(*, job_id: UUID, by: User) -> Job:
    """Have a job stopped: a waiting one at once, a running one at its next checkpoint.

    Raises NotFoundError, and ConflictError when it has ended already.
    """
    with transaction.atomic():
        job = stop_job(job_for(by, job_id).pk)
    tell(job)
    return job


def stop_job(job_id: UUID) -> Job:
    """Have a job stopped, in the present transaction, for whatever reason its area has.

    Raises ConflictError when it has ended already.
    """
    job = Job.objects.get(pk=job_id)
    # The delivery first, as whoever works on it does: the other order could be a deadlock.
    Delivery.objects.select_for_update().get(pk=job.delivery_id)
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.is_final:
        raise ConflictError("The job has ended already.")
    job.cancel_requested_at = job.cancel_requested_at or clock.now()
    if claims.end_waiting(job.delivery_id):
        job.state, job.finished_at = JobState.CANCELLED, clock.now()
        publish(JobCancelled(job_id=job.pk, job_kind=job.kind, centre_id=job.centre_id))
    job.save(update_fields=["cancel_requested_at", "state", "finished_at"])
    return job
