"""The bytes of files, each kept once for all backups, under their SHA-256.

Files never change in place, so on the same disk a second name for the same bytes is enough and
costs no room; on another one they are copied. What the last backup had is not read again.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from core.backups.programs import Tick
from core.files.storage import READABLE, sync

INCOMING: Final = "incoming"  # uploads that no row knows yet
PART: Final = ".part"  # reports that are being written
NEW: Final = "new"  # what is being taken in


@dataclass(frozen=True, slots=True)
class Line:
    """A file as a list names it; `path` is below the media directory, times are nanoseconds."""

    sha256: str
    size: int
    changed: int
    path: str

    def __str__(self) -> str:
        return f"{self.sha256} {self.size} {self.changed} {self.path}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The line that was written so."""
        sha256, size, changed, path = text.rstrip("\n").split(" ", 3)
        return cls(sha256, int(size), int(changed), path)


Lines = dict[str, Line]  # by path


class Store:
    """The folder of all bytes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, sha256: str) -> Path:
        """Where the bytes are."""
        return self.root / sha256[:2] / sha256

    def take(self, media: Path, known: Mapping[str, Line], tick: Tick) -> Lines:
        """Take in all files below a folder; one of which `known` says the same is there already."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines: Lines = {}
        for path in _files_below(media):
            tick()
            with suppress(FileNotFoundError):  # removed at this moment
                line = self._take_one(path, path.relative_to(media).as_posix(), known)
                lines[line.path] = line
        return lines

    def settle(self) -> None:
        """Have the disk itself hold all names."""
        for folder in (*self.root.glob("??"), self.root):
            sync(folder)

    def is_whole(self, line: Line, *, read: bool) -> bool:
        """Whether the bytes are there, as many as there were; with `read`, the same ones."""
        path = self.path_of(line.sha256)
        if not path.is_file() or path.stat().st_size != line.size:
            return False
        return not read or sha256_of(path) == line.sha256

    def give_back(self, line: Line, media: Path) -> None:
        """Put a file where it was, in the place of what is there now."""
        target = media / line.path
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        new = target.with_name(target.name + PART)
        _link_or_copy(self.path_of(line.sha256), new)
        os.utime(new, ns=(line.changed, line.changed))
        new.chmod(READABLE)
        _rename(new, target)

    def drop_all_but(self, wanted: Iterable[str]) -> None:
        """Remove the bytes that no backup wants any more."""
        kept = {bytes.fromhex(sha256) for sha256 in wanted}
        for path in self.root.glob("??/*"):
            if bytes.fromhex(path.name) not in kept:
                path.unlink()

    def _take_one(self, path: Path, name: str, known: Mapping[str, Line]) -> Line:
        changed = path.stat().st_mtime_ns
        line = known.get(name)
        if line and _is_same(path, line) and self.is_whole(line, read=False):
            return line
        new = self.root / NEW
        new.unlink(missing_ok=True)
        _link_or_copy(path, new)
        line = Line(sha256_of(new), new.stat().st_size, changed, name)
        target = self.path_of(line.sha256)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        _rename(new, target)  # one that was damaged meanwhile is mended so
        return line


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_lines(path: Path, lines: Lines) -> None:
    """Write a list of files, by path."""
    with path.open("w") as file:
        file.writelines(f"{lines[name]}\n" for name in sorted(lines))


def read_lines(path: Path) -> Iterator[Line]:
    """The files of a list."""
    with path.open() as file:
        yield from map(Line.read, file)


def _files_below(media: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(media, onerror=_refuse):
        if Path(folder) == media and INCOMING in folders:
            folders.remove(INCOMING)
        yield from (Path(folder, name) for name in names if not name.endswith(PART))


def _refuse(error: OSError) -> None:
    """Of a folder that cannot be read, os.walk would say nothing."""
    if not isinstance(error, FileNotFoundError):  # removed at this moment
        raise error


def _rename(new: Path, target: Path) -> None:
    new.replace(target)
    new.unlink(missing_ok=True)  # which does nothing between two names of the same bytes


def _is_same(path: Path, line: Line) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return (found.st_size, found.st_mtime_ns) == (line.size, line.changed)


def _link_or_copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one that knows no second names
        shutil.copyfile(source, target)
        sync(target)
