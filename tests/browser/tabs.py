"""The tabs of a test's people, and what goes wrong on their consoles."""

from collections import defaultdict
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

Cookies = list[Any]


class Tabs:
    """Lends each person a tab in a browser profile of its own.

    To Chromium a new profile is a new window, which costs more than most pages: a tab that one
    person gives back is the next one's, who finds nothing in it but the browser's cache.
    """

    def __init__(self, browser: Browser) -> None:
        self.complaints: list[str] = []
        self._browser = browser
        self._lent: list[tuple[str, Page]] = []
        self._free: defaultdict[str, list[Page]] = defaultdict(list)  # by the stack's address
        self._cookies: dict[tuple[str, str], Cookies] = {}  # by that and who has signed in

    def lend(self, base_url: str, email: str) -> Page:
        """A tab with the cookies of the last time that this person signed in, if there are any."""
        free = self._free[base_url]
        page = free.pop() if free else self._new(base_url)
        self._lent.append((base_url, page))
        page.context.clear_cookies()
        page.context.add_cookies(self._cookies.get((base_url, email), []))
        return page

    def remember(self, page: Page, base_url: str, email: str) -> None:
        """This person has signed in."""
        self._cookies[base_url, email] = page.context.cookies()

    def take_back(self) -> None:
        """What is lent, with nothing left that a test has done to it."""
        while self._lent:
            base_url, page = self._lent.pop()
            page.unroute_all()
            page.context.set_extra_http_headers({})
            page.goto("about:blank")
            self._free[base_url].append(page)
        self.complaints.clear()

    def _new(self, base_url: str) -> Page:
        page = self._browser.new_context(base_url=base_url).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.extend(complaints_in(said)))
        return page


def forget_who(page: Page) -> None:
    """The tab is nobody's from now on.

    It leaves its page first: one that is still connecting is told that nobody is signed in, and
    would go to the sign-in form in the middle of the test's next step.
    """
    page.goto("about:blank")
    page.context.clear_cookies()


def complaints_in(said: ConsoleMessage) -> list[str]:
    """Errors, but for Chromium's remark that a form or a file came back with what is wrong.

    The address is part of it: "Failed to load resource" does not say which one.
    """
    is_foreseen = any(f"status of {status}" in said.text for status in (415, 422))
    is_wrong = said.type == "error" and not is_foreseen
    return [f"{said.text} ({said.location['url']})"] if is_wrong else []
