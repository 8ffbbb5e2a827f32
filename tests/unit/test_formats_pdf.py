"""Reports as PDF: what stands on which page, whatever people wrote, short and long."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils.translation import override
from PIL import Image
from pypdfium2 import PdfDocument

from core.reports.content import Document
from core.reports.content import Text as Paragraph
from core.reports.formats import FORMATS, Options, sections
from core.reports.formats.cards import write_cards
from core.reports.formats.charts import svg_of
from core.reports.formats.pages import join_pdfs, pages_of, picture_of
from core.reports.kind import Format
from tests.unit.documents import (
    NASTY,
    ROW,
    Rows,
    Stop,
    StoppedError,
    a_chart,
    a_document,
    a_full_document,
    a_head,
    a_nasty_document,
    a_table,
    table_of,
    written,
)

SCRIPTS = "Zoë Привет Γειά مرحبا שלום 你好 こんにちは 😀"


def texts_of(path: Path) -> list[str]:
    """The text of each page, on one line."""
    with PdfDocument(path) as pdf:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    return [" ".join(page.replace("\u200b", "").split()) for page in pages]


def is_drawn(path: Path, page: int, folder: Path) -> bool:
    """Whether there is more than one colour to see."""
    picture = folder / "page.png"
    picture.write_bytes(picture_of(path, page, 400))
    with Image.open(picture) as image:
        assert image.width == 400
        return len(image.convert("RGB").getcolors(10**6) or ()) > 20


def test_a_short_report_in_the_language_asked_for(tmp_path: Path) -> None:
    with override("es"):
        path = written(a_full_document(3, language="es"), "pdf", tmp_path)
    text = " ".join(texts_of(path))
    assert text.startswith("Oakwood School Class progress 7A in autumn Class: 7A")
    assert "Generado el 21 noviembre 2026, 17:30 (Europe/Madrid)" in text
    assert "Solicitado por Tess Teacher Página 2 de 2" in text
    assert "Pupil 2 2A 2 0,2 2 % 3 nov 2026 3 nov 2026, 08:05 quite good" in text
    for words in ("Key figures", "87.5%", "Week 5", "5.000", "Well done.", "Go on like this."):
        assert words in text
    assert is_drawn(path, 1, tmp_path)


def test_a_short_report_can_be_read_aloud(tmp_path: Path) -> None:
    path = written(a_full_document(3, language="es"), "pdf", tmp_path)
    with PdfDocument(path) as pdf:
        assert pdf.is_tagged()
        assert pdf.get_metadata_dict()["Title"] == "Class progress"
    content = path.read_bytes()
    assert b"/Lang(es)" in content
    assert b"/TH" in content
    assert b"Scores rise each week." in content


def test_values_as_the_language_writes_them(tmp_path: Path) -> None:
    text = texts_of(written(a_document(table_of([ROW], 1)), "pdf", tmp_path))[0]
    assert "Ada Ashby 7A 1,234 -87.5 87.5% 21 Nov 2026 21 Nov 2026, 16:30" in text


def test_a_long_table_is_numbered_through_and_whole(tmp_path: Path) -> None:
    parts = (Paragraph("Before", "First."), a_table(3_000), Paragraph("After", "Last."))
    path = written(a_document(*parts), "pdf", tmp_path)
    pages = texts_of(path)
    assert len(pages) > 3 * sections.AT_ONCE
    assert all(f"Page {at} of {len(pages)}" in page for at, page in enumerate(pages, 1))
    assert all("Pupil Class Handed in Average" in page for page in pages[1:-1])
    text = " ".join(pages)
    places = [text.index(f"Pupil {at} {at % 12}A ") for at in range(3_000)]
    assert all(before < after for before, after in pairwise(places))
    assert "First." in pages[0]
    assert "Last." in pages[-1]
    assert is_drawn(path, 20, tmp_path)
    assert [each.name for each in tmp_path.iterdir() if each.suffix != ".png"] == ["report.pdf"]


def test_long_texts_in_a_long_table_are_all_there(tmp_path: Path) -> None:
    words = " ".join(f"word{at}" for at in range(3_000)) + " " + "x" * 500
    rows = [*Rows(600), (*ROW[:7], words), *Rows(1)]
    path = written(a_document(table_of(rows, len(rows))), "pdf", tmp_path)
    pages = texts_of(path)
    text = " ".join(pages)
    assert all(f"word{at}" in text for at in range(3_000))
    assert all(f"Page {at} of {len(pages)}" in page for at, page in enumerate(pages, 1))


@pytest.mark.parametrize("count", [1, pytest.param(1_300, marks=pytest.mark.sweep)])
def test_texts_are_never_markup(count: int, tmp_path: Path) -> None:
    bad = a_nasty_document()
    rows = [(each,) * 8 for each in NASTY] * count
    long = table_of(rows, len(rows))
    path = written(Document(bad.head, (*bad.parts, long)), "pdf", tmp_path)
    text = " ".join(texts_of(path)).replace(" ", "")
    assert '#panic("no")#read("/etc/passwd")*bold*_it_$x^2$`raw`<label>@ref//no' in text


@pytest.mark.parametrize("count", [2, 600])
def test_any_script_is_written(count: int, tmp_path: Path) -> None:
    chart = a_chart("line", (SCRIPTS, "other"))
    document = a_document(chart, table_of(Rows(count, SCRIPTS), count), title=SCRIPTS)
    text = " ".join(texts_of(written(document, "pdf", tmp_path)))
    assert "Привет" in text
    assert "Γειά" in text


def test_a_table_without_rows_says_so(tmp_path: Path) -> None:
    assert "Nobody is here." in texts_of(written(a_document(a_table(0)), "pdf", tmp_path))[0]


def test_a_chart_without_points_says_so(tmp_path: Path) -> None:
    path = written(a_document(a_chart(series=())), "pdf", tmp_path)
    assert "Scores rise each week." in texts_of(path)[0]


@pytest.mark.parametrize("character", ["\x07", "\x0b", "\ufffe", "\n", "\r", "\t", "\x7f"])
def test_a_chart_with_characters_that_cannot_be_drawn(character: str) -> None:
    text = f"a{character}b"
    chart = replace(a_chart("bar", (text, "other")), label=text, unit=text, says=text)
    assert svg_of(chart, a_head(), "serif").endswith("</svg>")


def test_a_long_report_can_be_stopped(tmp_path: Path) -> None:
    stop = Stop(after=500)
    with pytest.raises(StoppedError):
        FORMATS[Format.PDF].write(a_document(a_table(20_000)), tmp_path / "x", Options(), stop)
    assert stop.told[-1] < 20_000
    assert list(tmp_path.iterdir()) == []


def test_cards_one_by_one_and_joined(tmp_path: Path) -> None:
    cards = [
        (tmp_path / f"{at}.pdf", a_document(a_chart(), subtitle=f"Card of {at}"))
        for at in range(12)
    ]
    told: list[int] = []
    with override("es"):
        write_cards(cards, Format.PDF, told.append)
    assert told[-1] == 12
    for at, (path, _) in enumerate(cards):
        (text,) = texts_of(path)
        assert f"Card of {at} " in text
        assert "Página 1 de 1" in text
    join_pdfs([path for path, _ in cards], tmp_path / "all.pdf")
    assert pages_of(tmp_path / "all.pdf") == 12
    assert all(f"Card of {at} " in text for at, text in enumerate(texts_of(tmp_path / "all.pdf")))


def test_cards_can_be_stopped(tmp_path: Path) -> None:
    cards = ((tmp_path / f"{at}.html", a_full_document(1)) for at in range(10_000))
    with pytest.raises(StoppedError):
        write_cards(cards, Format.HTML, Stop(after=1))
    assert 0 < len(list(tmp_path.iterdir())) < 1_000


def test_pictures_of_pages_are_bounded(tmp_path: Path) -> None:
    path = written(a_full_document(1), "pdf", tmp_path)
    picture = tmp_path / "page.png"
    picture.write_bytes(picture_of(path, 1, 10**6))
    with Image.open(picture) as image:
        assert image.width <= 2_000
        assert image.height <= 4_000
    with pytest.raises(IndexError):
        picture_of(path, 0, 100)
    with pytest.raises(IndexError):
        picture_of(path, 3, 100)
