"""What the template of a PDF is told: the frame of a document, and each of its parts."""

import re
from typing import Any, Final

from django.utils.translation import gettext as _

from core.reports.content import Chart, Document, Facts, Head, Part, Table, Text
from core.reports.formats.charts import svg_of
from core.reports.formats.layout import BREAK, INSET, MARGIN, Paper, Wording
from core.reports.formats.press import FONT, widths
from core.reports.formats.values import generated_at

UNBROKEN: Final = re.compile(r"\S{24}")  # longer words may be broken, or they would leave the page
WIDEST: Final = 520.0  # points, of a chart
ACROSS: Final = {False: 3, True: 5}  # facts beside each other, upright and across

Data = dict[str, Any]


def frame_of(document: Document, paper: Paper) -> Data:
    """All but the parts, of a document that is one section."""
    return {
        "head": _head(document.head),
        "opening": True,
        "first": 1,
        "pages": None,
        "landscape": paper.landscape,
        "margin": MARGIN,
        "size": paper.size,
        "pitch": paper.pitch,
        "inset": INSET,
        "across": ACROSS[paper.landscape],
        "picture": min(paper.width, WIDEST),
    }


def part_of(part: Part, head: Head, paper: Paper) -> Data:
    """A part that the template lays out itself."""
    if isinstance(part, Table):
        return _table(part, head, paper)
    if isinstance(part, Chart):
        svg = svg_of(part, head, FONT) if part.points else ""
        return {"kind": "chart", "title": soft(part.title), "svg": svg, "says": part.says}
    if isinstance(part, Facts):
        return {"kind": "facts", "title": soft(part.title), "pairs": _softened(part.pairs)}
    return _text(part)


def soft(text: str) -> str:
    """The text, with places to break in words that are too long for any line."""
    return UNBROKEN.sub(rf"\g<0>{BREAK}", text)


def _text(part: Text) -> Data:
    lines = [soft(line) for line in part.body.splitlines() if line.strip()]
    return {"kind": "text", "title": soft(part.title), "lines": lines}


def _table(part: Table, head: Head, paper: Paper) -> Data:
    wording = Wording(part, paper, head.language, widths())
    return {
        "kind": "table",
        "title": soft(part.title),
        "titles": wording.breakable(wording.titles),
        "widths": paper.columns_of(part),
        "right": wording.right,
        "rows": [wording.breakable(wording.row(row)) for row in part.rows],
        "empty": part.empty,
    }


def _head(head: Head) -> Data:
    made = f"{_('Generated at')} {generated_at(head)} ({head.timezone})"
    return {
        "centre": soft(head.centre),
        "colour": head.colour,
        "language": head.language.partition("-")[0],
        "title": soft(head.title),
        "subtitle": soft(head.subtitle),
        "filters": _softened(head.filters),
        "made": f"{made} · {_('Asked for by')} {head.asked_by}",
        "folio": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }


def _softened(pairs: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(soft(what), soft(words)) for what, words in pairs]
