"""Reports as CSV and as spreadsheets: values as they were read, and nothing that would run."""

import csv
import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils.translation import override

from core.reports.content import Text as Paragraph
from core.reports.formats import FORMATS, Options, xlsx
from core.reports.formats.csv import harmless
from core.reports.kind import Format
from tests.unit.documents import (
    COLUMNS,
    NASTY,
    ROW,
    Rows,
    Stop,
    StoppedError,
    a_chart,
    a_document,
    a_full_document,
    a_nasty_document,
    a_table,
    table_of,
    written,
)

TITLES = [column.title for column in COLUMNS]


def csv_rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


def book_of(path: Path) -> Any:
    return openpyxl.load_workbook(path)


# CSV


def test_csv_is_the_first_table_with_its_values_as_they_were_read(tmp_path: Path) -> None:
    document = a_document(a_chart(), table_of([ROW], 1), a_table(3))
    path = written(document, "csv", tmp_path)
    assert csv_rows(path) == [TITLES, list(ROW)]
    assert path.read_bytes().endswith(b"\r\n")
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_csv_begins_with_a_byte_order_mark_if_asked_to(tmp_path: Path) -> None:
    path = written(a_document(a_table(1)), "csv", tmp_path, bom=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfPupil,")


def test_csv_with_quotes_lines_and_all_scripts(tmp_path: Path) -> None:
    row = ('a "quoted", cell', "two\r\nlines", "1", "2", "0.5", "", "", "Zoë Привет مرحبا 你好 😀")
    path = written(a_document(table_of([row], 1)), "csv", tmp_path)
    assert csv_rows(path)[1] == list(row)


@pytest.mark.parametrize("form", ["csv", "xlsx", "html", "pdf"])
@pytest.mark.parametrize("parts", [(), (Paragraph("Only", "words"),)])
def test_a_document_without_tables(form: str, parts: Any, tmp_path: Path) -> None:
    path = written(a_document(*parts), form, tmp_path)
    assert path.exists()
    assert form != "csv" or path.read_bytes() == b""


def test_csv_without_rows_has_its_header(tmp_path: Path) -> None:
    assert csv_rows(written(a_document(a_table(0)), "csv", tmp_path)) == [TITLES]


@pytest.mark.parametrize("cell", [*NASTY[:8], "-", "－5", "\u200b=1", "\n=1"])  # noqa: RUF001
def test_a_formula_is_made_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ada", "a=b", "1-2", "O'Neil", "é", "a@b.example"])
def test_other_text_stays(cell: str) -> None:
    assert harmless(cell) == cell


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    header, *rows = csv_rows(written(a_nasty_document(), "csv", tmp_path))
    assert [row[0].removeprefix("'") for row in rows] == list(NASTY)
    assert all(cell == harmless(cell) for row in [header, *rows] for cell in row)


def test_negative_numbers_stay_numbers_only_where_numbers_are(tmp_path: Path) -> None:
    row = ("-5", "-5", "-5", "-87.5", "-0.1", "-2+3", "-3e-05", "=1")
    assert csv_rows(written(a_document(table_of([row], 1)), "csv", tmp_path))[1] == [
        "'-5", "'-5", "-5", "-87.5", "-0.1", "'-2+3", "-3e-05", "'=1",
    ]  # fmt: skip


# XLSX


def test_a_spreadsheet_has_typed_cells(tmp_path: Path) -> None:
    sheet = book_of(written(a_document(table_of([ROW], 1)), "xlsx", tmp_path))["Pupils"]
    assert [cell.value for cell in sheet[1]] == TITLES
    moment = datetime.fromisoformat("2026-11-21 16:30")
    day = datetime.fromisoformat("2026-11-21")
    values = ["Ada Ashby", "7A", 1234, -87.5, 0.875, day, moment, None]
    assert [cell.value for cell in sheet[2]] == values
    assert [cell.number_format for cell in sheet[2]][2:7] == [
        "#,##0",
        "#,##0.0###",
        "0.0%",
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm",
    ]


def test_a_spreadsheet_can_be_worked_with(tmp_path: Path) -> None:
    sheet = book_of(written(a_document(a_table(250)), "xlsx", tmp_path))["Pupils"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:H251"
    assert sheet.max_row == 251
    assert sheet.column_dimensions["H"].width > sheet.column_dimensions["B"].width >= 8


def test_values_that_are_none_of_their_type_stay_text(tmp_path: Path) -> None:
    row = ("1", "007", "NaN", "12345678901234567890", "much", "0001-01-01", "soon", "x")
    sheet = book_of(written(a_document(table_of([row], 1)), "xlsx", tmp_path))["Pupils"]
    assert [cell.value for cell in sheet[2]] == list(row)


def test_a_chart_is_a_chart_of_excel_beside_its_points(tmp_path: Path) -> None:
    chart = a_chart("line", ("Maths", "Art"))
    sheet = book_of(written(a_document(chart), "xlsx", tmp_path))["Scores by week"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_row=2)] == [
        ["Week", "Maths", "Art"],
        ["Week 1", 1000.5, 1000.5],
    ]
    (drawn,) = sheet._charts
    assert [series.val.numRef.f for series in drawn.series] == [
        "'Scores by week'!$B$2:$B$6",
        "'Scores by week'!$C$2:$C$6",
    ]


def test_the_last_sheet_is_about_the_report(tmp_path: Path) -> None:
    with override("es"):
        path = written(a_full_document(1, language="es"), "xlsx", tmp_path)
    book = book_of(path)
    said = {row[0].value: row[1].value for row in book[book.sheetnames[-1]].iter_rows(max_col=2)}
    assert said["Centro"] == "Oakwood School"
    assert said["From"] == "1 September 2026"
    assert said["Solicitado por"] == "Tess Teacher"
    assert said["Generado el"] == "21 noviembre 2026, 17:30 (Europe/Madrid)"
    assert said["Handed in"] == "87.5%"
    assert said["Comment"] == "Well done.\n\nGo on like this."


def test_no_text_of_a_spreadsheet_is_a_formula_or_a_link(tmp_path: Path) -> None:
    path = written(a_nasty_document(), "xlsx", tmp_path)
    book = book_of(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    table = book.worksheets[1]
    assert [row[0].value for row in table.iter_rows(min_row=2)][:5] == list(NASTY[:5])
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/" in name]
    assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)


def test_what_excel_would_decode_is_kept(tmp_path: Path) -> None:
    row = ("_x000D_", " a ", "", "", "", "", "", "\x0b<&>")
    path = written(a_document(table_of([row], 1)), "xlsx", tmp_path)
    with zipfile.ZipFile(path) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert ">_x005F_x000D_</t>" in xml
    assert '<t xml:space="preserve"> a </t>' in xml
    assert ">_x000B_&lt;&amp;&gt;</t>" in xml


def test_sheets_of_like_or_forbidden_names(tmp_path: Path) -> None:
    titles = ["History", "a/b:c*?[d]", "A" * 40, "a" * 40, "", "About"]
    tables = [a_table(1, title=title) for title in titles]
    names = book_of(written(a_document(*tables), "xlsx", tmp_path)).sheetnames
    assert names == [
        "Sheet", "a b c   d", "A" * 31, "a" * 27 + " (2)", "Sheet (2)", "About", "About (2)",
    ]  # fmt: skip


def test_a_table_without_rows_says_so(tmp_path: Path) -> None:
    sheet = book_of(written(a_document(a_table(0)), "xlsx", tmp_path))["Pupils"]
    assert sheet["A2"].value == "Nobody is here."
    assert sheet["A1"].value == "Pupil"


def test_very_long_texts(tmp_path: Path) -> None:
    table = table_of(Rows(2, "x" * 40_000), 2)
    sheet = book_of(written(a_document(table), "xlsx", tmp_path))["Pupils"]
    assert sheet["H2"].value == "x" * 32_766 + "…"


def test_more_rows_than_a_sheet_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 100)
    book = book_of(written(a_document(a_table(250)), "xlsx", tmp_path))
    assert book.sheetnames == ["Pupils", "Pupils (2)", "Pupils (3)", "About"]
    assert [sheet.max_row for sheet in book.worksheets[:3]] == [101, 101, 51]
    assert book["Pupils (3)"]["A2"].value == "Pupil 200"


def test_equal_reports_are_equal_bytes(tmp_path: Path) -> None:
    first = written(a_full_document(50), "xlsx", tmp_path).read_bytes()
    assert written(a_full_document(50), "xlsx", tmp_path).read_bytes() == first


def test_a_chart_without_points(tmp_path: Path) -> None:
    empty = a_chart(series=())
    sheet = book_of(written(a_document(empty), "xlsx", tmp_path))["Scores by week"]
    assert sheet._charts == []


@pytest.mark.parametrize("form", ["csv", "xlsx", "html"])
def test_progress_is_told_often_and_stops_the_writing(form: str, tmp_path: Path) -> None:
    stop = Stop(after=1)
    with pytest.raises(StoppedError):
        FORMATS[Format(form)].write(
            a_document(a_table(10**9)), tmp_path / "stopped", Options(), stop
        )
    assert 0 < stop.told[-1] < 200_000


@pytest.mark.parametrize("form", ["csv", "xlsx", "html", "pdf"])
def test_at_the_end_all_rows_are_told(form: str, tmp_path: Path) -> None:
    told: list[int] = []
    FORMATS[Format(form)].write(
        a_document(a_table(150), a_table(30)), tmp_path / "x", Options(), told.append
    )
    assert told[-1] == (150 if form == "csv" else 180)
    assert told == sorted(told)
