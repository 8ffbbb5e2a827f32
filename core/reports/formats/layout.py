"""How the pages of a PDF are laid out: sizes, columns, and which lines of a table are on which.

A table of thousands of rows is laid out here line by line, since Typst's own tables take five
times as long and their page numbers are only known once all of it is held.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import floor
from typing import Any, Final

from core.reports.content import Document, Part, Row, Table
from core.reports.formats.press import BOLD, Widths
from core.reports.formats.values import RIGHT, words_for

MARGIN: Final = {"x": 42.5, "top": 54.0, "bottom": 50.0}  # points
PAPER: Final = (595.28, 841.89)  # A4
UPRIGHT: Final = 7  # columns of an upright page, at most
SIZE: Final = 8.5  # points, of what stands in tables
SMALL: Final = 7.0  # of tables with many columns
CROWDED: Final = 13  # columns
INSET: Final = 4.0  # points at both sides of a cell
PITCH: Final = 1.45  # of a line, in parts of the size
HEADING: Final = 3  # lines that a table's title takes
TITLE: Final = 12.5  # points, of a table's title
MOST_TITLE_LINES: Final = 6  # of a column's title
NO_BREAK: Final = "\u00a0"
BREAK: Final = "\u200b"  # where a word that is too long may be broken

Line = list[str]


@dataclass(frozen=True, slots=True)
class Paper:
    """The pages of a document, and how small its tables are set."""

    landscape: bool
    size: float

    @property
    def width(self) -> float:
        """Between the margins, in points."""
        return PAPER[self.landscape] - 2 * MARGIN["x"]

    @property
    def lines(self) -> int:
        """How many lines of a table are on a page."""
        high = PAPER[not self.landscape] - MARGIN["top"] - MARGIN["bottom"]
        return floor(high / self.pitch)

    @property
    def pitch(self) -> float:
        """From one line of a table to the next, in points."""
        return self.size * PITCH

    def columns_of(self, table: Table) -> list[float]:
        """How wide its columns are, in points."""
        whole = sum(column.width for column in table.columns)
        return [self.width * column.width / whole for column in table.columns]


def paper_of(document: Document) -> Paper:
    """The page that suits the widest of its tables."""
    tables = [part for part in document.parts if isinstance(part, Table)]
    most = max((len(table.columns) for table in tables), default=0)
    return Paper(landscape=most > UPRIGHT, size=SMALL if most >= CROWDED else SIZE)


class Wording:
    """A table's rows in words, with words that are too long made breakable."""

    def __init__(self, table: Table, paper: Paper, language: str, widths: Widths) -> None:
        self._words = [words_for(column.type, language) for column in table.columns]
        self._room = [(width - 2 * INSET) / paper.size for width in paper.columns_of(table)]
        self._widths = widths
        self.titles = [column.title for column in table.columns]
        self.heading = shortened(table.title, paper.width / TITLE / BOLD, widths)
        self.right = [column.type in RIGHT for column in table.columns]

    def row(self, row: Row) -> Line:
        """A row in words, on one line each as far as line breaks go."""
        found = []
        for words, value in zip(self._words, row, strict=True):
            said = words(value)
            found.append(said if said.isprintable() else " ".join(said.split()))
        return found

    def breakable(self, cells: Line) -> Line:
        """The cells with places to break in words that are wider than their column."""
        return [
            BREAK.join(broken(cell, room, self._widths)) if len(cell) > room else cell
            for cell, room in zip(cells, self._room, strict=True)
        ]

    def lines(self, cells: Line) -> list[Line]:
        """The cells as lines of a table, each within its column."""
        of = self._widths.__getitem__
        if all(sum(map(of, cell)) <= room for cell, room in zip(cells, self._room, strict=True)):
            return [cells]
        return self._wrapped(cells, self._room)

    def title_lines(self) -> list[Line]:
        """The header, which is bold."""
        room = [each / BOLD for each in self._room]
        return self._wrapped(self.titles, room)[:MOST_TITLE_LINES]

    def _wrapped(self, cells: Line, rooms: Sequence[float]) -> list[Line]:
        columns = [
            list(wrapped(cell, room, self._widths)) for cell, room in zip(cells, rooms, strict=True)
        ]
        high = max(map(len, columns))
        return [
            [column[at] if at < len(column) else "" for column in columns] for at in range(high)
        ]


def shortened(text: str, room: float, widths: Widths) -> str:
    """The text on one line, its end cut off if it must be."""
    first, *rest = broken(" ".join(text.split()).replace(" ", NO_BREAK), room, widths)
    return f"{first[:-1]}…" if rest else first


def wrapped(text: str, room: float, widths: Widths) -> Iterator[str]:
    """The text in lines that are no wider than the room, in parts of the font's size."""
    line, left = "", room
    for word in text.split(" "):
        pieces = broken(word, room, widths)
        for number, piece in enumerate(pieces):
            wide = widths.of(piece)
            space = widths[" "] if line and not number else 0
            if line and wide + space > left:
                yield line
                line, left, space = "", room, 0
            line += f" {piece}" if space else piece
            left -= wide + space
    yield line


def broken(text: str, room: float, widths: Widths) -> list[str]:
    """The text, its words in pieces none of which is wider than the room."""
    pieces, start, wide = [], 0, 0.0
    for at, character in enumerate(text):
        wide = 0 if character == " " else wide + widths[character]
        if wide > room and at > start:
            pieces.append(text[start:at])
            start, wide = at, widths[character]
    return [*pieces, text[start:]]


@dataclass(slots=True)
class Page:
    """A page of a long table on the way: how many lines it has room for, and those it has."""

    room: int
    title: str = ""
    lines: list[Line] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)  # after which lines
    rows: int = 0  # that end on it

    def as_data(self) -> dict[str, Any]:
        """For the template."""
        return {"title": self.title, "lines": self.lines, "rules": self.rules}


def laid_out(table: Table, paper: Paper, wording: Wording) -> Iterator[Page]:
    """The pages of a long table. A row stays on a page, unless it is longer than one."""
    room = paper.lines - len(wording.title_lines())
    page = Page(room - HEADING, wording.heading)
    for row in table.rows:
        lines = wording.lines(wording.row(row))
        if page.lines and len(lines) <= room and len(page.lines) + len(lines) > page.room:
            yield page
            page = Page(room)
        for line in lines:
            if len(page.lines) == page.room:
                yield page
                page = Page(room)
            page.lines.append(line)
        page.rules.append(len(page.lines))
        page.rows += 1
    yield page


def cells_of(parts: Iterable[Part]) -> int:
    """How many cells the tables among the parts have together."""
    return sum(part.count * len(part.columns) for part in parts if isinstance(part, Table))
