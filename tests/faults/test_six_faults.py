"""Whatever is killed, wiped or stopped: everyone is told exactly once, and sockets catch up.

Real signals on a real stack. Moments inside a worker are met without hooks in the product: a
stopped mail server holds it before the effect, a trigger of the test's after it, a stopped Redis
after the commit.
"""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from redis import Redis

from tests import ledger
from tests.faults.doorstop import records_held
from tests.faults.signals import kill, stopped
from tests.made_home import made_home
from tests.portal import Listener, Person, listening
from tests.servers import RunningStack, running_stack, wait_for

pytestmark = pytest.mark.sweep

RUNNING = """
SELECT count(*) FROM delivery WHERE handler = 'email.mail_class' AND key <> '' AND state = 'running'
"""
SENDING = "SELECT id, message_id FROM mail WHERE state = 'sending'"
MAILS_DONE = """
SELECT count(*) FROM delivery WHERE handler = 'email.mail_class' AND key <> '' AND state = 'done'
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    home = made_home(tmp_path_factory.mktemp("faults"))
    with running_stack(home, DELIVERY_LEASE_SECONDS="2") as stack:
        yield stack


@pytest.fixture(scope="module")
def teacher(stack: RunningStack) -> Iterator[Person]:
    with Person(stack.base_url, "teacher@oakwood.example") as person:
        yield person


@pytest.fixture(scope="module")
def student(stack: RunningStack) -> Iterator[Person]:
    with Person(stack.base_url, "student1@oakwood.example") as person:
        yield person


@pytest.fixture
def tab(student: Person) -> Iterator[Listener]:
    with listening(student) as listener:
        yield listener


def count(stack: RunningStack, statement: str) -> int:
    return int(ledger.ask(stack, statement)[0][0])


def all_is_well(stack: RunningStack, homework_id: str, tab: Listener, title: str) -> None:
    """The database, the mailbox and the socket agree that everyone was told exactly once."""
    ledger.everyone_told_once(stack, homework_id)
    wanted = f"New homework: {title}"
    wait_for(lambda: wanted in tab.titles(), seconds=15, what=lambda: f"the socket: {tab.titles()}")
    assert tab.titles().count(wanted) == 1
    assert tab.numbers == list(range(1, len(tab.numbers) + 1))


def test_redis_is_wiped_while_mails_are_queued(
    stack: RunningStack, teacher: Person, tab: Listener
) -> None:
    homework = teacher.draft("Wiped")
    with stopped(stack, "smtp"):
        teacher.publish(homework)
        wait_for(lambda: count(stack, RUNNING) > 0, what="mails in hand")
        with Redis.from_url(stack.facts["redis_url"]) as redis:
            redis.flushall()
    all_is_well(stack, homework, tab, "Wiped")


def test_the_worker_is_killed_before_the_effect(
    stack: RunningStack, teacher: Person, tab: Listener
) -> None:
    homework = teacher.draft("Before the effect")
    with stopped(stack, "smtp"):
        teacher.publish(homework)
        wait_for(lambda: count(stack, RUNNING) > 0, what="mails in hand")
        kill(stack, "worker")
    all_is_well(stack, homework, tab, "Before the effect")
    assert ledger.lost_answers(stack, homework) == 0


def test_the_worker_is_killed_after_the_effect_and_before_the_commit(
    stack: RunningStack, teacher: Person, tab: Listener
) -> None:
    twins = ledger.twins(stack)
    homework = teacher.draft("After the effect")
    with records_held(stack.facts["admin_database_url"]):
        teacher.publish(homework)
        wait_for(lambda: len(ledger.ask(stack, SENDING)) == 2, what="a mail of each process")
        for _, message_id in ledger.ask(stack, SENDING):
            wait_for(partial(is_caught, stack, message_id), what="the mail server's yes")
        kill(stack, "worker")
    all_is_well(stack, homework, tab, "After the effect")
    # The one place where exactly-once ends at our door: one mail per worker process, counted, and
    # sent again under the same Message-ID.
    assert ledger.lost_answers(stack, homework) == 2
    assert ledger.twins(stack) == twins + 2


def is_caught(stack: RunningStack, message_id: str) -> bool:
    """Whether the mail server has taken the mail."""
    mails = Path(stack.facts["mailbox_dir"]).glob("*.eml")
    return any(message_id.encode() in mail.read_bytes() for mail in mails)


def test_the_worker_is_killed_after_the_commit_and_before_the_ack(
    stack: RunningStack, teacher: Person, tab: Listener
) -> None:
    homework = teacher.draft("Before the ack")
    done = count(stack, MAILS_DONE)
    with stopped(stack, "smtp"):
        teacher.publish(homework)
        wait_for(lambda: count(stack, RUNNING) > 0, what="mails in hand")
        redis = stack.send("redis", signal.SIGSTOP)
    try:
        wait_for(
            lambda: count(stack, MAILS_DONE) >= done + 10 and count(stack, RUNNING) == 0,
            what="committed mails whose task cannot be acknowledged",
        )
        kill(stack, "worker")
    finally:
        os.kill(redis, signal.SIGCONT)
    all_is_well(stack, homework, tab, "Before the ack")
    assert ledger.lost_answers(stack, homework) == 0


def test_web_is_killed_between_commit_and_nudge(
    stack: RunningStack, teacher: Person, tab: Listener
) -> None:
    homework = teacher.draft("No nudge")
    with stopped(stack, "redis"):
        assert teacher.publish(homework) < 1
        kill(stack, "web")
    all_is_well(stack, homework, tab, "No nudge")


def test_redis_is_stopped_for_ten_seconds_while_publishing(
    stack: RunningStack, teacher: Person, tab: Listener
) -> None:
    drafts = {f"Frozen {number}": teacher.draft(f"Frozen {number}") for number in range(5)}
    begin = time.monotonic()
    with stopped(stack, "redis"):
        answered = []
        for homework in drafts.values():
            answered.append(teacher.publish(homework))
            time.sleep(max(0, begin + 2 * len(answered) - time.monotonic()))
    assert time.monotonic() - begin >= 10
    assert max(answered) < 1
    for title, homework in drafts.items():
        all_is_well(stack, homework, tab, title)
