"""Bringing a backup back, into a database that is empty or is to be replaced.

The database comes back in one transaction: what was there stays until everything is there.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from psycopg2 import sql

from core.backups.checking import check_backup
from core.backups.direct import Session, Shape, session
from core.backups.faults import BackupError
from core.backups.programs import Tick, feed, output_of, program, variables
from core.backups.shelf import Folder, Manifest
from core.backups.store import read_lines

NAME: Final = "schoolbell restore"

EXISTS: Final = "SELECT 1 FROM pg_database WHERE datname = %s"
OTHERS: Final = """
SELECT format('%s as %s', count(*), usename) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
GROUP BY usename
"""
TABLES: Final = """
SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""
# All that the owner has there, default privileges too: those of the backup follow. Whoever still
# holds a table keeps the restore waiting no longer than this.
BEFORE: Final = b"SET lock_timeout = '10s'; BEGIN; DROP OWNED BY CURRENT_USER;\n"
# Its own backup was running when the dump was made; the next one finds it on the disk.
AFTER: Final = b"\nDELETE FROM public.backup WHERE state = 'running'; COMMIT;\n"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    files: int  # that were put back


def restore(
    folder: Folder, database: str, *, replace: bool, media: Path | None, tick: Tick
) -> Restored:
    """Restore a backup into a database, which is made if there is none; files into `media`.

    Everything is looked through first. Raises BackupError, and has changed nothing of a database
    then, unless the rows counted at the end are not those of the backup. Files that are there and
    in no list stay.
    """
    manifest = check_backup(folder, tick, read_files=media is not None)
    _prepare(database, replace=replace)
    files = _give_back(folder, media, tick) if media else 0
    _load(folder, database, tick)
    with session(settings.DB_OWNER_LOGIN, database) as owner:
        owner.values("ANALYZE")
        _compare(manifest.shape, owner.shape(tick))
    return Restored(manifest, files)


def _prepare(database: str, *, replace: bool) -> None:
    with session(settings.DB_OWNER_LOGIN, "postgres") as owner:
        if not owner.values(EXISTS, database):
            _create(owner, database)
    with session(settings.DB_OWNER_LOGIN, database) as owner:
        tables = owner.values(TABLES)[0]
        if tables and not replace:
            raise BackupError(f"{database} has {tables} tables; --replace would remove them.")
        if others := owner.values(OTHERS):
            message = f"{database} is in use ({', '.join(others)}). Stop all that works with it."
            raise BackupError(message)


def _create(owner: Session, database: str) -> None:
    name = sql.Identifier(database)
    roles = [login[0] for login in (settings.DB_BACKUP_LOGIN,) if login[0]]
    roles.append(str(settings.DATABASES["default"]["USER"]))
    users = sql.SQL(", ").join(map(sql.Identifier, roles))
    owner.values(sql.SQL("CREATE DATABASE {}").format(name))
    owner.values(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    owner.values(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, users))


def _give_back(folder: Folder, media: Path, tick: Tick) -> int:
    count = 0
    for count, line in enumerate(read_lines(folder.media_list), 1):  # noqa: B007 - how many there were
        tick()
        folder.store.give_back(line, media)
    return count


def _load(folder: Folder, database: str, tick: Tick) -> None:
    feed(
        _statements(folder.dump),
        program("psql"),
        *("--no-psqlrc", "--quiet", "--no-password", "--output=/dev/null", "--file=-"),
        *("--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse"),
        env=variables(settings.DB_OWNER_LOGIN, database, NAME),
        tick=tick,
    )


def _statements(dump: Path) -> Iterator[bytes]:
    """Whatever goes wrong before the last one, nothing is committed."""
    yield BEFORE
    yield from output_of(program("pg_restore"), "--no-owner", "--file=-", str(dump))
    yield AFTER


def _compare(wanted: Shape, found: Shape) -> None:
    before, now = asdict(wanted), asdict(found)
    for shape in (before, now):
        shape["rows"].pop("backup", None)  # one is gone: see AFTER
    if other := [name for name in before if before[name] != now[name]]:
        raise BackupError(f"What was restored is not what was backed up: {', '.join(other)}.")
