"""A run as JSON, and as tables for the terminal."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby

from tests.bench.facts import Facts
from tests.bench.sizes.operations import OPERATIONS, Figure
from tests.bench.sizes.series import FRESH, OLD, Point

Growth = dict[str, tuple[float, float]]  # operation -> how often the milliseconds, the pages


def as_json(points: Sequence[Point], facts: Facts) -> str:
    """Everything, in milliseconds."""
    content = {
        "facts": facts,
        "operations": {each.key: each.name for each in OPERATIONS},
        "growth": {
            series: {
                statistics: growth([each for each in found if each.statistics == statistics])
                for statistics in (OLD, FRESH)
            }
            for series, found in _by_series(points)
            if not found[0].beside
        },
        "points": [asdict(point) for point in points],
    }
    return json.dumps(content, indent=2) + "\n"


def as_text(points: Sequence[Point]) -> str:
    """A table per series: a line per point, a column per operation."""
    return "\n".join(line for each in _by_series(points) for line in _table(*each))


def in_short(point: Point) -> str:
    """The medians, for a line of progress."""
    medians = (f"{each.key} {_rounded(point.figures[each.key].median)}" for each in OPERATIONS)
    return ", ".join(medians)


def name_of(point: Point) -> str:
    return point.beside or f"{point.rows:,}, {point.statistics} statistics"


def growth(points: Sequence[Point]) -> Growth:
    """Of the most rows over the fewest: 1 is flat."""
    first, last = points[0].figures, points[-1].figures
    return {
        each.key: (
            round(last[each.key].median / first[each.key].median, 2),
            round(last[each.key].pages / first[each.key].pages, 2),
        )
        for each in OPERATIONS
    }


def _by_series(points: Sequence[Point]) -> list[tuple[str, list[Point]]]:
    return [(name, list(found)) for name, found in groupby(points, lambda each: each.series)]


def _table(series: str, points: list[Point]) -> Iterator[str]:
    yield f"\n{series}: median / p99 in ms, pages touched"
    yield _line("", (each.key for each in OPERATIONS))
    for point in points:
        yield _line(name_of(point), (_cell(point.figures[each.key]) for each in OPERATIONS))
    if points[0].beside:
        return
    for statistics in (OLD, FRESH):
        grown = growth([each for each in points if each.statistics == statistics])
        cells = (f"x{times:.1f}, pages x{pages:.1f}" for times, pages in grown.values())
        yield _line(f"most over fewest, {statistics} statistics", cells)


def _line(name: str, cells: Iterator[str]) -> str:
    return f"  {name:50}" + "".join(f"{cell:>22}" for cell in cells)


def _cell(figure: Figure) -> str:
    return f"{_rounded(figure.median)} / {_rounded(figure.p99)}, {figure.pages:,.0f}"


def _rounded(milliseconds: float) -> str:
    return f"{milliseconds:.2g}" if milliseconds < 10 else f"{milliseconds:.0f}"
