"""The columns of an import, and what each cell can be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from core.imports.reading import UnreadableError
from core.imports.saying import say
from core.people.words import mailable

# What a column holds at most, in characters.
COLUMNS: Final = {
    "student_name": 200,
    "student_email": 254,
    "class": 100,
    "guardian_name": 200,
    "guardian_email": 254,
    "relationship": 60,
}
REQUIRED: Final = ("student_name", "student_email")
SAMPLE: Final = (
    ",".join(COLUMNS)
    + "\r\nAda Ashby,ada@pupils.example,7A,Grace Ashby,grace@mail.example,mother"
    + "\r\nBen Brook,ben@pupils.example,7A,,,\r\n"
)
FORMULA: Final = ("=", "+", "-", "@")  # what spreadsheets take for one

Fault = dict[str, Any]  # the column, and what is said of it


@dataclass(slots=True)
class Row:
    """A row of the file, by columns, and what is wrong with it."""

    number: int
    cells: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def refuse(self, column: str, text: str, **values: str | int) -> None:
        """Say what is wrong, and where; see saying.py."""
        self.faults.append({"column": column, **say(text, **values)})

    def note(self, column: str, text: str) -> None:
        """Say what is left for a person to do; the row is carried out all the same."""
        self.notes.append({"column": column, **say(text)})

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same row as another."""
        return tuple(self[column] for column in COLUMNS)


def header_of(cells: Sequence[str]) -> list[str]:
    """The columns in their order; UnreadableError for unknown, missing and doubled ones."""
    found = ["_".join(cell.lower().replace("-", " ").replace("_", " ").split()) for cell in cells]
    while found and not found[-1]:
        found.pop()
    unknown = [cell or f"(column {place})" for place, cell in enumerate(cells[: len(found)], 1)]
    unknown = [name for name, column in zip(unknown, found, strict=True) if column not in COLUMNS]
    if unknown:
        raise UnreadableError(
            _("Unknown columns: %(unknown)s. There can be: %(known)s."),
            unknown=", ".join(unknown)[:200],
            known=", ".join(COLUMNS),
        )
    if missing := [column for column in REQUIRED if column not in found]:
        raise UnreadableError(_("Missing columns: %(missing)s."), missing=", ".join(missing))
    if len(set(found)) < len(found):
        raise UnreadableError(_("A column is there twice."))
    return found


def row_of(header: Sequence[str], number: int, cells: Sequence[str]) -> Row:
    """A row with what can be said of it alone."""
    row = Row(number, dict(zip(header, cells, strict=False)))
    if any(cells[len(header) :]):
        row.refuse("", _("has more cells than there are columns"))
    for column, longest in COLUMNS.items():
        _check_cell(row, column, longest)
    for column in ("student_email", "guardian_email"):
        _check_email(row, column)
    _check_whole(row)
    return row


def _check_cell(row: Row, column: str, longest: int) -> None:
    text = row[column]
    if text.startswith(FORMULA):
        row.refuse(column, _("looks like a formula"))
    elif not text.isprintable():
        row.refuse(column, _("holds line breaks or control characters"))
    elif len(text) > longest:
        row.refuse(column, _("is longer than %(most)d characters"), most=longest)
    elif column in REQUIRED and not text:
        row.refuse(column, _("is empty"))
    row.cells[column] = text[:longest].replace("\0", "")


def _check_email(row: Row, column: str) -> None:
    row.cells[column] = row[column].lower()
    wrong = any(fault["column"] == column for fault in row.faults)
    if wrong or not row[column]:
        return
    try:
        mailable(row[column])
    except ValueError as error:
        row.refuse(column, str(error))


def _check_whole(row: Row) -> None:
    if row["guardian_name"] and not row["guardian_email"]:
        row.refuse("guardian_email", _("is empty, but a guardian is named"))
    if row["guardian_email"] and not row["guardian_name"]:
        row.refuse("guardian_name", _("is empty, but a guardian's address is given"))
    if row["relationship"] and not (row["guardian_email"] or row["guardian_name"]):
        row.refuse("relationship", _("is given without a guardian"))
    if row["guardian_email"] and row["guardian_email"] == row["student_email"]:
        row.refuse("guardian_email", _("is the student's own"))
