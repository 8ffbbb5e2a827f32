"""What the stories of backups share."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command

from core.backups.direct import Shape, session
from core.backups.making import make_backup
from core.backups.models import Backup
from core.backups.shelf import Shelf
from core.backups.store import sha256_of
from tests.flow.conftest import School
from tests.flow.uploads import kept

# Programs that write less than they say; $REAL is the real one.
TRUNCATE: Final = """"$REAL" "$@"
for each; do case $each in --file=/*) truncate -s -2000 "${each#--file=}";; esac; done"""
HALF: Final = '"$REAL" "$@" | head -c 200000; exit 1'


@pytest.fixture
def shelf(settings: Any, tmp_path: Path, media: Path) -> Shelf:
    """Where backups go, and a folder of files."""
    media.mkdir()
    settings.BACKUP_DIR = tmp_path / "backups"
    return Shelf(settings.BACKUP_DIR)


@pytest.fixture
def scratch(settings: Any) -> Iterator[str]:
    """The name of a database that is not there, nor afterwards."""
    name = f"schoolbell_restored_{os.getpid()}"
    yield name
    with session(settings.DB_OWNER_LOGIN, "postgres") as owner:
        owner.values(f"DROP DATABASE IF EXISTS {name}")


def nothing(*_said: object) -> None:
    """Whoever is told has nothing to say."""


def make() -> Backup:
    return make_backup(tell=nothing)


def restore(name: str, database: str, **options: Any) -> str:
    """What the command says."""
    said = StringIO()
    call_command("restore", name, into=database, stdout=said, **options)
    return said.getvalue()


def files_of(media: Path) -> dict[str, str]:
    """Each file below a folder, and its SHA-256."""
    found = (path for path in media.rglob("*") if path.is_file())
    return {path.relative_to(media).as_posix(): sha256_of(path) for path in found}


def shape_of(settings: Any, database: str) -> Shape:
    """What a database holds."""
    with session(settings.DB_OWNER_LOGIN, database) as owner:
        return owner.shape(nothing)


def upload(school: School, content: bytes = b"An old map.") -> None:
    kept(school.actor("teacher@oakwood.example"), content, "map.txt")


def cut_off(tmp_path: Path, real: str, name: str, line: str) -> str:
    """A folder of PostgreSQL's programs, one of which is a script."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in {"pg_dump", "pg_restore", "psql"} - {name}:
        (folder / program).symlink_to(Path(real) / program)
    cut = folder / name
    cut.write_text(f"#!/bin/bash\nPATH=/usr/bin:/bin REAL={real}/{name}\n{line}\n")
    cut.chmod(0o700)
    return str(folder)


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """What a full disk does to whoever writes, and to nobody else on the machine."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
