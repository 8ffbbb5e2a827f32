"""A report as a spreadsheet: a sheet for each table and chart, and one about the report."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from core.reports.content import Chart, Column, Document, Facts, Head, Row, Table, Text, Type
from core.reports.formats import Options, Progress
from core.reports.formats.pace import Pace
from core.reports.formats.palette import colours_of
from core.reports.formats.sheets import rows_as_xml
from core.reports.formats.values import RIGHT, generated_at

MOST_ROWS: Final = 1_048_575  # of a sheet under its header; more go on in the next
LOOKED_AT: Final = 200  # rows by which a column's width is chosen
NARROWEST: Final = 8  # characters
WIDEST: Final = 60
LONGEST_NAME: Final = 31  # characters of a sheet's name
END: Final = b"</sheetData>"  # before it, rows are put in
A4: Final = 9  # as Excel counts papers
NUMBER_FORMATS: Final = {
    Type.TEXT: "@",
    Type.INTEGER: "#,##0",
    Type.NUMBER: "#,##0.0###",
    Type.PERCENT: "0.0%",
    Type.DATE: "yyyy-mm-dd",
    Type.MOMENT: "yyyy-mm-dd hh:mm",
}


@dataclass(slots=True)
class Book:
    """A workbook on the way: its frame by XlsxWriter, without the rows of its tables."""

    file: Workbook
    head: Head
    pace: Pace
    names: set[str] = field(default_factory=set)  # of its sheets, in small letters
    rows: dict[str, Iterator[str]] = field(default_factory=dict)  # by the sheet's file

    def add_sheet(self, title: str) -> Worksheet:
        """A new sheet, under a name that Excel allows and that is not taken."""
        base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title)[:LONGEST_NAME].strip(" '")
        base = base if base and base.lower() != "history" else _("Sheet")
        name, number = base, 1
        while name.lower() in self.names:
            number += 1
            end = f" ({number})"
            name = base[: LONGEST_NAME - len(end)] + end
        self.names.add(name.lower())
        return self.file.add_worksheet(name)

    def format(self, **properties: Any) -> CellFormat:
        """A format of cells."""
        return self.file.add_format(properties)

    def heading(self) -> CellFormat:
        """The format of a header row."""
        return self.format(
            bold=True, text_wrap=True, valign="top", bottom=2, bottom_color=self.head.colour
        )


def write(document: Document, path: Path, options: Options, progress: Progress) -> None:
    """Write tables, charts as Excel's own, and all else on the last sheet."""
    del options
    frame = BytesIO()
    file = Workbook(frame, {"in_memory": True})
    book = Book(file, document.head, Pace(progress))
    file.set_properties(_properties(document.head))
    for part in document.parts:
        if isinstance(part, Table):
            _add_table(book, part)
        elif isinstance(part, Chart):
            _add_chart(book, part)
    _add_about(book, document)
    file.close()
    _write_with_rows(book, frame, path)
    book.pace.tell()


def _properties(head: Head) -> dict[str, Any]:
    """The moment is the report's own: equal reports are equal bytes."""
    made = head.generated_at.replace(tzinfo=None, microsecond=0)
    about = {"title": head.title, "subject": head.subtitle, "company": head.centre}
    return {**about, "author": head.asked_by, "created": made}


def _write_with_rows(book: Book, frame: BytesIO, path: Path) -> None:
    """The frame with the rows, which are packed as they come and never held."""
    with ZipFile(frame) as before, ZipFile(path, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            packed = ZipInfo(entry.filename, entry.date_time)
            packed.compress_type = ZIP_DEFLATED
            with after.open(packed, "w", force_zip64=True) as file:
                start, end, rest = content.partition(END)
                file.write(start)
                for xml in book.rows.get(entry.filename, ()) if end else ():
                    file.write(xml.encode())
                file.write(end + rest)


def _add_table(book: Book, table: Table) -> None:
    formats = {kind: book.format(num_format=code) for kind, code in NUMBER_FORMATS.items()}
    # The number of a format in the file; XlsxWriter tells it in no other way.
    styles = {kind: each._get_xf_index() for kind, each in formats.items()}  # noqa: SLF001
    looked_at = list(islice(table.rows, LOOKED_AT))
    rows = iter(table.rows)
    for first in range(0, max(table.count, 1), MOST_ROWS):
        sheet = book.add_sheet(table.title)
        _lay_out(book, sheet, table, looked_at)
        here = min(table.count - first, MOST_ROWS)
        sheet.autofilter(0, 0, max(here, 1), len(table.columns) - 1)
        if here:
            blocks = book.pace.blocks(islice(rows, here))
            book.rows[f"xl/worksheets/sheet{len(book.names)}.xml"] = rows_as_xml(
                table, blocks, styles, first=2
            )
        else:
            sheet.write_string(1, 0, table.empty, book.format(italic=True))


def _lay_out(book: Book, sheet: Worksheet, table: Table, looked_at: list[Row]) -> None:
    """Header, widths, and how it is printed."""
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    heading = book.heading()
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, _width(column, [row[at] for row in looked_at]))
        sheet.write_string(0, at, column.title, heading)


def _width(column: Column, values: list[str]) -> float:
    longest = max(map(len, values), default=0)
    if column.type in RIGHT:
        longest += longest // 3  # separators
    return min(max(longest + 1, len(column.title) + 4, NARROWEST), WIDEST)


def _add_chart(book: Book, chart: Chart) -> None:
    """The points, a column for each series, and Excel's own picture of them beside it."""
    sheet = book.add_sheet(chart.title)
    series = list(dict.fromkeys(point.series for point in chart.points))
    labels = list(dict.fromkeys(point.label for point in chart.points))
    heading = book.heading()
    for at, title in enumerate([chart.label, *(each or chart.unit for each in series)]):
        sheet.write_string(0, at, title, heading)
        sheet.set_column(at, at, min(max(len(title) + 2, 14), WIDEST))
    for number, label in enumerate(labels, 1):
        sheet.write_string(number, 0, label)
    for point in chart.points:
        sheet.write_number(
            labels.index(point.label) + 1, series.index(point.series) + 1, point.value
        )
    sheet.freeze_panes(1, 0)
    if chart.points:
        picture = _picture(book, chart, sheet.get_name(), (len(labels), len(series)))
        options = {"description": chart.says, "object_position": 2}
        sheet.insert_chart(1, len(series) + 2, picture, options)


def _picture(book: Book, chart: Chart, sheet: str, size: tuple[int, int]) -> Any:
    labels, series = size
    form = {"type": "column"} if chart.form == "bar" else {"type": "line"}
    picture = book.file.add_chart(form)
    for at, colour in zip(range(1, series + 1), colours_of(book.head.colour, series), strict=True):
        line = {"color": colour, "width": 2.25}
        drawn = {"fill": {"color": colour}} if chart.form == "bar" else {"line": line}
        marker = {"type": "automatic", "size": 6, "fill": {"color": colour}}
        picture.add_series(
            {
                "name": [sheet, 0, at],
                "categories": [sheet, 1, 0, labels, 0],
                "values": [sheet, 1, at, labels, at],
                "marker": marker,
                **drawn,
            }
        )
    picture.set_title({"name": chart.title, "name_font": {"size": 14}})
    picture.set_x_axis({"name": chart.label})
    picture.set_y_axis({"name": chart.unit, "major_gridlines": {"visible": True}})
    picture.set_legend({"none": series < 2, "position": "bottom"})  # noqa: PLR2004 - a pair
    picture.set_size({"width": 800, "height": 420})
    return picture


def _add_about(book: Book, document: Document) -> None:
    """What the report is, and its parts that are neither tables nor charts."""
    head = document.head
    sheet = book.add_sheet(_("About"))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 80)
    bold = book.format(bold=True, valign="top")
    wrapped = book.format(text_wrap=True, valign="top")
    title = book.format(bold=True, font_size=16, font_color=head.colour)
    sheet.write_string(0, 0, head.title, title)
    for number, (what, words) in enumerate(_said(document), 1):
        sheet.write_string(number, 0, what, bold)
        sheet.write_string(number, 1, words[:32_767], wrapped)


def _said(document: Document) -> Iterator[tuple[str, str]]:
    head = document.head
    yield from ((_("Centre"), head.centre), (_("About"), head.subtitle), *head.filters)
    yield (_("Asked for by"), head.asked_by)
    yield (_("Generated at"), f"{generated_at(head)} ({head.timezone})")
    for part in document.parts:
        if isinstance(part, Facts):
            yield from (("", ""), (part.title, ""), *part.pairs)
        elif isinstance(part, Text):
            yield from (("", ""), (part.title, part.body))
