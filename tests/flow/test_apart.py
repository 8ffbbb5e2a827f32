"""What is done in a process of its own, and what comes of it here."""

import mmap
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from core.events.nudge import broker
from core.people.models import Centre
from core.refusals import ConflictError
from tasks.apart import DiedError, Say, run_apart
from tests.flow.conftest import School

pytestmark = pytest.mark.django_db(transaction=True)


class StubbornError(Exception):
    """Cannot be brought from one process to another."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


class StopError(Exception):
    """Somebody wants no more of it."""


def test_what_it_says_is_heard_in_order() -> None:
    heard: list[Any] = []

    def work(say: Say) -> None:
        for each in range(100):
            say(each)
        say(os.getpid())

    run_apart(work, heard.append)
    *numbers, pid = [each for each in heard if each is not None]
    assert numbers == list(range(100))
    assert pid != os.getpid()


def test_that_there_is_no_news_is_told() -> None:
    heard: list[Any] = []
    enough = mmap.mmap(-1, 1)  # shared by both processes

    def hear(word: object) -> None:
        heard.append(word)
        enough[0] = len(heard) >= 5

    def work(_say: Say) -> None:
        while not enough[0]:
            time.sleep(0.01)

    run_apart(work, hear)
    assert set(heard) == {None}


def fail(error: Exception) -> Callable[[Say], None]:
    def work(_say: Say) -> None:
        raise error

    return work


def test_what_it_raises_is_raised_here() -> None:
    with pytest.raises(ConflictError, match="not the time") as caught:
        run_apart(fail(ConflictError("It is not the time.")), print)
    assert "in work" in caught.value.__notes__[0], "where it was raised"
    with pytest.raises(RuntimeError, match="StubbornError: 1 and 2"):
        run_apart(fail(StubbornError(1, 2)), print)


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_its_death_is_noticed(signum: signal.Signals) -> None:
    with pytest.raises(DiedError, match=f"ended with -{signum}"):
        run_apart(lambda _say: os.kill(os.getpid(), signum), print)


def test_who_hears_can_stop_it() -> None:
    pids: list[int] = []

    def work(say: Say) -> None:
        say(os.getpid())
        time.sleep(60)

    def hear(pid: int | None) -> None:
        if pid is not None:
            pids.append(pid)
        elif pids:
            raise StopError

    with pytest.raises(StopError):
        run_apart(work, hear)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_connections_of_this_process_outlive_it(school: School) -> None:
    """It asks the database on a connection of its own, if at all, and closes none of ours."""
    del school
    heard: list[Any] = []

    def pid_here() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    def work(say: Say) -> None:
        say((pid_here(), Centre.objects.count()))

    ours = pid_here()
    redis = broker()
    redis.ping()
    run_apart(work, heard.append)
    (theirs, centres), *_ = [each for each in heard if each]
    assert theirs != ours
    assert centres == Centre.objects.count()
    assert pid_here() == ours
    assert redis.ping()
    redis.close()
