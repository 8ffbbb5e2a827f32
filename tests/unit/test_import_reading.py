"""Tables from CSV and XLSX files, and what cannot be one."""

import io
import zipfile
from typing import Any

import pytest

from core.imports import reading
from core.imports.columns import COLUMNS, header_of, row_of
from core.imports.reading import UnreadableError, is_table, read_table
from core.imports.report import harmless
from tests.flow.sheets import HEADER, NINA, OTTO, csv_of, repacked, xlsx_of

SHEET = "xl/worksheets/sheet1.xml"
ZOE = ("Zoë Ångström", "zoe@pupils.example", "7A", "", "", "")


def rows(content: bytes) -> list[list[str]]:
    return [cells for _, cells in read_table(content)][1:]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_text_of_any_usual_encoding_and_separator(encoding: str, separator: str) -> None:
    content = csv_of(ZOE, separator=separator).encode(encoding)
    assert is_table(content)
    assert rows(content) == [list(ZOE)]


def test_a_big_endian_mark() -> None:
    assert rows(b"\xfe\xff" + csv_of(ZOE).encode("utf-16-be")) == [list(ZOE)]


def test_excel_names_its_separator() -> None:
    assert rows(b"sep=;\r\n" + csv_of(ZOE, separator=";").encode()) == [list(ZOE)]


def test_quotes_line_breaks_and_blank_rows() -> None:
    content = b'a,b\r\n\r\n"one, two","x\ny"\r\n ,\r\n3,4'
    assert list(read_table(content)) == [
        (1, ["a", "b"]),
        (3, ["one, two", "x\ny"]),
        (5, ["3", "4"]),
    ]


def test_a_spreadsheet() -> None:
    content = xlsx_of(NINA, ("Otto Old", "otto@pupils.example", 7, None, None, 7.0))
    assert is_table(content)
    assert rows(content) == [list(NINA), ["Otto Old", "otto@pupils.example", "7", "", "", "7"]]


def test_a_formula_is_read_as_text_and_refused() -> None:
    (cells,) = rows(xlsx_of(("=1+1", "otto@pupils.example", "7A", "", "", "")))
    row = row_of(list(HEADER), 2, cells)
    assert row.faults == [{"column": "student_name", "text": "looks like a formula", "values": {}}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        (b'a,b\r\n"no end', "cannot be read"),
        (b'a,b\r\n"x"y,1', "cannot be read"),
        (b"sep=|\na|b", "Separate the columns"),
        (b"a," * 60 + b"\n" + b"1," * 60, "columns"),
        (b"x" * 1_000_001, "too long"),
    ],
)
def test_what_cannot_be_read_is_said(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        list(read_table(content))


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n\xe2\xe3", b"\x89PNG\r\n\x1a\n", b"\x7fELF\2\1\1\0", b"a\0b\1c"]
)
def test_what_is_no_table_at_all(content: bytes) -> None:
    assert not is_table(content)


class TestBombs:
    def test_what_unpacks_to_too_much(self) -> None:
        bomb = repacked(xlsx_of(NINA), SHEET, b"<x>" + b" " * 70_000_000)
        assert len(bomb) < 200_000
        with pytest.raises(UnreadableError, match="too large"):
            list(read_table(bomb))

    def test_a_part_that_lies_about_its_size(self) -> None:
        honest = xlsx_of(*[NINA] * 2_000)
        size = next(
            part.file_size
            for part in zipfile.ZipFile(io.BytesIO(honest)).infolist()
            if part.filename == SHEET
        )
        lying = honest.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
        assert lying != honest
        with pytest.raises(UnreadableError, match="damaged"):
            list(read_table(lying))

    def test_entities_that_multiply(self) -> None:
        laughs = (
            b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
        )
        with pytest.raises(UnreadableError, match="damaged"):
            list(read_table(repacked(xlsx_of(NINA), SHEET, laughs)))

    @pytest.mark.timeout(20)
    def test_a_row_said_to_be_far_below(self) -> None:
        far = (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>student_name</t></is></c></row>'
            b'<row r="99999999999"><c t="inlineStr"><is><t>x</t></is></c></row>'
            b"</sheetData></worksheet>"
        )
        content = repacked(xlsx_of(NINA), SHEET, far)
        assert len(list(read_table(content))) == 1

    def test_too_many_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "MOST_ROWS", 2)
        assert len(rows(csv_of(NINA, OTTO).encode())) == 2
        with pytest.raises(UnreadableError, match="more than 2 rows"):
            rows(csv_of(NINA, OTTO, NINA).encode())


class TestHeader:
    def test_columns_by_the_names_that_people_write(self) -> None:
        assert header_of(["Student Name", " student-email ", "CLASS", ""]) == [
            "student_name",
            "student_email",
            "class",
        ]

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            (
                ["student_name", "student_email", "guardian_emial"],
                "Unknown columns: guardian_emial",
            ),
            (["student_name", "", "student_email"], r"Unknown columns: \(column 2\)"),
            (["student_name", "class"], "Missing columns: student_email"),
            (["student_name", "student_email", "class", "Class"], "twice"),
        ],
    )
    def test_what_no_header_can_be(self, cells: list[str], said: str) -> None:
        with pytest.raises(UnreadableError, match=said):
            header_of(cells)


WRONG: list[tuple[dict[str, str], str]] = [
    ({"student_name": ""}, "student_name"),
    ({"student_email": ""}, "student_email"),
    ({"student_email": "nobody"}, "student_email"),
    ({"student_email": "niná@pupils.example"}, "student_email"),
    ({"guardian_email": "nora@"}, "guardian_email"),
    ({"guardian_email": ""}, "guardian_email"),
    ({"guardian_name": ""}, "guardian_name"),
    ({"guardian_email": "NINA@pupils.example"}, "guardian_email"),
    ({"student_name": "=HYPERLINK(1)"}, "student_name"),
    ({"guardian_name": "@SUM(1)"}, "guardian_name"),
    ({"class": "+7A"}, "class"),
    ({"student_name": "a\nb"}, "student_name"),
    ({"student_name": "x" * 201}, "student_name"),
    ({"relationship": "x" * 61}, "relationship"),
]


@pytest.mark.parametrize(("changed", "column"), WRONG)
def test_what_is_wrong_with_a_row_by_itself(changed: dict[str, str], column: str) -> None:
    cells = dict(zip(HEADER, NINA, strict=True)) | changed
    row = row_of(list(HEADER), 2, list(cells.values()))
    assert [fault["column"] for fault in row.faults] == [column]


def test_more_cells_than_columns() -> None:
    assert row_of(list(HEADER), 2, [*NINA, "more"]).faults
    assert not row_of(list(HEADER), 2, [*NINA, ""]).faults
    assert set(row_of(list(HEADER)[:2], 2, list(NINA[:2])).cells) == set(COLUMNS)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "|x", "%x"])
def test_a_report_holds_no_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ada", "a=b", "o'neil"])
def test_other_words_stay(text: Any) -> None:
    assert harmless(text) == text
