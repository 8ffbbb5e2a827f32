"""What a report says, before it is a PDF, a spreadsheet, a CSV or a page.

All texts stand in the report's language already; all values as the snapshot has them, see `Type`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Row = tuple[str, ...]


class Type(StrEnum):
    """What a column's values are, and how they are written in the snapshot; '' is no value."""

    TEXT = "text"
    INTEGER = "integer"  # `12`
    NUMBER = "number"  # `87.5`
    PERCENT = "percent"  # of one: `0.875` is shown as 87.5 %
    DATE = "date"  # `2026-11-21`
    MOMENT = "moment"  # `2026-11-21 16:30`, in the centre's time zone


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `width` is relative to the others."""

    title: str
    type: Type = Type.TEXT
    width: float = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. `rows` can be gone through again and again, and is never held whole."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    count: int
    empty: str  # what to say when there are no rows


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a chart."""

    label: str
    value: float
    series: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a few dozen values at most; `says` tells it to who cannot see it."""

    title: str
    form: Literal["bar", "line"]
    label: str  # of the axis along which the points stand
    unit: str  # of the other
    points: tuple[Point, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Key figures: what, and how much, in words."""

    title: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph under a title, such as a teacher's comment."""

    title: str
    body: str


Part = Table | Chart | Facts | Text


@dataclass(frozen=True, slots=True)
class Head:
    """Whose report it is, and how it came about; stands in every format."""

    centre: str
    colour: str  # `#0f6e77`
    language: str  # `en`
    timezone: str  # `Europe/London`
    title: str
    subtitle: str
    asked_by: str
    generated_at: datetime  # aware
    filters: tuple[tuple[str, str], ...]  # what was asked for, in words


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report, or the one of a single pupil."""

    head: Head
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """How many rows its tables have together."""
        return sum(part.count for part in self.parts if isinstance(part, Table))
