"""Reading tables from CSV and XLSX files, of whatever encoding, without trusting them."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_noop as _

from core.imports.saying import say

MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 50
WIDEST: Final = 1_000  # cells of a row, empty ones as well
LONGEST_LINE: Final = 1_000_000  # characters of a CSV file in what should be one record
MOST_UNPACKED: Final = 60_000_000  # bytes of all the parts of an XLSX file together
MOST_PARTS: Final = 1_000  # files in an XLSX file
BLANK_IN_A_ROW: Final = 5_000  # after so many blank rows there is no more to come

ZIP: Final = b"PK\x03\x04"
OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SEPARATORS: Final = (",", ";", "\t")
LOOKED_AT: Final = 4_096  # characters in which text must look like text

Record = tuple[int, list[str]]  # its number, as a spreadsheet shows it, and its cells


class UnreadableError(Exception):
    """The file is no table that can be read; `said` tells a person why."""

    def __init__(self, text: str, **values: str | int) -> None:
        self.said = say(text, **values)
        super().__init__(text % values)


def is_table(content: bytes) -> bool:
    """Whether it is worth to look through: a spreadsheet, or text that begins with columns."""
    if content.startswith(ZIP):
        return True
    try:
        text = decode(content)[:LOOKED_AT]
    except UnreadableError:
        return False
    is_text = all(char.isprintable() or char in "\r\n\t\ufeff" for char in text)
    first = text.strip().partition("\n")[0]
    return is_text and (first.startswith("sep=") or any(each in first for each in SEPARATORS))


def read_table(content: bytes) -> Iterator[Record]:
    """The records that are not blank, the header first. UnreadableError at once or on the way."""
    if content.startswith(OLD_EXCEL):
        raise UnreadableError(_("This is an old Excel file: save it as XLSX or CSV."))
    records = _read_xlsx(content) if content.startswith(ZIP) else _read_csv(decode(content))
    blank = 0
    for number, cells in enumerate(records, start=1):
        filled = [cell.strip() for cell in cells]
        blank = 0 if any(filled) else blank + 1
        if blank > BLANK_IN_A_ROW:
            return
        if number > MOST_ROWS + 1 and not blank:
            raise UnreadableError(
                _("The file has more than %(most)d rows: divide it."), most=MOST_ROWS
            )
        if not blank:
            yield number, filled


def decode(content: bytes) -> str:
    """The text, by its byte order mark or by trying; what is no UTF-8 is Windows' Latin."""
    for mark, name in BOMS:
        if content.startswith(mark):
            return _decoded(content, name)
    if b"\0" in content[:LOOKED_AT]:
        return _decoded(content, "utf-16-le" if content[1:2] == b"\0" else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError:
        raise UnreadableError(_("The text is damaged: save it as UTF-8.")) from None


def _read_csv(text: str) -> Iterator[list[str]]:
    named, _newline, rest = text.partition("\n")
    if named.lower().startswith("sep="):  # Excel's own way to name it
        separator, text = named.strip()[4:] or ",", rest
    else:
        separator = max(SEPARATORS, key=named.count)
    if separator not in SEPARATORS:
        raise UnreadableError(_("Separate the columns by commas, semicolons or tabs."))
    reader = csv.reader(_bounded(text), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield _within(cells)
    except csv.Error as error:
        why = str(error)
        raise UnreadableError(
            _("Line %(line)d cannot be read: %(why)s."), line=reader.line_num, why=why
        ) from None


def _bounded(text: str) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        if len(line) > LONGEST_LINE:
            raise UnreadableError(_("A line is too long to be one of a table."))
        yield line


def _check_width(cells: Sequence[object]) -> None:
    if len(cells) > WIDEST:  # empty cells far to the right cost time, too
        raise UnreadableError(_("The file has more than %(most)d columns."), most=MOST_COLUMNS)


def _trimmed(cells: Sequence[object]) -> Sequence[object]:
    """Without the empty cells with which a spreadsheet fills up its rows."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def _within(cells: Iterable[object]) -> list[str]:
    found = [_as_text(cell) for cell in cells]
    if any(found[MOST_COLUMNS:]):
        raise UnreadableError(_("The file has more than %(most)d columns."), most=MOST_COLUMNS)
    return found[:MOST_COLUMNS]


def _as_text(cell: object) -> str:
    """A spreadsheet's value as people read it: 7, not 7.0."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)


def _read_xlsx(content: bytes) -> Iterator[list[str]]:
    import openpyxl  # noqa: PLC0415 - 200 modules, which each process would load to read none

    _check_parts(content)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=False, keep_links=False
        )
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file claims of them is nothing to rely on
        for cells in sheet.iter_rows(values_only=True):
            _check_width(cells)
            yield _within(_trimmed(cells))
    except UnreadableError:
        raise
    except Exception as error:  # a damaged file fails in dozens of ways
        raise UnreadableError(_("This XLSX file is damaged: open it and save it anew.")) from error


def _check_parts(content: bytes) -> None:
    """Refuse what unpacks to too much, before anything is unpacked.

    A part that lies about its size is cut off there when it is read, and its checksum fails.
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile:
        raise UnreadableError(_("This XLSX file is damaged: open it and save it anew.")) from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableError(_("This XLSX file is too large once unpacked."))
