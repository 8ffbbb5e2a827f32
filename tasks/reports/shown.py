"""Showing whoever watches a report how far it is."""

import time
from typing import Final

from core.live.tick import tick
from core.reports.events import ReportRequested
from core.reports.streams import stream_of
from tasks.work import Work

TICK: Final = 0.25  # seconds between two ticks, at least
READING, WRITING = "reading", "writing"  # stages
READ_SHARE: Final = 0.1  # of the whole, for reading the data


class Shown:
    """The progress of a report, to its stream and to whom its job belongs."""

    def __init__(self, work: Work[ReportRequested]) -> None:
        self._work = work
        self._report_id = work.event.report_id
        self._ticked = 0.0
        self._said = (0.0, READING, 0, 0)

    def reading(self, done: int, queries: int) -> None:
        """So many of the kind's queries are read. Raises what `Work.progress` raises."""
        self._show(READ_SHARE * done / max(queries, 1), READING, 0, 0)

    def writing(self, rows: int, total: int) -> None:
        """So many rows, or cards, are written. Raises what `Work.progress` raises."""
        share = min(rows / total, 1.0) if total else 1.0
        self._show(READ_SHARE + (1 - READ_SHARE) * share, WRITING, rows, total)

    def hear(self, written: tuple[int, int] | None) -> None:
        """What the process that writes says; without news, that nothing has changed."""
        if written:
            self.writing(*written)
        else:
            self._show(*self._said)

    def _show(self, share: float, stage: str, rows: int, total: int) -> None:
        self._said = (share, stage, rows, total)
        self._work.progress(share, 1.0, stage)
        now = time.monotonic()
        if now - self._ticked < TICK:
            return
        self._ticked = now
        data = {"id": str(self._report_id), "progress": round(share, 4), "stage": stage}
        tick(stream_of(self._report_id), "progress", data | {"rows": rows, "total": total})
