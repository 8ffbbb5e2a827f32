"""What a report can be written as: TABLE of the formats, each in a file of its own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from core.reports.content import Document
from core.reports.kind import Format

Progress = Callable[[int], None]  # told how many rows of tables are written; may raise to stop


@dataclass(frozen=True, slots=True)
class Options:
    """What may be chosen about a format."""

    bom: bool = False  # CSV: begin with a byte order mark, by which Excel knows UTF-8


@dataclass(frozen=True, slots=True)
class Written:
    """A format: how its files are called and served, and the module whose `write` makes them."""

    suffix: str
    media_type: str
    module: str

    def write(self, document: Document, path: Path, options: Options, progress: Progress) -> None:
        """Make the file, telling `progress` at least every quarter of a second of work.

        When `progress` raises, what was begun of the file stays, for the caller to remove.
        """
        # Only who writes pays for the libraries: PDF's alone are a hundred megabytes.
        module = import_module(f"core.reports.formats.{self.module}")
        module.write(document, path, options, progress)


FORMATS: Final[Mapping[Format, Written]] = {
    Format.PDF: Written(".pdf", "application/pdf", "pdf"),
    Format.XLSX: Written(
        ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
    ),
    Format.CSV: Written(".csv", "text/csv; charset=utf-8", "csv"),
    Format.HTML: Written(".html", "text/html; charset=utf-8", "html"),
}


def write_cards(cards: Iterable[tuple[Path, Document]], form: Format, progress: Progress) -> None:
    """Write many small documents, each to its file; `progress` is told how many are written."""
    import_module("core.reports.formats.cards").write_cards(cards, form, progress)


def join_pdfs(paths: Iterable[Path], out: Path, between: Callable[[], None]) -> None:
    """One PDF of several, in order; `between` is called after each, and may raise to stop."""
    import_module("core.reports.formats.pages").join_pdfs(paths, out, between)
