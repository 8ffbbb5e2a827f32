"""A worker gives a sign of life for as long as it listens, or waits for Redis, or is busy."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from core import clock
from core.ops.models import WorkerProcess
from core.ops.queues import overview
from core.ops.roster import say_here
from tasks.alive import SignOfLife
from tasks.app import QUEUES, app
from tests.flow.real_worker import RealWorker, canary_in_hand, frozen_redis, real_worker
from tests.servers import Servers, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE: Final = 5.0  # seconds; a worker waits 2 s for Redis and up to 2 s before it tries again
LONG_ENOUGH: Final = 1.4 * PATIENCE  # to see one who has fallen silent, or would have


@pytest.fixture(scope="module")
def worker(
    django_db_setup: None, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealWorker]:
    """One that all stories share, until the last ends it."""
    del django_db_setup
    with real_worker(servers, tmp_path_factory.mktemp("worker")) as worker:
        wait_for(worker.alive_file.exists, what="a first sign of life")
        yield worker


def is_alive(worker: RealWorker) -> bool:
    return worker.silence() < PATIENCE


def longest_silence(worker: RealWorker, seconds: float) -> float:
    """The longest that was seen within so many seconds."""
    longest = 0.0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        longest = max(longest, worker.silence())
        time.sleep(0.05)
    return longest


def test_one_that_is_stuck_or_takes_no_work_is_not(worker: RealWorker) -> None:
    """The worker's first story: later ones find Redis wiped, and it hears no commands."""
    os.kill(worker.popen.pid, signal.SIGSTOP)
    wait_for(lambda: not is_alive(worker), seconds=2 * PATIENCE)
    os.kill(worker.popen.pid, signal.SIGCONT)
    wait_for(lambda: is_alive(worker))

    for queue in QUEUES:
        app.control.cancel_consumer(queue)
    wait_for(lambda: not is_alive(worker), seconds=2 * PATIENCE)
    assert app.control.inspect(timeout=5, limit=1).ping()
    for queue in QUEUES:
        app.control.add_consumer(queue)
    wait_for(lambda: is_alive(worker))


def test_one_that_listens_or_waits_or_is_busy_is_alive(
    worker: RealWorker, servers: Servers
) -> None:
    with frozen_redis(servers):
        assert longest_silence(worker, LONG_ENOUGH) < PATIENCE
    with canary_in_hand():
        assert longest_silence(worker, LONG_ENOUGH) < PATIENCE
    assert is_alive(worker)


def test_operators_see_which_queues_it_serves(worker: RealWorker) -> None:
    del worker
    wait_for(lambda: {each.workers for each in overview()} == {1}, what="the worker's word")
    WorkerProcess.objects.update(seen_at=clock.now() - timedelta(minutes=1))
    say_here(worker="worker-2@here", pid=1, queues=["email"])
    assert {each.name: each.workers for each in overview() if each.workers} == {"email": 1}


def test_operators_see_what_it_is_at_and_that_it_went(worker: RealWorker) -> None:
    wait_for(WorkerProcess.objects.exists, what="the worker's word")
    with canary_in_hand():
        wait_for(
            lambda: WorkerProcess.objects.filter(
                doing__endswith=".answer_canary", deliveries__len=1
            ).exists(),
            what="what it is at",
        )
    wait_for(lambda: not WorkerProcess.objects.exclude(doing="").exists(), what="its rest")
    worker.popen.terminate()
    worker.popen.wait(20)
    assert not WorkerProcess.objects.exists()


def test_a_process_that_was_forked_gives_no_sign(tmp_path: Path) -> None:
    file = tmp_path / "own.alive"
    sign = SignOfLife(file)
    child = os.fork()
    if child == 0:
        sign.give()
        os._exit(0)
    os.waitpid(child, 0)
    assert not file.exists()
    sign.give()
    assert file.exists()
