"""Reports as pages: what they say to whom, and that nothing in them runs."""

import re
from base64 import b64decode
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.utils.translation import override

from core.reports.formats.style import STYLE_CSP
from tests.unit.documents import (
    NASTY,
    ROW,
    a_chart,
    a_document,
    a_full_document,
    a_nasty_document,
    a_table,
    table_of,
    written,
)

Attributes = dict[str, str | None]
VOID = {"meta", "img", "rect"}


@dataclass
class Element:
    tag: str
    attributes: Attributes
    text: str = ""


@dataclass
class Page(HTMLParser):
    """Its elements in order, each with all the text within it."""

    found: list[Element] = field(default_factory=list)
    opened: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        element = Element(tag, dict(attrs))
        self.found.append(element)
        if tag not in VOID:
            self.opened.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.opened.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self.opened:
            element.text += data

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.found if element.tag == tag]


def page_of(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    assert page.opened == []
    return page


def test_a_page_says_whose_it_is_and_what(tmp_path: Path) -> None:
    with override("es"):
        page = page_of(written(a_full_document(2, language="es"), "html", tmp_path))
    assert page.all("html")[0].attributes["lang"] == "es"
    assert page.all("title")[0].text == "Class progress - Oakwood School"
    assert [each.text for each in page.all("h1") + page.all("h2")] == [
        "Class progress",
        "Key figures",
        "Scores by week",
        "Pupils",
        "Comment",
    ]
    assert page.all("footer")[0].text == (
        "Generado el 21 noviembre 2026, 17:30 (Europe/Madrid)Solicitado por Tess Teacher"
    )
    assert [each.text for each in page.all("dd")][:2] == ["7A", "1 September 2026"]


def test_a_table_for_screen_readers_in_the_language_of_the_report(tmp_path: Path) -> None:
    document = a_document(table_of([ROW], 1), language="es")
    page = page_of(written(document, "html", tmp_path))
    assert page.all("caption")[0].text == "Pupils"
    assert [each.attributes["scope"] for each in page.all("th")] == ["col"] * 8 + ["row"]
    assert page.all("th")[8].text == "Ada Ashby"
    assert [each.text for each in page.all("td")] == [
        "7A", "1.234", "-87,5", "87,5\u00a0%", "21 nov 2026", "21 nov 2026, 16:30", "",
    ]  # fmt: skip
    scroll = next(each for each in page.all("div") if each.attributes.get("class") == "scroll")
    assert scroll.attributes["tabindex"] == "0"
    named = {each.attributes.get("id"): each.text for each in page.all("h2")}
    assert named[scroll.attributes["aria-labelledby"]] == "Pupils"


def test_numbers_of_an_english_report(tmp_path: Path) -> None:
    page = page_of(written(a_document(table_of([ROW], 1)), "html", tmp_path))
    assert [each.text for each in page.all("td")][1:4] == ["1,234", "-87.5", "87.5%"]


def test_a_chart_is_an_image_with_words(tmp_path: Path) -> None:
    page = page_of(written(a_document(a_chart("line", ("A", "B"))), "html", tmp_path))
    (image,) = page.all("img")
    assert image.attributes["alt"] == "Scores rise each week."
    source = image.attributes["src"] or ""
    svg = b64decode(source.removeprefix("data:image/svg+xml;base64,")).decode()
    assert svg.startswith("<svg")
    assert all(f">{words}</text>" in svg for words in ("Week 1", "Points", "A", "B", "5,000"))


def test_nothing_in_a_page_runs_or_loads(tmp_path: Path) -> None:
    path = written(a_nasty_document(), "html", tmp_path)
    page = page_of(path)
    assert page.all("script") == []
    assert all((each.attributes["src"] or "").startswith("data:") for each in page.all("img"))
    names = {name for element in page.found for name in element.attributes}
    assert not [name for name in names if name.startswith("on") or name in ("style", "href")]
    assert [each.text for each in page.all("tr")][9].count(NASTY[8]) == 8
    (image,) = page.all("img")
    svg = b64decode((image.attributes["src"] or "").partition(",")[2]).decode()
    assert "<script" not in svg
    assert "<image" not in svg


def test_the_style_is_the_one_that_is_allowed(tmp_path: Path) -> None:
    one = written(a_full_document(1), "html", tmp_path).read_text()
    other = written(a_document(colour="#aa0000"), "html", tmp_path).read_text()
    styles = [re.findall(r"<style>.*</style>", each, re.DOTALL) for each in (one, other)]
    assert styles[0] == styles[1]
    assert len(styles[0]) == 1
    assert f"style-src {STYLE_CSP}".replace("'", "&#x27;") in one
    assert 'fill="#aa0000"' in other


def test_a_table_without_rows_says_so(tmp_path: Path) -> None:
    page = page_of(written(a_document(a_table(0)), "html", tmp_path))
    assert page.all("table") == []
    assert "Nobody is here." in [each.text for each in page.all("p")]


def test_a_chart_without_points_says_so(tmp_path: Path) -> None:
    page = page_of(written(a_document(a_chart(series=())), "html", tmp_path))
    assert page.all("img") == []
    assert page.all("figcaption")[0].text == "Scores rise each week."
