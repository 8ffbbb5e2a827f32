"""Where the files of reports lie: one folder for each version, in the media directory."""

import hashlib
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from core.files.storage import READABLE, path_of, sync

__all__ = ["path_of"]  # a folder is named as a file is

ROOM: Final = "reports"
PART: Final = ".part"  # what is being written


def new_folder() -> str:
    """The name of a folder that nobody can guess."""
    token = secrets.token_hex(16)
    return f"{ROOM}/{token[:2]}/{token}"


def begin_file(folder: str, name: str) -> Path:
    """Where to write a file that is to be `settle`d when it is whole."""
    path = path_of(folder) / (name + PART)
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    return path


@contextmanager
def beginning(folder: str, name: str) -> Iterator[Path]:
    """The same for a block; what is left of it and its parts goes when the block raises."""
    begun = begin_file(folder, name)
    try:
        yield begun
    except BaseException:
        for left in begun.parent.glob(f"*{begun.name}*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        raise


def settle(begun: Path) -> Path:
    """Give a file that is whole its name; it has it, crash or not, when this returns."""
    return settle_all([begun])[0]


def settle_all(begun: Sequence[Path]) -> list[Path]:
    """The same for several files of one folder."""
    paths = [each.with_name(each.name.removesuffix(PART)) for each in begun]
    for source, path in zip(begun, paths, strict=True):
        source.chmod(READABLE)
        sync(source)
        source.replace(path)
    for folder in {path.parent for path in paths}:
        sync(folder)
    return paths


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def drop(folder: str) -> None:
    """Remove a version's files, if they are still there."""
    if folder.startswith(f"{ROOM}/"):
        shutil.rmtree(path_of(folder), ignore_errors=True)
