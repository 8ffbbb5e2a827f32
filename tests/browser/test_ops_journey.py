"""Nobody sends mails: an operator is told, has workers come, and sees how right the page was."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
import pytest
from playwright.sync_api import expect

from infra.local.stack import CHECKOUT
from tests import ledger
from tests.browser.accessible import findings, main_findings
from tests.browser.conftest import PHONE, SignIn, keep_picture
from tests.browser.test_homework_journey import no_reload
from tests.made_home import made_home
from tests.servers import RunningStack, running_stack, wait_for

OPERATOR: Final = "operator@schoolbell.example"
VIEWER: Final = "viewer@schoolbell.example"
TOLD_WITHIN: Final = 15_000  # ms
# Two processes work at them for half a minute and more: the first two samples, of ten seconds each,
# teach what they can do, and the forecast is of the rest.
QUEUED: Final = 350  # mails

QUEUE: Final = """
WITH event AS (
    INSERT INTO event (id, kind, version, centre_id, subject, payload, request_id)
    SELECT gen_random_uuid(), 'PasswordChanged', 1, 0, '',
        json_build_object('centre_id', 0, 'user_id', person.id, 'by_reset', false), ''
    FROM generate_series(1, %s), people_user AS person
    WHERE email = 'teacher@oakwood.example' RETURNING id
)
INSERT INTO delivery (event_id, centre_id, handler, key, state, attempt, detail)
SELECT id, 0, 'email.mail_password_changed', '', 'pending', 0, '' FROM event
"""
OPEN: Final = """
SELECT count(*) FROM delivery
WHERE handler = 'email.mail_password_changed' AND state IN ('pending', 'running')
"""
KILL_SOME: Final = """
UPDATE delivery SET state = 'dead', cause = 'OSError: no', finished_at = now() WHERE id IN (
    SELECT id FROM delivery WHERE handler = 'email.mail_password_changed' LIMIT 3
)
"""
FORECAST: Final = """
SELECT coalesce(corrected_seconds, predicted_seconds),
    extract(epoch FROM ended_at - made_at)::float
FROM drain_forecast WHERE queue = 'email' AND outcome = 'drained' AND processes = 2
"""

TOLD: Final = rf"{QUEUED // 10}\d"  # a canary a minute waits with them


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """One without workers."""
    home = made_home(tmp_path_factory.mktemp("ops"))
    with running_stack(home, module="tests.browser.slow_mail") as stack:
        yield stack


@contextmanager
def mail_worker(stack: RunningStack) -> Iterator[None]:
    """A worker for mails, as another container of the service would be."""
    command = "-m tasks worker --queues email --concurrency 2 --without-gossip"
    log = Path(stack.home) / "log" / "mails.log"
    env = psutil.Process(stack.process("relay")).environ() | {"METRICS_PORT": "0"}
    with log.open("wb") as output:
        popen = subprocess.Popen(
            [sys.executable, *command.split(), "--without-mingle", "-n", "mails@here"],
            cwd=CHECKOUT,
            env=env,
            stdout=output,
            stderr=output,
        )
    try:
        yield
    finally:
        popen.terminate()
        popen.wait(20)


def count(stack: RunningStack, statement: str) -> int:
    return int(ledger.ask(stack, statement)[0][0])


@pytest.mark.timeout(300)
def test_a_backlog_is_told_and_worked_off(stack: RunningStack, sign_in: SignIn) -> None:
    operator, viewer = sign_in(OPERATOR), sign_in(VIEWER, viewport=PHONE)
    for page in (operator, viewer):
        page.get_by_role("main").get_by_role("link", name="Operations").click()
    with no_reload(operator), no_reload(viewer):
        ledger.change(stack, QUEUE, [QUEUED])
        for page in (operator, viewer):
            email = page.locator(".ops-queue", has_text="email").first
            expect(email).to_contain_text(re.compile(TOLD), timeout=TOLD_WITHIN)
            expect(email).to_contain_text("No worker", timeout=TOLD_WITHIN)
            expect(email).to_contain_text("--scale worker-email=", timeout=TOLD_WITHIN)
        wrong = operator.locator("#ops-faults .ops-wrong")
        expect(wrong).to_contain_text("Nobody serves a queue: email", timeout=30_000)
        keep_picture(operator, "operations-no-worker-desktop")
        keep_picture(viewer, "operations-no-worker-phone")

        with mail_worker(stack):
            email = operator.locator(".ops-queue", has_text="email").first
            expect(email).to_contain_text("1 (processes: 2)", timeout=60_000)
            unserved = wrong.filter(has_text="Nobody serves a queue: email")
            expect(unserved).to_have_count(0, timeout=30_000)
            expect(operator.locator("#ops-workers")).to_contain_text("email.mail_password_changed")
            keep_picture(operator, "operations-scaled-desktop")
            wait_for(lambda: count(stack, OPEN) == 0, seconds=90, what="the mails")
            wait_for(lambda: bool(ledger.ask(stack, FORECAST)), what="the forecast's end")
            expect(operator.locator("#ops-forecasts tbody")).to_contain_text("%", timeout=20_000)
    ((said, took),) = ledger.ask(stack, FORECAST)
    assert said == pytest.approx(took, rel=0.25)


def test_a_viewer_is_offered_nothing_to_press(stack: RunningStack, sign_in: SignIn) -> None:
    viewer = sign_in(VIEWER)
    viewer.goto("/ops/")
    expect(viewer.locator("#ops-schedules")).to_contain_text("canary")
    assert viewer.get_by_role("main").get_by_role("button").count() == 0
    viewer.goto("/ops/queues/email")
    assert viewer.get_by_role("main").get_by_role("button").count() == 0


def test_a_queue_is_paused_with_a_reason_and_a_schedule_fired(
    stack: RunningStack, sign_in: SignIn
) -> None:
    operator = sign_in(OPERATOR, viewport=PHONE)
    operator.goto("/ops/queues/email")
    operator.get_by_label("Why").fill("the mail server moves")
    operator.get_by_role("button", name="Pause").click()
    expect(operator.get_by_text("the mail server moves")).to_be_visible()
    operator.goto("/ops/")
    operator.get_by_role("button", name="Resume email").click()
    expect(operator.get_by_text("Resumed: the workers were told.")).to_be_visible()
    operator.get_by_role("button", name="Run now clean-up").click()
    expect(operator.get_by_text("Fired: what follows from it")).to_be_visible()
    expect(operator.locator("#ops-schedules")).to_contain_text("by hand")
    operator.get_by_role("link", name="Operators' acts").click()
    for act in ("Paused a queue", "Resumed a queue", "Ran a schedule"):
        expect(operator.get_by_text(act)).to_be_visible()


def test_everybody_can_use_the_page(stack: RunningStack, sign_in: SignIn) -> None:
    """Also with something wrong, dead letters and charts on it."""
    ledger.change(stack, KILL_SOME)
    operator = sign_in(OPERATOR)
    operator.goto("/ops/")
    expect(operator.locator("#ops-letters")).to_contain_text("OSError: no")
    assert list(main_findings(operator)) == []
    operator.get_by_role("link", name="email.mail_password_changed").click()
    expect(operator.locator("#preview")).to_contain_text("would run")
    assert list(main_findings(operator)) == []
    operator.get_by_role("link", name="delivery").first.click()
    expect(operator.get_by_role("heading", name="PasswordChanged")).to_be_visible()
    assert list(findings(operator)) == []  # in all ways: the menu too
