"""A real Chromium, and people who use the portal with it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.portal import PASSWORD
from tests.servers import RunningStack

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS: Final = (
    "--no-sandbox",  # it runs as root in containers, and opens our own pages only
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE: Final = {"width": 390, "height": 844}
DESKTOP: Final = {"width": 1280, "height": 800}
OUTPUT: Final = Path("test-output") / "screenshots"

SignIn = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The round of all pages comes last: it leaves reports, and journeys expect none."""
    items.sort(key=lambda item: item.path.name == "test_every_page.py")


def chromium() -> str | None:
    """Where Chromium is, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium for this folder: Playwright's event loop would be in the way of other tests."""
    path = chromium()
    if path is None:
        say = "NO CHROMIUM: no browser journey was walked. Install Debian's package `chromium`."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(say)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=list(FLAGS))


@pytest.fixture
def sign_in(browser: Browser, stack: RunningStack) -> Iterator[SignIn]:
    """Sign someone in, in a browser of their own; nothing may go wrong on their console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def go(email: str, *, viewport: dict[str, int] = DESKTOP) -> Page:
        context = browser.new_context(base_url=stack.base_url, viewport=viewport)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.extend(complaints_in(said)))
        page.goto("/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.locator("body[data-live-after]").wait_for()  # every page of a signed-in person
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


def complaints_in(said: ConsoleMessage) -> list[str]:
    """Errors, but for Chromium's remark that a form or a file came back with what is wrong."""
    is_foreseen = any(f"status of {status}" in said.text for status in (415, 422))
    return [said.text] if said.type == "error" and not is_foreseen else []


def keep_picture(page: Page, name: str) -> None:
    """A screenshot among CI's output."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    # Hiding the caret would leave styles at the fields: the policy complains when htmx copies them.
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True, caret="initial")
