"""Looking at a page as axe-core does, and as a narrow phone does."""

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP

NARROW: Final = {"width": 360, "height": 780}
GRAVE: Final = ("serious", "critical")
WCAG: Final = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }
}
COLOUR_RULES: Final = ("color-contrast", "link-in-text-block")
COLOURS: Final = {"runOnly": {"type": "rule", "values": list(COLOUR_RULES)}}
RUN: Final = """([within, options]) => document.querySelector(within)
    ? axe.run(within, {...options, resultTypes: ['violations']}) : {violations: []}"""
# What else a phone changes: there is less room to hit things, and to scroll in.
OF_A_PHONE: Final = {
    "runOnly": {
        "type": "rule",
        "values": [*COLOUR_RULES, "target-size", "scrollable-region-focusable"],
    }
}
# The menu lies over the page, and is looked at alone.
UNFOLD: Final = "for (const each of document.querySelectorAll('main details')) each.open = true"
FOLD: Final = "for (const each of document.querySelectorAll('details')) each.open = false"
OPEN_MENU: Final = "for (const each of document.querySelectorAll('details.menu')) each.open = true"
# What a page is made of: each sort of element under its sort of parent, whatever it says.
SORTS: Final = """() => [...new Set([...document.querySelectorAll('body *')].map((each) => {
    const sort = (of) => [of.tagName, ...of.classList].join('.');
    const names = each.getAttributeNames().filter((name) => !['class', 'id'].includes(name));
    return `${sort(each.parentElement)} > ${sort(each)} ${names.sort()} ${each.role ?? ''}`;
}))]"""
TOO_WIDE: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def findings(page: Page) -> Iterator[str]:
    """What is wrong on a page: wide and narrow, light and dark, folded and unfolded."""
    page.evaluate(AXE_SCRIPT)
    for (width, viewport), scheme in product(
        (("desktop", DESKTOP), ("phone", NARROW)), ("light", "dark")
    ):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        # Colours alone are all that the scheme changes.
        found = grave_findings(page, WCAG if scheme == "light" else COLOURS)
        yield from (f"{width}, {scheme}: {each}" for each in found)
    yield from overflow(page)
    page.evaluate(UNFOLD)
    yield from (f"unfolded: {each}" for each in grave_findings(page, WCAG))
    yield from overflow(page)
    page.evaluate(OPEN_MENU)
    yield from (f"menu: {each}" for each in grave_findings(page, WCAG, within=".menu"))
    yield from overflow(page)
    page.evaluate(FOLD)
    page.emulate_media(color_scheme="light")


def main_findings(page: Page) -> Iterator[str]:
    """What is wrong at the two ends: wide and light, narrow and dark, all of it unfolded."""
    page.evaluate(AXE_SCRIPT)
    page.evaluate(UNFOLD)
    yield from (f"desktop, light: {each}" for each in grave_findings(page, WCAG))
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    yield from (f"phone, dark: {each}" for each in grave_findings(page, OF_A_PHONE))
    yield from overflow(page)
    page.evaluate(FOLD)
    page.emulate_media(color_scheme="light")


def narrow_findings(page: Page) -> Iterator[str]:
    """What is wrong on a page for what it says, however its elements are: it may be too wide."""
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.evaluate(UNFOLD)
    yield from overflow(page)


def grave_findings(page: Page, options: dict[str, Any], *, within: str = "html") -> list[str]:
    """What axe-core calls serious or critical, with the elements; the script must be there."""
    found = page.evaluate(RUN, [within, options])["violations"]
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['html'][:200]}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """Whether the page scrolls sideways."""
    by = page.evaluate(TOO_WIDE)
    return [f"scrolls sideways by {by} px"] if by > 0 else []
