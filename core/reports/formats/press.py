"""Typst, which sets PDFs: its fonts loaded once in a process, data handed over as JSON."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from core.reports.formats.engines import note_use

FONT: Final = "Libertinus Serif"  # in Typst's wheel, as is what charts in a PDF are labelled with
TEMPLATE: Final = Path(__file__).with_name("report.typ")
# How wide its characters are: all of Latin, Greek and Cyrillic, as far as the font has them.
MEASURED: Final = (
    b'#set text(font: "Libertinus Serif", size: 1000pt, hyphenate: false)\n'
    b"#context [#metadata((range(32, 127) + range(161, 384) + range(913, 1104)).map(number => "
    b"(str.from-unicode(number), measure(str.from-unicode(number)).width.pt()))) <widths>]"
)
UNKNOWN: Final = 1.4  # of the font's size: no other font that fills in has wider letters
BOLD: Final = 1.12  # how much wider a bold text is, at most


class Widths(dict[str, float]):
    """Of characters, in parts of the font's size; more rather than less."""

    def __missing__(self, character: str) -> float:
        return UNKNOWN

    def of(self, text: str) -> float:
        """How wide a text is at most."""
        return sum(map(self.__getitem__, text))


def typeset(data: dict[str, Any], made: datetime, *, tags: bool) -> bytes:
    """The PDF that the template makes of the data; several threads may ask at once."""
    note_use()
    # A compiler costs nothing beside its fonts, and serves one thread at a time. It reads no file
    # and loads nothing: the template imports nothing.
    compiler = typst.Compiler(root=TEMPLATE.parent, font_paths=fonts())
    text = json.dumps(data, ensure_ascii=False)
    pdf = compiler.compile(
        input=source(), format="pdf", sys_inputs={"data": text}, timestamp=made, pdf_tags=tags
    )
    if not isinstance(pdf, bytes):
        raise TypeError("Typst made several files of one document.")
    return pdf


@cache
def fonts() -> typst.Fonts:
    """Those in Typst's wheel, and the machine's for what they do not have."""
    return typst.Fonts()


@cache
def source() -> bytes:
    """The template."""
    return TEMPLATE.read_bytes()


@cache
def widths() -> Widths:
    """Measured once, by Typst itself."""
    note_use()
    asked = typst.Compiler(MEASURED).query("<widths>", field="value", one=True)
    return Widths({character: width / 1000 for character, width in json.loads(asked)})
