"""A worker outlives whatever lies in its queues, and Redis not answering it."""

import pickle
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import psutil
import pytest

from core.events.nudge import broker
from core.events.wire import BODY, nudge_message
from tasks.app import QUEUES
from tests.flow.real_worker import (
    RealWorker,
    answered,
    canary_in_hand,
    frozen_redis,
    real_worker,
    send_canary,
)
from tests.servers import Servers, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

GARBAGE = [
    b"",
    b"[]",
    b"{}",
    b"\xff\xfe no text",
    pickle.dumps({"task": "notices.canary"}),
    nudge_message("notices.no_such_handler", "test", {}).encode(),
    nudge_message("notices.answer_canary", "test", {}).replace(BODY, "%%%").encode(),
    nudge_message("notices.answer_canary", "test", {}).replace(BODY, "").encode(),
]
FROZEN: Final = 6.0  # seconds; a worker waits 2 s for each answer of Redis


@pytest.fixture(scope="module")
def worker(
    django_db_setup: None, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealWorker]:
    """One that all stories share, until the last ends it."""
    del django_db_setup
    folder = tmp_path_factory.mktemp("worker")
    # A heartbeat that waits for Redis would put off everything else until it is back.
    with real_worker(servers, folder, "--without-heartbeat") as worker:
        yield worker


def test_garbage_in_its_queues_is_dropped_and_work_goes_on(worker: RealWorker) -> None:
    with broker() as redis:
        for message in GARBAGE * 3:
            redis.lpush("notices", message)
        wait_for(lambda: redis.llen("notices") == 0, what="the garbage to be taken")
    send_canary()

    wait_for(lambda: answered() == len(QUEUES), what="the canaries' answers")
    assert worker.popen.poll() is None


def test_what_it_ends_while_redis_is_frozen_does_not_make_it_deaf(
    worker: RealWorker, servers: Servers
) -> None:
    with ExitStack() as frozen:
        with canary_in_hand():
            wait_for(lambda: lengths().count(1) >= len(QUEUES) - 1, what="nudges for the others")
            frozen.enter_context(frozen_redis(servers))
        wait_for(lambda: answered() == 1, what="its end")
        time.sleep(FROZEN)

    wait_for(lambda: answered() == len(QUEUES), seconds=10, what=worker.log.read_text)


def test_told_to_stop_it_does_not_wait_for_what_nobody_hears(worker: RealWorker) -> None:
    """Its process has a nudge, but has not said so when the worker stops listening to Redis."""
    main = psutil.Process(worker.popen.pid)
    (process,) = main.children()
    with standing_still(process):
        before = nudges(worker)
        send_canary()
        wait_for(lambda: nudges(worker) > before, what="a nudge")
        count = len(main.net_connections())
        worker.popen.terminate()
        wait_for(lambda: len(main.net_connections()) < count, what="the end of its listening")
    assert worker.popen.wait(5) == 0
    assert answered() == 1


def nudges(worker: RealWorker) -> int:
    """How many it has taken from Redis."""
    return worker.log.read_text().count(" received")


@contextmanager
def standing_still(process: psutil.Process) -> Iterator[None]:
    """A process does nothing for as long as the block takes."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def lengths() -> list[int]:
    """How many nudges wait in each queue."""
    with broker() as redis:
        return [redis.llen(queue) for queue in QUEUES]
