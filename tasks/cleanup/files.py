"""Sweeping files: what nobody attached, and bytes that no row knows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from core import clock
from core.files.actions import forget
from core.files.models import File
from core.files.storage import SMALL, root
from tasks.cleanup.sweep import Sweep, Taken

PATIENCE: Final = timedelta(hours=24)
BATCH: Final = 200  # rows
INCOMING: Final = "incoming"
FOLDERS: Final = (INCOMING, *(f"{number:02x}" for number in range(256)))


def take_unattached(_after: str) -> Taken:
    """Delete files that were attached to nothing for a day; their bytes follow the commit.

    One that is being attached at this moment is locked, and left alone.
    """
    old = File.objects.filter(attached=False, created_at__lt=clock.now() - PATIENCE)
    files = list(old.select_for_update(skip_locked=True).order_by("created_at")[:BATCH])
    for file in files:
        forget(file)
    return Taken(len(files), "" if len(files) == BATCH else None)


def take_strays(after: str) -> Taken:
    """Remove bytes that no row knows, a folder at a time, and uploads that came to no end.

    A crash leaves them: bytes are there before their row, and go after it. Those of the last day
    may belong to a row that is just being committed.
    """
    place = FOLDERS.index(after) if after else 0
    old = list(_older_than(clock.now() - PATIENCE, root() / FOLDERS[place]))
    known = set() if FOLDERS[place] == INCOMING else _known(old)
    strays = [path for path in old if _name_of(path) not in known]
    for path in strays:
        path.unlink(missing_ok=True)
    following = FOLDERS[place + 1 :]
    return Taken(len(strays), following[0] if following else None)


def _older_than(moment: datetime, folder: Path) -> Iterator[Path]:
    for path in folder.glob("**/*"):
        if path.is_file() and path.stat().st_mtime < moment.timestamp():
            yield path


def _known(paths: list[Path]) -> set[str]:
    names = {_name_of(path) for path in paths}
    return set(File.objects.filter(storage_name__in=names).values_list("storage_name", flat=True))


def _name_of(path: Path) -> str:
    """The name of the file that these are the bytes of, or the thumbnail."""
    return path.relative_to(root()).as_posix().removesuffix(SMALL)


FILE_SWEEPS: Final = (
    Sweep("files attached to nothing", take_unattached),
    Sweep("bytes without a file", take_strays),
)
