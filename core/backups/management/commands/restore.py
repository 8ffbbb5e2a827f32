"""`manage.py restore`: brings a backup back; wants DB_OWNER_USER and DB_OWNER_PASSWORD."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.backups.faults import BackupError, in_words
from core.backups.restoring import Restored, restore
from core.backups.shelf import Folder, Shelf


class Command(BaseCommand):
    """Refuses a database that has tables, unless told to replace them."""

    help = "Restore a backup into a database, which is made if there is none."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="of the backup, its folder, or latest")
        parser.add_argument("--into", metavar="DATABASE", required=True)
        parser.add_argument("--replace", action="store_true", help="remove what is there")
        parser.add_argument(
            "--media",
            type=Path,
            metavar="FOLDER",
            help="where files go; MEDIA_DIR if the portal's own database is restored, else nowhere",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        database = options["into"]
        own = settings.MEDIA_ROOT if database == settings.DATABASES["default"]["NAME"] else None
        media = options["media"] or own
        try:
            folder = Shelf(settings.BACKUP_DIR).find(options["name"])
            self.stdout.write(f"{folder.name} into {database} ...")
            done = restore(folder, database, replace=options["replace"], media=media, tick=_nothing)
        except (BackupError, OSError, psycopg2.Error) as error:
            raise CommandError(f"Not restored: {in_words(error)}") from error
        self._tell(folder, done, media)

    def _tell(self, folder: Folder, done: Restored, media: Path | None) -> None:
        shape, lost = done.manifest.shape, done.manifest.media.missing
        told = [
            f"{folder.name}, as of {done.manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC, is restored:",
            f"  {sum(shape.rows.values())} rows in {len(shape.rows)} tables, counted and the same;",
            f"  {len(shape.isolated)} tables under row-level security: the same;",
            f"  {len(shape.functions)} functions, {len(shape.grants)} grants: the same;",
            f"  {done.files} files in {media}" if media else "  no files (--media says where to)",
        ]
        told += [f"  {lost} files were missing when it was made"] if lost else []
        told += ["Now: manage.py migrate, then start everything. See docs/backups.md."]
        self.stdout.write("\n".join(told))


def _nothing() -> None:
    """Nobody can ask a command line to stop but by Ctrl-C."""
