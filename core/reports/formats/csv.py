"""A report as CSV: its first table, values as the snapshot has them, no cell a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from core.reports.content import Column, Document, Row, Table, Type
from core.reports.formats import Options, Progress
from core.reports.formats.pace import Pace
from core.reports.formats.values import NUMBER

# OWASP, CSV injection: also behind blanks, which some programs drop, and in the wide and small
# variants of the signs, which some programs fold.
RISKY: Final = re.compile(r"[\s\ufeff\u200b]*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r\n]")  # noqa: RUF001
# Whether any cell of many is risky, behind what stands between them: half of what it takes to look
# at each. Where a cell has that sign itself, each is looked at.
BETWEEN: Final = "\x1f"
ANY_RISKY: Final = re.compile(f"{BETWEEN}(?:{RISKY.pattern})")
ENCODING: Final = {True: "utf-8-sig", False: "utf-8"}


def write(document: Document, path: Path, options: Options, progress: Progress) -> None:
    """Write the first table: RFC 4180, UTF-8."""
    table = next((part for part in document.parts if isinstance(part, Table)), None)
    pace = Pace(progress)
    with path.open("w", newline="", encoding=ENCODING[options.bom]) as file:
        writer = csv.writer(file)
        if table is not None:
            writer.writerow([harmless(column.title) for column in table.columns])
            for block in pace.blocks(table.rows):
                is_risky = ANY_RISKY.search(BETWEEN + BETWEEN.join(map(BETWEEN.join, block)))
                writer.writerows(_harmless_rows(block, table.columns) if is_risky else block)
    pace.tell()


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if RISKY.match(cell) else cell


def _harmless_rows(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[Row]:
    texts = [column.type is Type.TEXT for column in columns]
    for row in rows:
        if any(map(RISKY.match, row)):
            # A number may be negative; what only stands in a column of numbers may not.
            cells = zip(row, texts, strict=True)
            yield tuple(
                harmless(cell) if text or not NUMBER(cell) else cell for cell, text in cells
            )
        else:
            yield row
