"""A long PDF: set a few pages at a time, numbered through, and joined.

First all is laid out, into files; then it is known how many pages there are, and each section is
set with its right numbers. Only a section at a time is in memory.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

from core.reports.content import Document, Part, Table
from core.reports.formats.frame import Data, frame_of, part_of
from core.reports.formats.layout import HEADING, Page, Wording, cells_of, laid_out, paper_of
from core.reports.formats.pace import Pace, waited
from core.reports.formats.pages import join_pdfs, pages_of
from core.reports.formats.press import typeset, widths

SHORT: Final = 3_000  # cells of a table that Typst lays out among other parts
TOGETHER: Final = 10_000  # cells of such tables in one section
AT_ONCE: Final = 12  # pages of a section of a long table


@dataclass(frozen=True, slots=True)
class Section:
    """Some pages: what is on them is in a file, and so are they once they are set."""

    data: Path
    pages: int
    rows: int

    @property
    def pdf(self) -> Path:
        """The pages."""
        return self.data.with_suffix(".pdf")


class Long:
    """A long document on its way to be a PDF, with a folder for what is between."""

    def __init__(
        self, document: Document, folder: Path, setters: ThreadPoolExecutor, pace: Pace
    ) -> None:
        self._document = document
        self._folder = folder
        self._setters = setters
        self._pace = pace
        self._paper = paper_of(document)
        self._frame = frame_of(document, self._paper)
        self._sections: list[Section] = []

    def write(self, path: Path) -> None:
        """Lay out, set, join."""
        for parts in _divided(self._document.parts):
            if isinstance(parts, Table):
                self._lay_out_table(parts)
            else:
                self._lay_out_parts(parts)
        pages = [section.pages for section in self._sections]
        firsts = accumulate(pages, initial=1)
        setting = [
            self._setters.submit(self._set, section, first, sum(pages))
            for section, first in zip(self._sections, firsts, strict=False)
        ]
        for section, future in zip(self._sections, setting, strict=True):
            waited(future, self._pace)
            self._pace.add(section.rows)
        join_pdfs([section.pdf for section in self._sections], path, lambda: self._pace.add(0))

    def _lay_out_parts(self, parts: list[Part]) -> None:
        """Typst lays these out; only it knows on how many pages, so they are set twice."""
        head = self._document.head
        data = [part_of(part, head, self._paper) for part in parts]
        rows = sum(part.count for part in parts if isinstance(part, Table))
        section = self._kept(data, pages=0, rows=rows)
        waited(self._setters.submit(self._set, section, 1, 1), self._pace)
        self._sections[-1] = Section(section.data, pages_of(section.pdf), rows)

    def _lay_out_table(self, table: Table) -> None:
        wording = Wording(table, self._paper, self._document.head.language, widths())
        frame: Data = {
            "kind": "lines",
            "heading": HEADING,
            "titles": wording.title_lines(),
            "widths": self._paper.columns_of(table),
            "right": wording.right,
        }
        pages: list[Page] = []
        for page in laid_out(table, self._paper, wording):
            pages.append(page)
            self._pace.add(0)
            if len(pages) == AT_ONCE:
                self._keep_pages(frame, pages)
                pages = []
        if pages:
            self._keep_pages(frame, pages)

    def _keep_pages(self, frame: Data, pages: list[Page]) -> None:
        data = frame | {"pages": [page.as_data() for page in pages]}
        self._kept([data], pages=len(pages), rows=sum(page.rows for page in pages))

    def _kept(self, parts: list[Data], *, pages: int, rows: int) -> Section:
        number = len(self._sections)
        section = Section(self._folder / f"{number:06}.json", pages, rows)
        data = self._frame | {"opening": number == 0, "parts": parts}
        section.data.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        self._sections.append(section)
        return section

    def _set(self, section: Section, first: int, pages: int) -> None:
        data = json.loads(section.data.read_text(encoding="utf-8"))
        data |= {"first": first, "pages": pages}
        pdf = typeset(data, self._document.head.generated_at, tags=False)
        section.pdf.write_bytes(pdf)


def _divided(parts: tuple[Part, ...]) -> Iterator[Table | list[Part]]:
    """Long tables, each alone, and what stands between them; the first are never a table."""
    between: list[Part] = []
    began = False
    for part in parts:
        is_long = isinstance(part, Table) and cells_of([part]) > SHORT
        if is_long or cells_of([*between, part]) > TOGETHER:
            if between or not began:
                yield between
            between, began = [], True
        if is_long and isinstance(part, Table):
            yield part
        else:
            between.append(part)
    if between:
        yield between
