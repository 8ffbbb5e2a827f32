"""What pages show of a report's document: its pages, its first rows, its cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.utils.translation import get_language

from core.people.actor import Actor
from core.refusals import ConflictError
from core.reports.content import Part, Row, Table
from core.reports.contents import Found, find_content
from core.reports.formats.pages import pages_of
from core.reports.formats.values import RIGHT, words_for
from core.reports.kind import Format
from core.reports.making import Order
from core.reports.models import Report, ReportVersion
from core.reports.sealing import snapshot_of
from core.reports.storage import path_of

MOST_ROWS: Final = 50
AS_TABLES: Final = (Format.CSV, Format.XLSX)


@dataclass(frozen=True, slots=True)
class Seen:
    """A table as a page shows it: each column with whether it holds figures, values in words."""

    title: str
    columns: tuple[tuple[str, bool], ...]
    rows: list[Row]
    count: int  # of all its rows

    @property
    def has_more(self) -> bool:
        """Whether there are rows that are not shown."""
        return self.count > len(self.rows)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of a report with what a page shows of it; one of the two is 0 or None."""

    found: Found
    pages: int = 0
    table: Seen | None = None

    @property
    def format(self) -> Format:
        """How it is shown."""
        return Format(self.found.report.format)


def sheet_for(
    report_id: int, *, number: int | None = None, student_id: int | None = None, by: Actor
) -> Sheet | None:
    """What the actor is shown of a report; None while there is nothing, or nothing any more."""
    try:
        return sheet_of(find_content(report_id, number=number, student_id=student_id, by=by))
    except ConflictError:
        return None


def sheet_of(found: Found) -> Sheet:
    """What is shown of a file that somebody may open."""
    into = Format(found.report.format)
    if into == Format.PDF:
        return Sheet(found, pages=pages_of(path_of(found.version.folder) / found.file_name))
    if into in AS_TABLES:
        return Sheet(found, table=table_of(found.report, found.version))
    return Sheet(found)


def table_of(report: Report, version: ReportVersion) -> Seen | None:
    """The first rows of a version's main table; None of one that an earlier release has made."""
    order = Order.of(report, version)
    if not order.is_of_now:
        return None
    return first_rows(order.kind.compose(snapshot_of(version), order.setting), MOST_ROWS)


def first_rows(parts: Sequence[Part], most: int) -> Seen | None:
    """The first rows of the first table of some parts, in the language that is spoken."""
    table = next((part for part in parts if isinstance(part, Table)), None)
    if table is None:
        return None
    say = [words_for(column.type, get_language() or "") for column in table.columns]
    rows = [
        tuple(words(cell) if cell else "" for words, cell in zip(say, row, strict=True))
        for row in islice(table.rows, most)
    ]
    columns = tuple((column.title, column.type in RIGHT) for column in table.columns)
    return Seen(table.title, columns, rows, table.count)
