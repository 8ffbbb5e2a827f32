"""What asks for jobs of the system itself."""

from uuid import UUID

from core.events.event import Event


class HousekeepingDue(Event):
    """The hour has come to remove what has been kept for long enough."""


class JobFailed(Event):
    """A job has failed for good: its delivery is a dead letter. `job_kind` is its handler."""

    about = "job_id"
    job_id: UUID
    job_kind: str


class JobCancelled(Event):
    """A job was stopped, before it began or at one of its checkpoints."""

    about = "job_id"
    job_id: UUID
    job_kind: str
