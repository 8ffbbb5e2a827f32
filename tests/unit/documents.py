"""Documents to be written: small ones, long ones, and such as people with bad intentions fill."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from core.reports.content import Chart, Column, Document, Facts, Head, Part, Point, Row, Table, Type
from core.reports.content import Text as Paragraph
from core.reports.formats import FORMATS, Options
from core.reports.kind import Format

COLUMNS: Final = (
    Column("Pupil", Type.TEXT, 2),
    Column("Class"),
    Column("Handed in", Type.INTEGER),
    Column("Average", Type.NUMBER),
    Column("Share", Type.PERCENT),
    Column("Last", Type.DATE),
    Column("Seen", Type.MOMENT, 1.5),
    Column("Remark", Type.TEXT, 2),
)
ROW: Final = ("Ada Ashby", "7A", "1234", "-87.5", "0.875", "2026-11-21", "2026-11-21 16:30", "")
# What a spreadsheet, a browser, Typst, Vega or a terminal would take for more than text.
NASTY: Final = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",  # noqa: RUF001
    "  =1+1",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"'></td></table></style><!--",
    '#panic("no") #read("/etc/passwd") *bold* _it_ $x^2$ `raw` <label> @ref // no \\ [x]',
    '" + datum.value + "',
    "http://evil.example/",
    "_x000D_ & &amp; \x0b",
)


@dataclass(frozen=True)
class Rows:
    """So many rows, made anew each time."""

    count: int
    remark: str = "quite good"

    def __iter__(self) -> Iterator[Row]:
        for at in range(self.count):
            day = f"2026-11-{1 + at % 28:02}"
            figures = (str(at % 30), f"{at % 1000 / 10}", f"{at % 100 / 100}")
            yield (f"Pupil {at}", f"{at % 12}A", *figures, day, f"{day} 08:05", self.remark)


def a_head(**other: Any) -> Head:
    usual: dict[str, Any] = {
        "centre": "Oakwood School",
        "colour": "#0f6e77",
        "language": "en",
        "timezone": "Europe/Madrid",
        "title": "Class progress",
        "subtitle": "7A in autumn",
        "asked_by": "Tess Teacher",
        "generated_at": datetime(2026, 11, 21, 16, 30, tzinfo=UTC),
        "filters": (("Class", "7A"), ("From", "1 September 2026")),
    }
    return Head(**usual | other)


def a_table(count: int, **other: Any) -> Table:
    return table_of(Rows(count), count, **other)


def table_of(rows: Any, count: int, **other: Any) -> Table:
    usual: dict[str, Any] = {"title": "Pupils", "columns": COLUMNS, "empty": "Nobody is here."}
    return Table(rows=rows, count=count, **usual | other)


def a_chart(form: Any = "bar", series: tuple[str, ...] = ("",)) -> Chart:
    points = [Point(f"Week {at}", 1000.5 * at, each) for at in range(1, 6) for each in series]
    return Chart("Scores by week", form, "Week", "Points", tuple(points), "Scores rise each week.")


def a_document(*parts: Part, **head: Any) -> Document:
    return Document(a_head(**head), parts)


def a_full_document(count: int, **head: Any) -> Document:
    """One of each part, as most kinds of report have them."""
    return a_document(
        Facts("Key figures", (("Pupils", "28"), ("Handed in", "87.5%"))),
        a_chart(),
        a_table(count),
        Paragraph("Comment", "Well done.\n\nGo on like this."),
        **head,
    )


def a_nasty_document() -> Document:
    """Every text of it is bad, wherever texts stand."""
    bad = NASTY[8]
    rows = [(each, each, each, each, each, each, each, each) for each in NASTY]
    points = tuple(Point(each, at + 1, NASTY[at % 2]) for at, each in enumerate(NASTY))
    return a_document(
        Facts(bad, tuple((each, each) for each in NASTY)),
        Chart(bad, "line", bad, NASTY[11], points, bad),
        table_of(rows, len(rows), title=bad, columns=tuple(Column(each) for each in NASTY[:8])),
        Paragraph(bad, "\n".join(NASTY)),
        **dict.fromkeys(("centre", "title", "subtitle", "asked_by"), NASTY[10] + bad),
        filters=((bad, NASTY[10]),),
    )


def written(document: Document, form: str, folder: Path, **options: Any) -> Path:
    """The document's file."""
    path = folder / f"report{FORMATS[Format(form)].suffix}"
    FORMATS[Format(form)].write(document, path, Options(**options), lambda _rows: None)
    return path


class StoppedError(Exception):
    """Somebody wants no more of it."""


class Stop:
    """A progress that stops the writing once some rows are written."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.told: list[int] = []

    def __call__(self, rows: int) -> None:
        self.told.append(rows)
        if rows >= self.after:
            raise StoppedError
