"""Rows of a spreadsheet as its XML: XlsxWriter's own way takes five times as long."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from xlsxwriter.utility import xl_col_to_name

from core.reports.content import Row, Table, Type
from core.reports.formats.values import NUMBER, REMEMBERED, moment_of

LONGEST: Final = 32_767  # characters of a cell, Excel's limit
DAY_ZERO: Final = date(1899, 12, 30).toordinal()
FIRST_DAY: Final = 61  # 1 March 1900: before it Excel counts a day that never was
MINUTES: Final = 1_440  # of a day
# What XML has no place for, and `_x000D_`, which Excel would take for a character's number.
UNWRITABLE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)"
)
ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

Cell = Callable[[str, int], str]  # a value and the row's number, as XML


def rows_as_xml(
    table: Table, blocks: Iterable[list[Row]], styles: Mapping[Type, int], first: int
) -> Iterator[str]:
    """The `<row>`s of each block; `styles` are numbers of cell formats, `first` the first row's."""
    cells = [
        _cell(column.type, xl_col_to_name(at), styles[column.type])
        for at, column in enumerate(table.columns)
    ]
    number = first
    for block in blocks:
        found = []
        for row in block:
            xml = [cell(value, number) for cell, value in zip(cells, row, strict=True)]
            found.append(f'<row r="{number}">{"".join(xml)}</row>')
            number += 1
        yield "".join(found)


def _cell(column_type: Type, letters: str, style: int) -> Cell:
    """How a column's cells are written; what is none of its type is written as text."""
    read = _READ.get(column_type)

    def text(value: str, number: int) -> str:
        if not value:
            return ""
        xml = f'<is><t xml:space="preserve">{_escaped(value)}</t></is>'
        return f'<c r="{letters}{number}" s="{style}" t="inlineStr">{xml}</c>'

    if read is None:
        return text

    def typed(value: str, number: int) -> str:
        found = read(value)
        if found is None:
            return text(value, number)
        return f'<c r="{letters}{number}" s="{style}"><v>{found}</v></c>'

    return typed


def _escaped(value: str) -> str:
    if len(value) > LONGEST:
        value = f"{value[: LONGEST - 1]}…"
    if UNWRITABLE.search(value):
        value = UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    return value.translate(ESCAPED) if "&" in value or "<" in value or ">" in value else value


def _number(value: str) -> str | None:
    return value if NUMBER(value) else None


@lru_cache(REMEMBERED)
def _moment(value: str) -> str | None:
    """Days since Excel's beginning, the time as their fraction."""
    moment = moment_of(value)
    if moment is None:
        return None
    days = moment.date().toordinal() - DAY_ZERO
    if days < FIRST_DAY:
        return None
    minutes = moment.hour * 60 + moment.minute
    return f"{days + minutes / MINUTES:.15g}" if minutes else str(days)


_READ: Final[dict[Type, Callable[[str], str | None]]] = {
    Type.INTEGER: _number,
    Type.NUMBER: _number,
    Type.PERCENT: _number,
    Type.DATE: _moment,
    Type.MOMENT: _moment,
}
