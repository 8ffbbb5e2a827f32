"""The report of an import as a CSV file that no spreadsheet takes for a program."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet

from core.imports.columns import COLUMNS
from core.imports.models import ImportRow
from core.imports.saying import words

BOM: Final = "\ufeff"  # or Excel would not know that it is UTF-8
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def report_of(rows: QuerySet[ImportRow]) -> Iterator[str]:
    """The file piece by piece: a line for each row, with its outcome and what is wrong with it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow(["row", "outcome", "problems", *COLUMNS, "notes"])
    for row in rows.iterator(chunk_size=2_000):
        cells = [row.cells.get(column, "") for column in COLUMNS]
        texts = [_listed(row.faults), *cells, _listed(row.notes)]
        writer.writerow([row.number, row.outcome, *map(harmless, texts)])
        if buffer.tell() > 50_000:  # noqa: PLR2004 - characters, a piece
            yield _taken(buffer)
    yield _taken(buffer)


def harmless(text: str) -> str:
    """What a spreadsheet would take for a formula, as text."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _listed(said: list[dict[str, Any]]) -> str:
    return "; ".join(f"{each['column']} {words(each)}".strip() for each in said)


def _taken(buffer: io.StringIO) -> str:
    piece = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return piece
