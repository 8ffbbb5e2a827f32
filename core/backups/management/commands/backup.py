"""`manage.py backup`: makes a backup now, without any worker."""

from typing import Any

import psycopg2
from django.core.management.base import BaseCommand, CommandError

from core.backups.faults import BackupError, in_words
from core.backups.making import make_backup
from core.backups.saying import in_bytes


class Command(BaseCommand):
    """Ends with 0 only when the backup is whole, looked through and on the disk."""

    help = "Back up the database and all files into BACKUP_DIR; keeps the newest 7."
    stage = ""

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            backup = make_backup(tell=self._tell)
        except (BackupError, OSError, psycopg2.Error) as error:
            raise CommandError(f"No backup was made: {in_words(error)}") from error
        self.stdout.write(
            f"{backup.name} is good: {in_bytes(backup.size)},"
            f" and {backup.media_files} files of {in_bytes(backup.media_size)}"
        )

    def _tell(self, _done: float, _total: float, stage: str) -> None:
        if stage != self.stage:
            self.stage = stage
            self.stdout.write(f"{stage} ...")
