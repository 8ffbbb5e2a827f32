"""All that reads the table of backups."""

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from core.backups.models import Backup, BackupState
from core.jobs.models import Job, JobState

JOB: Final = "cleanup.make_backup"  # its handler


def backups() -> QuerySet[Backup]:
    """All of them, and all tries."""
    return Backup.objects.all()


def recent(limit: int) -> list[Backup]:
    """The latest ones, whatever came of them, the latest first."""
    return list(backups().order_by("-pk")[:limit])


def latest_good() -> Backup | None:
    """The latest that can be restored; None when there is none. `finished_at` is its age."""
    return backups().filter(state=BackupState.GOOD).order_by("-finished_at").first()


def made_by(job_id: UUID) -> Backup | None:
    """What a job has made already: an attempt may end between that and the job's own end."""
    done = (BackupState.GOOD, BackupState.PRUNED)
    return backups().filter(job=job_id, state__in=done).first()


def damaged() -> set[str]:
    """Names of those that came to nothing, or were found damaged later."""
    return set(backups().filter(state=BackupState.FAILED).values_list("name", flat=True))


def open_job() -> Job | None:
    """The job that makes one now, or is to."""
    wanted = (JobState.REQUESTED, JobState.RUNNING)
    return Job.objects.filter(kind=JOB, state__in=wanted).order_by("requested_at").first()
