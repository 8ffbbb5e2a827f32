"""A report as one page that needs nothing else: no scripts, its style known by its hash."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from core.reports.content import Chart, Document, Facts, Head, Part, Row, Table, Text
from core.reports.formats import Options, Progress
from core.reports.formats.charts import svg_of
from core.reports.formats.pace import Pace
from core.reports.formats.style import STYLE, STYLE_CSP
from core.reports.formats.values import RIGHT, generated_at, words_for

FONT: Final = "sans-serif"
# Also where no server says so, such as on the disk of who took the page along.
POLICY: Final = f"default-src 'none'; style-src {STYLE_CSP}; img-src data:"


def write(document: Document, path: Path, options: Options, progress: Progress) -> None:
    """Write the page, the rows of tables as they come."""
    del options
    pace = Pace(progress)
    with path.open("w", encoding="utf-8") as file:
        for piece in pieces_of(document, pace):
            file.write(piece)
    pace.tell()


def pieces_of(document: Document, pace: Pace) -> Iterator[str]:
    """The page from its beginning to its end."""
    yield from _opening(document.head)
    for number, part in enumerate(document.parts, 1):
        yield f'<section aria-labelledby="h{number}">\n'
        yield f'<h2 id="h{number}">{escape(part.title)}</h2>\n'
        if isinstance(part, Table):
            yield from _table(part, number, document.head, pace)
        else:
            yield _other(part, document.head)
            pace.add(0)
        yield "</section>\n"
    yield from _end(document.head)


def _opening(head: Head) -> Iterator[str]:
    yield f'<!doctype html>\n<html lang="{escape(head.language)}">\n'
    yield '<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY, quote=True)}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{escape(head.title)} - {escape(head.centre)}</title>\n"
    yield f"<style>{STYLE}</style>\n</head>\n<body>\n<header>\n"
    # The centre's colour as a picture: in the style it would change its hash.
    yield '<svg class="band" aria-hidden="true" focusable="false">'
    yield f'<rect width="100%" height="100%" fill="{escape(head.colour)}"/></svg>\n'
    yield f'<p class="centre">{escape(head.centre)}</p>\n<h1>{escape(head.title)}</h1>\n'
    if head.subtitle:
        yield f'<p class="subtitle">{escape(head.subtitle)}</p>\n'
    if head.filters:
        yield f'<dl class="filters">{_pairs(head.filters)}</dl>\n'
    yield "</header>\n<main>\n"


def _end(head: Head) -> Iterator[str]:
    made = f"{_('Generated at')} {generated_at(head)} ({head.timezone})"
    asked = f"{_('Asked for by')} {head.asked_by}"
    yield f"</main>\n<footer><p>{escape(made)}</p><p>{escape(asked)}</p></footer>\n"
    yield "</body>\n</html>\n"


def _other(part: Part, head: Head) -> str:
    if isinstance(part, Chart):
        return _chart(part, head)
    if isinstance(part, Facts):
        return f'<dl class="facts">{_pairs(part.pairs)}</dl>\n'
    if isinstance(part, Text):
        return f'<div class="text">{_paragraphs(part.body)}</div>\n'
    raise TypeError(f"No page has a place for {type(part).__name__}.")


def _pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    return "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(words)}</dd></div>" for what, words in pairs
    )


def _paragraphs(body: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in body.splitlines() if line.strip())


def _chart(chart: Chart, head: Head) -> str:
    """As an image, in which nothing can run; what it says stands below for everyone."""
    says = f"<figcaption>{escape(chart.says)}</figcaption>" if chart.says else ""
    if not chart.points:
        return f"<figure>{says}</figure>\n"
    svg = b64encode(svg_of(chart, head, FONT).encode()).decode()
    alt = escape(chart.says or chart.title)
    return f'<figure><img alt="{alt}" src="data:image/svg+xml;base64,{svg}">{says}</figure>\n'


def _table(table: Table, number: int, head: Head, pace: Pace) -> Iterator[str]:
    if not table.count:
        yield f'<p class="empty">{escape(table.empty)}</p>\n'
        return
    # A wide table scrolls by itself, also by the keyboard.
    yield f'<div class="scroll" tabindex="0" role="region" aria-labelledby="h{number}">\n'
    yield f'<table><caption class="hidden">{escape(table.title)}</caption>\n<thead><tr>'
    for column in table.columns:
        marked = ' class="n"' if column.type in RIGHT else ""
        yield f'<th scope="col"{marked}>{escape(column.title)}</th>'
    yield "</tr></thead>\n<tbody>\n"
    drawn = _row_drawer(table, head.language)
    for block in pace.blocks(table.rows):
        yield "".join(map(drawn, block))
    yield "</tbody></table></div>\n"


def _row_drawer(table: Table, language: str) -> Callable[[Row], str]:
    """How a row becomes a line of the page; its first cell is what the others are about."""
    cells = []
    for at, column in enumerate(table.columns):
        name, scope = ("th", ' scope="row"') if at == 0 else ("td", "")
        marked = ' class="n"' if column.type in RIGHT else ""
        words = words_for(column.type, language)
        cells.append((f"<{name}{scope}{marked}>", words, f"</{name}>"))

    def drawn(row: Row) -> str:
        line = [
            f"{start}{escape(words(value))}{end}"
            for (start, words, end), value in zip(cells, row, strict=True)
        ]
        return f"<tr>{''.join(line)}</tr>\n"

    return drawn
