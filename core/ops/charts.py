"""Charts of the last hours: a line each, drawn here as points of an SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any, Final

from django.db import connection

HOURS: Final = (1, 3, 24, 168)  # what may be looked at
POINTS: Final = 120  # of a line
APART: Final = 90.0  # seconds between two samples at most, else nobody looked
WIDTH: Final = 360
HEIGHT: Final = 72

# The worst of each part of the time counts, so that no peak is lost; of what was done, the mean.
SERIES: Final = """
SELECT queue, floor(extract(epoch FROM at - (now() - %(span)s)) / %(bucket)s)::int AS place,
    max(depth), sum(done) / greatest(sum(seconds), 1), max(coalesce(oldest_age, 0))
FROM ops_sample WHERE at > now() - %(span)s AND queue = ANY(%(queues)s)
GROUP BY 1, 2 ORDER BY 1, 2
"""

Line = list[tuple[int, float]]  # place from 0 to POINTS, and value


@dataclass(frozen=True, slots=True)
class Chart:
    """One measure of one queue."""

    measure: str  # depth, done or age
    latest: float
    highest: float
    lines: list[str]  # `points` of polylines: one per stretch without a gap


@dataclass(frozen=True, slots=True)
class Charts:
    """What is drawn of one queue."""

    queue: str
    charts: list[Chart]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happened in all that time."""
        return not any(chart.highest for chart in self.charts)


MEASURES: Final[Sequence[tuple[str, Callable[[Any], float]]]] = (
    ("depth", lambda row: float(row[2])),
    ("done", lambda row: float(row[3])),
    ("age", lambda row: float(row[4])),
)


def charts_of(queues: Sequence[str], hours: int) -> list[Charts]:
    """Depth, what was done in a second, and the oldest one's age in seconds, of each queue."""
    span = timedelta(hours=hours)
    bucket = span.total_seconds() / POINTS
    wanted: dict[str, Any] = {"span": span, "bucket": bucket, "queues": list(queues)}
    with connection.cursor() as cursor:
        cursor.execute(SERIES, wanted)
        rows = cursor.fetchall()
    apart = ceil(APART / bucket)
    return [_charts(queue, [row for row in rows if row[0] == queue], apart) for queue in queues]


def _charts(queue: str, rows: Sequence[Any], apart: int) -> Charts:
    lines = [(name, [(row[1], read(row)) for row in rows]) for name, read in MEASURES]
    return Charts(queue, [chart_of(name, line, apart) for name, line in lines])


def chart_of(measure: str, line: Line, apart: int = 1) -> Chart:
    """A measure's line as an SVG draws it, its highest point at the top.

    Points more than `apart` places from each other have a gap between them.
    """
    values = [value for _, value in line]
    highest = max(values, default=0.0)
    return Chart(
        measure,
        values[-1] if values else 0.0,
        highest,
        [_points(stretch, highest or 1.0) for stretch in _stretches(line, apart)],
    )


def _stretches(line: Line, apart: int) -> list[Line]:
    """The parts of a line between gaps in which nobody took a sample."""
    found: list[Line] = []
    for point in line:
        if found and point[0] - found[-1][-1][0] <= apart:
            found[-1].append(point)
        else:
            found.append([point])
    return found


def _points(line: Line, highest: float) -> str:
    """A single point becomes a short stroke, or nothing of it would be seen."""
    ends = line if len(line) > 1 else [(line[0][0] - 1, line[0][1]), line[0]]
    return " ".join(
        f"{place * WIDTH / POINTS:g},{HEIGHT - 2 - value / highest * (HEIGHT - 6):.1f}"
        for place, value in ends
    )
