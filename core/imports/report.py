"""The report of an import as a CSV file that no spreadsheet takes for a program."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from core.imports.columns import COLUMNS
from core.imports.models import PeopleImport
from core.imports.queries import rows_of
from core.imports.saying import words

BOM: Final = "\ufeff"  # or Excel would not know that it is UTF-8
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def report_of(found: PeopleImport) -> Iterator[str]:
    """The file piece by piece: a line for each row, with its outcome and what is wrong with it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow(["row", "outcome", "problems", *COLUMNS])
    for row in rows_of(found).iterator(chunk_size=2_000):
        problems = "; ".join(f"{fault['column']} {words(fault)}".strip() for fault in row.faults)
        cells = [row.cells.get(column, "") for column in COLUMNS]
        writer.writerow([row.number, row.outcome, *map(harmless, [problems, *cells])])
        if buffer.tell() > 50_000:  # noqa: PLR2004 - characters, a piece
            yield _taken(buffer)
    yield _taken(buffer)


def harmless(text: str) -> str:
    """What a spreadsheet would take for a formula, as text."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _taken(buffer: io.StringIO) -> str:
    piece = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return piece
