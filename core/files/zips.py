"""ZIP archives: what they hold, by their directory alone; nothing is unpacked here."""

import struct
import zipfile
from collections.abc import Callable
from typing import BinaryIO, Final

END: Final = struct.Struct("<4s4H2LH")  # the record behind the directory
MARK: Final = b"PK\x05\x06"
FIRST: Final = b"PK\x03\x04"
LONGEST_COMMENT: Final = 2**16

MOST_ENTRIES: Final = 5_000
LARGEST_DIRECTORY: Final = 2 * 2**20  # bytes; an entry in memory takes ten times its bytes here
LARGEST_UNPACKED: Final = 2**30  # bytes
UNSUSPECTED: Final = 50 * 2**20  # bytes; below that no ratio is a bomb's
HIGHEST_RATIO: Final = 100


class BombError(Exception):
    """It would unpack to more than anyone expects."""


def has_directory(file: BinaryIO) -> bool:
    """Whether a ZIP archive ends where the file ends, whatever the file begins with."""
    return _end_of(file) is not None


def is_sound(file: BinaryIO) -> bool:
    """Whether it is an archive from its first byte to its last; BombError for a bomb."""
    return names_in(file) is not None


def holds(*parts: str, never: str) -> Callable[[BinaryIO], bool]:
    """An archive with these entries, and none that ends like that."""

    def proof(file: BinaryIO) -> bool:
        names = names_in(file) or []
        return set(parts) <= set(names) and not any(n.lower().endswith(never) for n in names)

    return proof


def declares(media_type: str) -> Callable[[BinaryIO], bool]:
    """An archive whose first entry, stored as it is, names this type."""
    declared = b"mimetype" + media_type.encode() + b"PK"

    def proof(file: BinaryIO) -> bool:
        if names_in(file) is None:
            return False
        file.seek(30)
        return file.read(len(declared)) == declared

    return proof


def names_in(file: BinaryIO) -> list[str] | None:
    """The names of all entries; None for what is no sound archive. BombError for a bomb."""
    file.seek(0)
    end = _end_of(file) if file.read(4) == FIRST else None
    if end is None or not _is_plain(end):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return None
    _check_unpacked(sum(entry.file_size for entry in entries), file.seek(0, 2))
    return [entry.filename for entry in entries]


def _check_unpacked(unpacked: int, size: int) -> None:
    if unpacked > LARGEST_UNPACKED:
        raise BombError
    if unpacked > UNSUSPECTED and unpacked > HIGHEST_RATIO * size:
        raise BombError


def _is_plain(end: tuple[int, ...]) -> bool:
    """Whether the directory is all on this disk, and of a size that can be read."""
    disk, first_disk, here, entries, length, _offset = end
    if disk or first_disk or here != entries:
        return False
    if entries > MOST_ENTRIES or length > LARGEST_DIRECTORY:
        raise BombError
    return True


def _end_of(file: BinaryIO) -> tuple[int, ...] | None:
    """The numbers of the last record: disks, entries, length and place of the directory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END.size - LONGEST_COMMENT))
    tail = file.read()
    place = tail.rfind(MARK)
    while place >= 0:
        record = tail[place : place + END.size]
        if len(record) == END.size:
            _mark, *numbers, comment = END.unpack(record)
            if place + END.size + comment == len(tail):
                return tuple(numbers)
        place = tail.rfind(MARK, 0, place)
    return None
