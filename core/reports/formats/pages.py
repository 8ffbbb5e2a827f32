"""The pages of PDFs that are there already: counted, joined, shown as pictures.

PDFium knows no threads: one lock for all that a process does with it.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Final

from pypdfium2 import PdfDocument

PDFIUM: Final = Lock()
WIDEST: Final = 2_000  # pixels of a picture
HIGHEST: Final = 4_000


def pages_of(pdf: Path | bytes) -> int:
    """How many pages a PDF has."""
    with PDFIUM, PdfDocument(pdf) as document:
        return len(document)


def picture_of(pdf: Path, page: int, width: int) -> bytes:
    """A page, counted from 1, as PNG: so many pixels wide, within bounds.

    IndexError if there is no such page.
    """
    written = BytesIO()
    with PDFIUM, PdfDocument(pdf) as document:
        if not 1 <= page <= len(document):
            raise IndexError(f"There is no page {page}.")
        shown = document[page - 1]
        wide, high = shown.get_size()
        scale = min(max(width, 1), WIDEST) / wide
        picture = shown.render(scale=min(scale, HIGHEST / high)).to_pil()
        picture.save(written, "PNG")
    return written.getvalue()


def join_pdfs(paths: Iterable[Path], out: Path, between: Callable[[], None] = lambda: None) -> None:
    """One PDF of several, in order; title and language are the first one's.

    `between` is called after each, and may raise to stop. Their tags for screen readers are lost:
    PDFium keeps none of other documents.
    """
    first, *others = paths
    with PDFIUM, PdfDocument(first) as joined:
        for path in others:
            with PdfDocument(path) as other:
                joined.import_pages(other)
            between()
        joined.save(out)
