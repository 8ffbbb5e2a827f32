"""Whether a program still gives a sign of life, by a file that it touches."""

import time
from pathlib import Path

LOOK_SECONDS = 3.0
LOOKS = 5
"""Looks in a row that found nothing new, after which a program is taken to be stuck.

Looks are counted, not seconds: a machine that was asleep wakes up with nobody stuck.
"""


class Pulse:
    """What the looks at one program's file have found."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = self._touched()
        self._in_vain = 0
        self._next = time.monotonic() + LOOK_SECONDS

    def is_gone(self) -> bool:
        """Look, if it is time to; whether too many looks were in vain."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + LOOK_SECONDS
            before, self._seen = self._seen, self._touched()
            self._in_vain = self._in_vain + 1 if self._seen == before else 0
        return self._in_vain >= LOOKS

    def _touched(self) -> float:
        try:
            return self._file.stat().st_mtime
        except OSError:
            return 0.0
