"""Nobody sends mails, and an operator mends it: in Chromium, by what the page says."""

import re
import time
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests import ledger
from tests.browser.conftest import DESKTOP, FLAGS, chromium, keep_picture
from tests.browser.test_ops_journey import OPEN, OPERATOR, QUEUE
from tests.collector import read, total
from tests.portal import PASSWORD, Person
from tests.servers import wait_for
from tests.stack.composed import ComposedStack

# A worker takes half a minute for the first ones: what it can do is told by samples of ten seconds
# with work left over at both ends.
LEARNT_FROM, MAILS = 6_000, 5_000
TOLD_WITHIN: Final = 15.0  # seconds
REPORTED_WITHIN: Final = 10.0  # seconds, whatever waits in other queues
FORECAST: Final = """
SELECT coalesce(corrected_seconds, predicted_seconds),
    extract(epoch FROM ended_at - made_at)::float
FROM drain_forecast WHERE queue = 'email' AND outcome = 'drained' ORDER BY made_at DESC LIMIT 1
"""
LEARNT: Final = "SELECT count(*) FROM ops_sample WHERE queue = 'email' AND is_steady"
DRAINED: Final = "SELECT count(*) FROM drain_forecast WHERE outcome = 'drained'"


@pytest.fixture
def page(portal: ComposedStack) -> Iterator[Page]:
    """An operator who has signed in."""
    path = chromium()
    assert path, "Chromium is missing: install Debian's package `chromium`."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        page = browser.new_context(
            base_url=portal.base_url,
            ignore_https_errors=True,
            viewport=DESKTOP,  # type: ignore[arg-type]
        ).new_page()
        page.goto("/")
        page.get_by_label("Email").fill(OPERATOR)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.locator("body[data-live-after]").wait_for()
        yield page


def count(portal: ComposedStack, statement: str) -> int:
    return int(ledger.ask(portal, statement)[0][0])


def queue_mails(portal: ComposedStack, number: int) -> None:
    ledger.change(portal, QUEUE, [number])


def reported(portal: ComposedStack, since: str) -> float:
    """Seconds from asking for a report until it is there; equal ones would be the same."""
    params = {"since": since, "until": "2026-12-31"}
    with Person(portal.base_url, "head@oakwood.example") as head:
        begin = time.monotonic()
        order = {"kind": "centre_overview", "params": params, "format": "csv"}
        asked = head.post("/api/reports", order).raise_for_status().json()
        report = f"/api/reports/{asked['id']}"
        wait_for(lambda: head.get(report)["state"] == "ready", seconds=60, what="the report")
        return time.monotonic() - begin


def pending_by_metrics(portal: ComposedStack) -> float:
    url = f"http://{portal.address('web')}:9100/metrics"
    return total(read(url), "schoolbell_queue_pending", queue="email")


def command_on(page: Page, portal: ComposedStack) -> int:
    """The workers that the page asks for, when it and the metrics tell of the backlog."""
    begin = time.monotonic()
    email = page.locator(".ops-queue", has_text="email").first
    expect(email).to_contain_text("5,0", timeout=1e3 * TOLD_WITHIN)
    expect(email).to_contain_text("No worker", timeout=1e3 * TOLD_WITHIN)
    wait_for(lambda: pending_by_metrics(portal) >= MAILS, seconds=TOLD_WITHIN)
    portal.note(f"5,000 mails are told of after {time.monotonic() - begin:.1f} s")
    keep_picture(page, "real-stack-no-worker")
    asked = email.locator(".ops-command").inner_text()
    wanted = re.search(r"--scale worker-email=(\d+)", asked)
    assert wanted, asked
    return int(wanted[1])


def test_a_backlog_is_told_and_worked_off(portal: ComposedStack, page: Page) -> None:
    portal.scale(**{"worker-email": 1})
    queue_mails(portal, LEARNT_FROM)  # so that it is known what a worker can do
    wait_for(lambda: count(portal, OPEN) == 0, seconds=120, what="the first mails")
    assert count(portal, LEARNT) > 0
    page.goto("/ops/")
    portal.scale(**{"worker-email": 0})
    queue_mails(portal, MAILS)
    wanted = command_on(page, portal)
    beside_backlog, drained = reported(portal, "2026-09-01"), count(portal, DRAINED)
    portal.scale(**{"worker-email": wanted})
    while_drained = reported(portal, "2026-09-02")
    wait_for(lambda: count(portal, OPEN) == 0, seconds=300, what="the mails")
    wait_for(lambda: count(portal, DRAINED) > drained, seconds=60, what="the forecast's end")
    keep_picture(page, "real-stack-drained")
    ((said, took),) = ledger.ask(portal, FORECAST)
    portal.note(f"drained by {wanted} in {took:.0f} s, predicted {said:.0f} s")
    portal.note(f"a report took {beside_backlog:.1f} s beside it, {while_drained:.1f} s meanwhile")
    assert said == pytest.approx(took, rel=0.25)
    assert max(beside_backlog, while_drained) < REPORTED_WITHIN
