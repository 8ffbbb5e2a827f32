"""Figures in words, and charts of figures, in the language that is spoken."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Literal

from babel.dates import format_skeleton
from babel.numbers import format_decimal, format_percent
from django.utils.translation import gettext as _

from core.language.dates import spoken
from core.reports.content import Chart, Point

MOST_BARS: Final = 30
MOST_WEEKS: Final = 53
ALL_TOLD: Final = 12  # values that are told one by one
PERCENT: Final = "%"
NOTHING: Final = "\u2013"  # a dash

Record = Mapping[str, str]


def percent(share: str) -> str:
    """`87.5%` for `0.875`; a dash for nothing."""
    pattern = str(spoken().percent_formats[None].pattern).replace("0", "0.#")
    return str(format_percent(float(share), pattern, locale=spoken())) if share else NOTHING


def number(value: float | str) -> str:
    """`1,234`, or `87.5`."""
    return str(format_decimal(value or 0, locale=spoken()))


def completion(record: Record) -> str:
    """What was handed in, of what was handed in or is missing; '' where there is neither."""
    handed_in, missing = int(record["handed_in"]), int(record["missing"])
    return str(handed_in / (handed_in + missing)) if handed_in + missing else ""


def week_of(monday: str) -> str:
    """`16 Nov` for `2026-11-16`."""
    return str(format_skeleton("MMMd", date.fromisoformat(monday), locale=spoken()))


def points_of(pairs: Iterable[tuple[str, str]]) -> tuple[Point, ...]:
    """Labels with shares of one, as percents; those without a share are left out."""
    return tuple(Point(label, round(float(share) * 100, 1)) for label, share in pairs if share)


def chart(
    title: str, form: Literal["bar", "line"], label: str, unit: str, points: Sequence[Point]
) -> tuple[Chart, ...]:
    """The chart, or none where there is nothing to see."""
    if not points:
        return ()
    return (Chart(title, form, label, unit, tuple(points), says_of(title, unit, points)),)


def says_of(title: str, unit: str, points: Sequence[Point]) -> str:
    """The chart for who cannot see it: each value, or of many the lowest, highest and last."""
    if len(points) <= ALL_TOLD:
        told = "; ".join(f"{_name(each)} {_value(each, unit)}" for each in points)
        return f"{title}: {told}."
    lowest = min(points, key=lambda each: each.value)
    highest = max(points, key=lambda each: each.value)
    return _(
        "%(title)s: %(count)s values, the lowest %(low)s (%(low_at)s), the highest %(high)s"
        " (%(high_at)s), the last %(last)s (%(last_at)s)."
    ) % {
        "title": title,
        "count": len(points),
        "low": _value(lowest, unit),
        "low_at": _name(lowest),
        "high": _value(highest, unit),
        "high_at": _name(highest),
        "last": _value(points[-1], unit),
        "last_at": _name(points[-1]),
    }


def _name(point: Point) -> str:
    return f"{point.series}, {point.label}" if point.series else point.label


def _value(point: Point, unit: str) -> str:
    if unit == PERCENT:
        return percent(str(point.value / 100))
    return number(point.value)
