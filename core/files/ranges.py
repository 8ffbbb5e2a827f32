"""Range requests: which part of a file is asked for (RFC 9110, section 14)."""

import re
from dataclasses import dataclass
from typing import Final

RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class UnsatisfiableError(Exception):
    """No byte of the file is in the range."""


@dataclass(frozen=True, slots=True)
class Part:
    """From `first` on, `length` bytes."""

    first: int
    length: int

    def header(self, size: int) -> str:
        """As `Content-Range` says it."""
        return f"bytes {self.first}-{self.first + self.length - 1}/{size}"


def part_of(header: str, size: int) -> Part | None:
    """The part that a `Range` header asks for; None when the whole file is to be sent.

    Several ranges at once, and what is no range, may be ignored. Raises UnsatisfiableError.
    """
    found = RANGE.fullmatch(header.strip().lower().replace(" ", ""))
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if first and last and int(last) < int(first):
        return None
    begin = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if begin >= end:
        raise UnsatisfiableError
    return Part(begin, end - begin)
