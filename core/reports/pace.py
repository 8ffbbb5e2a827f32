"""How long a report will take: from how long such reports took before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from django.db import connection

from core.reports.models import ReportPace

KEPT: Final = 0.9  # of what older reports say, for each newer one
FEWEST: Final = 1.5  # of `n` before anything is said: two reports, the older one fading

# One statement, so that two workers that finish together both count.
NOTE: Final = """
INSERT INTO reports_reportpace AS mine (kind, format, n, rows, seconds, rows_rows, rows_seconds)
VALUES (%(kind)s, %(format)s, 1, %(rows)s, %(seconds)s, %(rows)s ^ 2, %(rows)s * %(seconds)s)
ON CONFLICT (kind, format) DO UPDATE SET
    n = mine.n * %(kept)s + 1,
    rows = mine.rows * %(kept)s + excluded.rows,
    seconds = mine.seconds * %(kept)s + excluded.seconds,
    rows_rows = mine.rows_rows * %(kept)s + excluded.rows_rows,
    rows_seconds = mine.rows_seconds * %(kept)s + excluded.rows_seconds
"""


def note_pace(kind: str, into: str, rows: int, seconds: float) -> None:
    """Remember how long a report of so many rows took, in the present transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE,
            {
                "kind": kind,
                "format": into,
                "rows": float(rows),
                "seconds": seconds,
                "kept": KEPT,
            },
        )


@dataclass(frozen=True, slots=True)
class Paces:
    """How long reports took: by kind and format."""

    known: Mapping[tuple[str, str], ReportPace]

    @classmethod
    def read(cls) -> Self:
        """All of them; a few dozen rows at most."""
        return cls({(each.kind, each.format): each for each in ReportPace.objects.all()})

    def seconds_for(self, kind: str, into: str, rows: int | None) -> float | None:
        """How long one of so many rows will take; None when too few were made to say."""
        pace = self.known.get((kind, into))
        return None if pace is None else _on_the_line(pace, rows)

    @property
    def mean(self) -> float | None:
        """How long a report of any kind takes on the average; None before the first."""
        count = sum(each.n for each in self.known.values())
        return sum(each.seconds for each in self.known.values()) / count if count else None


def _on_the_line(pace: ReportPace, rows: int | None) -> float | None:
    """Least squares, with no report faster than an empty one, nor rows that take no time."""
    if pace.n < FEWEST:
        return None
    mean_rows, mean_seconds = pace.rows / pace.n, pace.seconds / pace.n
    spread = pace.rows_rows / pace.n - mean_rows**2
    if rows is None or spread <= mean_rows * 1e-6:
        return mean_seconds
    slope = max((pace.rows_seconds / pace.n - mean_rows * mean_seconds) / spread, 0.0)
    base = max(mean_seconds - slope * mean_rows, 0.0)
    return base + slope * rows
