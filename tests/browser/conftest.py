"""A real Chromium, and people who use the portal with it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.tabs import Tabs
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
ASKED_FOR: Final = "PICTURES" in os.environ

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


@pytest.fixture(scope="package")
def tabs(browser: Browser) -> Tabs:
    return Tabs(browser)


@pytest.fixture
def sign_in(tabs: Tabs, stack: RunningStack) -> Iterator[SignIn]:
    """Someone signed in, with a browser to themselves; nothing may go wrong on their console.

    Who has used the form in an earlier test comes back with the cookies of then.
    """

    def go(email: str, *, viewport: dict[str, int] = DESKTOP) -> Page:
        page = tabs.lend(stack.base_url, email)
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.goto("/")
        if page.locator("body[data-live-after]").count() == 0:  # every page of who is signed in
            fill_in_form(page, email)
            tabs.remember(page, stack.base_url, email)
        return page

    yield go
    complaints = list(tabs.complaints)
    tabs.take_back()
    assert complaints == []


def fill_in_form(page: Page, email: str) -> None:
    """Sign in, and wait until that is done."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator("body[data-live-after]").wait_for()


def keep_picture(page: Page, name: str) -> None:
    """A screenshot, where they are asked for: `make test PICTURES=1`."""
    if not ASKED_FOR:
        return
    OUTPUT.mkdir(parents=True, exist_ok=True)
    # Hiding the caret would leave styles at the fields: the policy complains when htmx copies them.
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True, caret="initial")
