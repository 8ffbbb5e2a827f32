"""How far the writing is: told by the clock, so that it costs little and comes often enough."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from itertools import islice
from typing import Final, TypeVar

from core.reports.content import Row
from core.reports.formats import Progress

EVERY: Final = 0.1  # seconds between two tellings
AT_ONCE: Final = 100  # rows between two looks at the clock

Done = TypeVar("Done")


class Pace:
    """Counts the rows of all tables of a document while they are written."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._told_at = time.monotonic()
        self.rows = 0

    def blocks(self, rows: Iterable[Row], size: int = AT_ONCE) -> Iterator[list[Row]]:
        """The rows, so many at a time; when the next are asked for, these are written."""
        left = iter(rows)
        while block := list(islice(left, size)):
            yield block
            self.add(len(block))

    def add(self, rows: int) -> None:
        """So many more are written; tell, if it is time."""
        self.rows += rows
        if time.monotonic() - self._told_at >= EVERY:
            self.tell()

    def tell(self) -> None:
        """Say how many rows are written; this may raise, to stop."""
        self._progress(self.rows)
        self._told_at = time.monotonic()


def waited(future: Future[Done], pace: Pace) -> Done:
    """What comes of a thread's work; until then progress is told, and can stop the waiting."""
    while True:
        try:
            return future.result(timeout=EVERY)
        except TimeoutError:
            pace.tell()
