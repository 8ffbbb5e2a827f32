"""A look at what a report will say: its first rows, before anything is made."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from core.reports.content import Part, Row, Table
from core.reports.kind import Kind, Setting
from core.reports.snapshot import first_lines

MOST: Final = 10  # rows


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The first rows of each query; a `Data` of core/reports/kind.py."""

    found: dict[str, list[list[str]]]  # by query, the header first

    def columns(self, query: str) -> tuple[str, ...]:
        """The names of a query's columns."""
        return tuple(self.found[query][0])

    def count(self, query: str) -> int:
        """How many rows there are here."""
        return len(self.found[query]) - 1

    def rows(self, query: str, *names: str) -> Iterable[Row]:
        """The rows; only these columns, if any are named."""
        header = self.found[query][0]
        places = [header.index(name) for name in names or header]
        return [tuple(row[place] for place in places) for row in self.found[query][1:]]

    def records(self, query: str) -> list[dict[str, str]]:
        """The rows by column name."""
        header = self.found[query][0]
        return [dict(zip(header, row, strict=True)) for row in self.found[query][1:]]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of the report's main table."""

    columns: list[str]
    rows: list[Row]


def preview_of(kind: Kind, setting: Setting) -> Preview:
    """The first rows, within the present scope. Facts and charts would need all the others."""
    table = next((part for part in first_parts(kind, setting) if isinstance(part, Table)), None)
    if table is None:
        return Preview([], [])
    return Preview([column.title for column in table.columns], list(islice(table.rows, MOST)))


def first_parts(kind: Kind, setting: Setting) -> tuple[Part, ...]:
    """The parts of a document of the first rows alone."""
    texts = first_lines(kind, setting, MOST)
    found = {name: list(csv.reader(io.StringIO(text))) for name, text in texts.items()}
    return kind.compose(FirstRows(found), setting)
