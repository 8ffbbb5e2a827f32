"""The job that makes a backup."""

from datetime import timedelta
from typing import Any

from core.backups.events import BackupDue
from core.backups.faults import BusyError
from core.backups.making import make_backup as make
from core.backups.queries import made_by
from tasks.job import job
from tasks.stopping import is_told_to_stop
from tasks.work import HandedBackError, Work


@job(BackupDue, limit=timedelta(hours=6))
def make_backup(work: Work[BackupDue]) -> dict[str, Any]:
    """Make one, unless an earlier attempt has, or one is just being made at a command line."""

    def tell(done: float, total: float, stage: str) -> None:
        work.progress(done, total, stage)
        if is_told_to_stop():  # there is no checkpoint to wait for: half a backup is none
            raise HandedBackError("The worker is to stop.")

    backup = made_by(work.job.pk)
    try:
        backup = backup or make(tell=tell, by=work.job.requested_by, job=work.job.pk)
    except BusyError as busy:
        return {"backup": None, "why": str(busy)}
    return {"backup": str(backup.pk), "name": backup.name, "size": backup.size}
