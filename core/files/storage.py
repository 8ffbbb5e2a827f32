"""Where the bytes are: under a random name, in one of 65,536 folders of the media directory."""

import os
import secrets
from pathlib import Path
from typing import Final

from django.conf import settings

READABLE: Final = 0o640  # nginx may be of the group
DEPTH: Final = 3  # folders from the media directory to the bytes, the directory included
SMALL: Final = ".webp"  # behind the name of the file that a thumbnail is of


def new_name() -> str:
    """A name that nobody can guess."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token[2:4]}/{token}"


def root() -> Path:
    """The media directory."""
    return Path(settings.MEDIA_ROOT)


def path_of(storage_name: str) -> Path:
    """Where the bytes of a file are."""
    return root() / storage_name


def thumbnail_of(storage_name: str) -> Path:
    """Where its small picture is, if there is one."""
    return root() / (storage_name + SMALL)


def keep(source: Path, storage_name: str) -> None:
    """Give bytes that are on the disk their name; they have it, crash or not, when this returns.

    A second name for the same bytes, so nothing is copied; the first one goes with its request.
    """
    path = path_of(storage_name)
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    source.chmod(READABLE)
    sync(source)
    path.hardlink_to(source)
    for folder in path.parents[:DEPTH]:
        sync(folder)


def drop(storage_name: str) -> None:
    """Remove a file's bytes and its thumbnail's, if they are still there."""
    path_of(storage_name).unlink(missing_ok=True)
    thumbnail_of(storage_name).unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have the disk itself hold a file, or a folder's list of names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
