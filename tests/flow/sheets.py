"""Files of people, as schools send them."""

import io
import zipfile
from collections.abc import Sequence

import openpyxl

HEADER = (
    "student_name",
    "student_email",
    "class",
    "guardian_name",
    "guardian_email",
    "relationship",
)
NINA = ("Nina New", "nina@pupils.example", "7A", "Nora New", "nora@mail.example", "mother")
OTTO = ("Otto Old", "otto@pupils.example", "7A", "", "", "")


def csv_of(*rows: Sequence[str], header: Sequence[str] = HEADER, separator: str = ",") -> str:
    """The text of a CSV file."""
    return "".join(separator.join(row) + "\r\n" for row in (header, *rows))


def xlsx_of(*rows: Sequence[object], header: Sequence[str] = HEADER) -> bytes:
    """An XLSX file."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (header, *rows):
        sheet.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def repacked(content: bytes, part: str, text: bytes) -> bytes:
    """An XLSX file with one part replaced."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, text if name == part else before.read(name))
    return written.getvalue()
