"""Making a backup: under a temporary name, looked through, and only then under its own.

Database and files are not read at one moment. So files are taken in before and after the moment
that the dump shows: what it names is there, whether it was just added or is just being removed.
"""

import gzip
import logging
import shutil
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection

from core import clock
from core.backups import actions, queries
from core.backups.checking import check_database
from core.backups.direct import DUMP, Session, Shape, session
from core.backups.faults import BackupError, BusyError, in_words
from core.backups.models import Backup
from core.backups.programs import Tick, output_of, program, run, variables
from core.backups.shelf import FORMAT, Folder, Manifest, Media, Part, Shelf
from core.backups.store import Lines, read_lines, sha256_of, write_lines

KEEP: Final = 7  # good ones
STAGES: Final = ("files", "database", "plain SQL", "looking through")
LOCK_WAIT: Final = "60s"  # for a migration that holds a table
SPARE: Final = 1.25  # of what the last one took must be free
FILE_NAMES: Final = "SELECT storage_name FROM files_file"

Tell = Callable[[float, float, str], object]  # done, of how many, doing what; raises to stop it

logger = logging.getLogger(__name__)


def make_backup(*, tell: Tell, by: int | None = None, job: UUID | None = None) -> Backup:
    """Make one and remove the oldest; takes as long as reading the database twice.

    Raises BusyError while another is made, and BackupError or whatever else went wrong, which is
    then in the table; older ones are left alone.
    """
    shelf = Shelf(settings.BACKUP_DIR)
    backup = actions.begin_backup(by=by, job=job)
    try:
        with session(settings.DB_BACKUP_LOGIN, _database()) as own:
            own.take_lock()
            actions.fail_abandoned(before=backup)
            folder = _make(shelf, backup.name, own, tell)
            actions.finish_backup(backup, folder)
            tidy(shelf)
    except BusyError:
        backup.delete()
        raise
    except BaseException as error:
        shelf.give_up(backup.name)
        _note(backup, error)
        raise
    return backup


def tidy(shelf: Shelf) -> None:
    """Remove what is older than the newest good ones. A failure spoils no backup."""
    try:
        shelf.prune(keep=KEEP, damaged=queries.damaged())
        actions.compare_with(shelf)
        folders = shelf.folders()
        wanted = (line.sha256 for folder in folders for line in read_lines(folder.media_list))
        folders[-1].store.drop_all_but(wanted)
    except (OSError, BackupError, DatabaseError):
        logger.exception("Old backups could not be removed")


def _note(backup: Backup, error: BaseException) -> None:
    try:
        actions.fail_backup(backup, in_words(error))
    except DatabaseError:  # the database is away: the next one finds the row still running
        logger.exception("%s failed: %s", backup.name, in_words(error))


def _make(shelf: Shelf, name: str, own: Session, tell: Tell) -> Folder:
    before = shelf.folders()[-1:]
    folder = shelf.begin(name)
    _check_room(folder.path, before)
    known = {line.path: line for each in before for line in read_lines(each.media_list)}
    ticks = [partial(tell, place, len(STAGES), stage) for place, stage in enumerate(STAGES)]
    lines = _take_files(folder, known, ticks[0])
    snapshot, taken_at = own.begin_snapshot(), clock.now()
    lines |= _take_files(folder, lines, ticks[0])
    missing = _missing(own, lines)
    shape = own.shape(ticks[1])
    _dump(folder.dump, snapshot, ticks[1])
    own.end_snapshot()
    _write_plain(folder, ticks[2])
    write_lines(folder.media_list, lines)
    check_database(folder, shape, ticks[3])
    folder.write_manifest(_manifest(folder, lines, shape, missing, taken_at))
    return shelf.settle(folder)


def _check_room(path: Path, before: list[Folder]) -> None:
    """The disk may be the database's too: better no backup than a full one."""
    needed = int(sum(folder.size for folder in before) * SPARE)
    free = shutil.disk_usage(path).free
    if free < needed:
        message = f"The disk of {settings.BACKUP_DIR} is full: {free} bytes left, {needed} needed."
        raise BackupError(message)


def _take_files(folder: Folder, known: Lines, tick: Tick) -> Lines:
    if not settings.MEDIA_ROOT.is_dir():
        raise BackupError(f"The files' folder is not there: {settings.MEDIA_ROOT}.")
    return folder.store.take(settings.MEDIA_ROOT, known, tick)


def _missing(own: Session, lines: Lines) -> int:
    """How many files the database names and the disk has not; all of them is no backup."""
    names = own.values(FILE_NAMES)
    missing = [name for name in names if name not in lines]
    if names and len(missing) == len(names):
        raise BackupError(f"None of {len(names)} files is in {settings.MEDIA_ROOT}.")
    if missing:
        logger.warning("%d of %d files are not on the disk", len(missing), len(names))
    return len(missing)


def _dump(path: Path, snapshot: str, tick: Tick) -> None:
    run(
        program("pg_dump"),
        *("--format=custom", f"--snapshot={snapshot}", f"--lock-wait-timeout={LOCK_WAIT}"),
        *("--no-password", f"--file={path}"),
        env=variables(settings.DB_BACKUP_LOGIN, _database(), DUMP),
        tick=tick,
    )


def _write_plain(folder: Folder, tick: Tick) -> None:
    """Made of the dump, so both are of one moment; and so all of the dump is read once."""
    with gzip.open(folder.plain, "wb", compresslevel=6) as plain:
        for piece in output_of(program("pg_restore"), "--no-owner", "--file=-", str(folder.dump)):
            plain.write(piece)
            tick()


def _manifest(
    folder: Folder, lines: Lines, shape: Shape, missing: int, taken_at: datetime
) -> Manifest:
    parts = {path.name: Part(path.stat().st_size, sha256_of(path)) for path in folder.parts}
    size = sum(line.size for line in lines.values())
    return Manifest(
        format=FORMAT,
        taken_at=taken_at,
        database=_database(),
        parts=parts,
        media=Media(len(lines), size, missing),
        shape=shape,
    )


def _database() -> str:
    return str(connection.settings_dict["NAME"])
