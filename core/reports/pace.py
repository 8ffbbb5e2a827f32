"""How long a report will take: from how long such reports took before."""

from typing import Final

from django.db import connection
from django.db.models import Sum

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


def seconds_for(kind: str, into: str, rows: int | None) -> float | None:
    """How long one of so many rows will take; None when too few were made to say."""
    pace = ReportPace.objects.filter(kind=kind, format=into).first()
    return None if pace is None else _on_the_line(pace, rows)


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


def mean_seconds() -> float | None:
    """How long a report of any kind takes on the average; None before the first."""
    sums = ReportPace.objects.aggregate(n=Sum("n"), seconds=Sum("seconds"))
    return sums["seconds"] / sums["n"] if sums["n"] else None
