"""What is measured, and how."""

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.reports.formats import FORMATS, Options
from core.reports.kind import Format
from tests.bench.reports.material import COLUMNS, Progress, cards, progress_report

Work = Callable[[int, Path], None]


def ours(form: Format) -> Work:
    """The whole report in a format."""
    return lambda rows, folder: FORMATS[form].write(
        progress_report(rows), folder / "report", Options(), lambda _rows: None
    )


def write_cards(count: int, folder: Path) -> None:
    from core.reports.formats.cards import write_cards as written  # noqa: PLC0415
    from core.reports.formats.pages import join_pdfs  # noqa: PLC0415

    written(cards(count, folder), Format.PDF, lambda _cards: None)
    join_pdfs(sorted(folder.glob("*.pdf")), folder / "all")


def weasyprint(rows: int, folder: Path) -> None:
    """Our own page of the same report, printed."""
    from weasyprint import HTML  # noqa: PLC0415

    FORMATS[Format.HTML].write(
        progress_report(rows), folder / "report.html", Options(), lambda _rows: None
    )
    HTML(filename=str(folder / "report.html")).write_pdf(str(folder / "report.pdf"))


def openpyxl(rows: int, folder: Path) -> None:
    """The table alone in its write-only mode, with numbers as numbers."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Pupils")
    sheet.append([column.title for column in COLUMNS])
    for row in Progress(rows):
        sheet.append([*row[:3], *map(float, row[3:7]), *row[7:]])
    book.save(folder / "report.xlsx")


# TABLE: what is measured, by the name that the report has for it.
WORKS: Final[dict[str, Work]] = {
    "CSV": ours(Format.CSV),
    "XLSX": ours(Format.XLSX),
    "XLSX by openpyxl": openpyxl,
    "HTML": ours(Format.HTML),
    "PDF": ours(Format.PDF),
    "PDF by WeasyPrint": weasyprint,
    "Cards, joined": write_cards,
}


def measured(name: str, count: int) -> dict[str, float]:
    """Seconds, seconds of CPU, and MB at the most."""
    with tempfile.TemporaryDirectory() as folder:
        began, worked = time.perf_counter(), time.process_time()
        WORKS[name](count, Path(folder))
        seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "cpu": cpu, "peak_mb": peak}
