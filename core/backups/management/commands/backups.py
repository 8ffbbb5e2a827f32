"""`manage.py backups`: lists what is on the disk, and looks it through. Needs no database."""

from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core.backups.actions import note_damage
from core.backups.checking import check_backup
from core.backups.faults import BackupError, in_words
from core.backups.saying import in_bytes
from core.backups.shelf import Folder, Shelf


class Command(BaseCommand):
    """What can be restored."""

    help = "List the backups in BACKUP_DIR, or look one through."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--verify",
            metavar="NAME",
            help="look one through, with every byte of its files: a name, a folder, latest, or all",
        )

    def handle(self, *_args: Any, verify: str | None = None, **_options: Any) -> None:
        shelf = Shelf(settings.BACKUP_DIR)
        if verify is None:
            self._list(shelf)
            return
        try:
            wanted = shelf.folders() if verify == "all" else [shelf.find(verify)]
        except BackupError as error:
            raise CommandError(str(error)) from error
        bad = sum(not self._is_good(folder) for folder in wanted)
        if bad or not wanted:
            raise CommandError(f"{bad} of {len(wanted)} backups cannot be restored.")

    def _list(self, shelf: Shelf) -> None:
        for folder in shelf.folders():
            try:
                manifest = folder.manifest()
            except BackupError as error:
                self.stderr.write(str(error))
                continue
            media, rows = manifest.media, sum(manifest.shape.rows.values())
            self.stdout.write(
                f"{folder.name}  {manifest.taken_at:%Y-%m-%d %H:%M} UTC  {in_bytes(folder.size)},"
                f" {rows} rows; {media.files} files, {in_bytes(media.size)}"
            )

    def _is_good(self, folder: Folder) -> bool:
        try:
            check_backup(folder, _nothing, read_files=True)
        except OSError as error:
            self.stderr.write(in_words(error))
            return False
        except BackupError as error:
            self.stderr.write(str(error))
            with suppress(DatabaseError):  # what is on the disk can be told without it
                note_damage(folder.name, str(error))
            return False
        self.stdout.write(f"{folder.name} is good.")
        return True


def _nothing() -> None:
    """Nobody can ask a command line to stop but by Ctrl-C."""
