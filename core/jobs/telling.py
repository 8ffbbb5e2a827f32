"""Telling the one who asked for a job how it stands, live."""

from core.jobs.models import Job
from core.live.tick import tick
from core.notices.streams import stream_of


def tell(job: Job) -> None:
    """A tick to the requester's stream: numbers, and words of ours, nobody's data."""
    if job.requested_by is None:
        return
    data = {
        "id": str(job.pk),
        "kind": job.kind,
        "state": job.state,
        "stage": job.stage,
        "progress": round(job.progress, 4),
    }
    tick(stream_of(job.requested_by), "job", data)
