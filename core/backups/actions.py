"""All that writes to the table of backups."""

import logging
from uuid import UUID

from django.db import connection, transaction

from core import clock
from core.audit.actions import record
from core.backups.events import BackupDue, BackupFailed, BackupMade
from core.backups.models import Backup, BackupState
from core.backups.queries import JOB, open_job
from core.backups.shelf import Folder, Shelf, name_at
from core.events.event import NO_CENTRE
from core.events.publish import publish
from core.jobs.actions import request_job
from core.jobs.models import Job

ASK = "SELECT pg_advisory_xact_lock(hashtextextended('schoolbell backup asked', 0))"

logger = logging.getLogger(__name__)


@transaction.atomic
def ask_for_backup(*, by: int) -> Job:
    """Have a backup made now; whoever asks while one is made, or is to be, gets the same job."""
    with connection.cursor() as cursor:
        cursor.execute(ASK)  # two who ask at the same moment
    if job := open_job():
        return job
    job = request_job(BackupDue(centre_id=NO_CENTRE), kind=JOB)
    record("backup.asked", centre_id=NO_CENTRE, by=by, subject=f"job:{job.pk}")
    return job


def begin_backup(*, by: int | None, job: UUID | None) -> Backup:
    """Write down that one begins."""
    now = clock.now()
    return Backup.objects.create(name=name_at(now), started_at=now, requested_by=by, job=job)


@transaction.atomic
def finish_backup(backup: Backup, folder: Folder) -> None:
    """Write down that it is whole, and what is in it."""
    _describe(backup, folder)
    backup.save()
    logger.info("%s is good: %d bytes, %d files", backup.name, backup.size, backup.media_files)
    publish(
        BackupMade(
            centre_id=NO_CENTRE,
            backup_id=backup.pk,
            name=backup.name,
            size=backup.size,
            media_size=backup.media_size,
        )
    )


@transaction.atomic
def fail_backup(backup: Backup, error: str) -> None:
    """Write down that it came to nothing, or is damaged by now, and why. `error` has no secrets."""
    backup.state, backup.error = BackupState.FAILED, error
    backup.finished_at = backup.finished_at or clock.now()
    backup.save(update_fields=["state", "error", "finished_at"])
    logger.error("%s failed: %s", backup.name, error)
    publish(BackupFailed(centre_id=NO_CENTRE, backup_id=backup.pk, error=error))


def fail_abandoned(*, before: Backup) -> None:
    """Let fail what others began who are gone; for who alone may make one now."""
    running = Backup.objects.filter(state=BackupState.RUNNING, started_at__lt=before.started_at)
    for left in running:
        fail_backup(left, "Whoever made it was gone before it was whole.")


def note_damage(name: str, error: str) -> None:
    """Count one no more that was good and is damaged by now."""
    for backup in Backup.objects.filter(name=name, state=BackupState.GOOD):
        fail_backup(backup, error)


def compare_with(shelf: Shelf) -> None:
    """Have the table follow the disk: what is gone is pruned, what a restore forgot is there."""
    folders = {folder.name: folder for folder in shelf.folders()}
    good = Backup.objects.filter(state=BackupState.GOOD)
    good.exclude(name__in=folders).update(state=BackupState.PRUNED)
    known = set(Backup.objects.filter(name__in=folders).values_list("name", flat=True))
    for name in sorted(folders.keys() - known):
        found = Backup(name=name, started_at=folders[name].manifest().taken_at)
        _describe(found, folders[name])
        found.finished_at = found.started_at
        found.save()


def _describe(backup: Backup, folder: Folder) -> None:
    media = folder.manifest().media
    backup.state, backup.finished_at = BackupState.GOOD, clock.now()
    backup.size, backup.sha256 = folder.size, folder.sha256
    backup.media_files, backup.media_size = media.files, media.size
