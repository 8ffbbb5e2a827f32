"""Real workers that know the slow job, for tests that kill them and tell them to stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from core.events.nudge import nudger
from infra.local.stack import CHECKOUT
from tests.flow.slow_job import HANDLER
from tests.servers import Servers, wait_for

Worker = subprocess.Popen[bytes]


@contextmanager
def a_worker(servers: Servers, log: Path, name: str = "worker@%h") -> Iterator[Worker]:
    """A worker, ready or about to be; whatever of it is left at the end is killed.

    In `log` is a line for each step that it begins: the process, and the step's number.
    """
    argv = [sys.executable, "-m", "celery", "-A", "tests.flow.slow_job", "worker", "-Q", "cleanup"]
    options = ["--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    env = {**os.environ, **servers.env, "DB_NAME": connection.settings_dict["NAME"]}
    env |= {"SLOW_JOB_LOG": str(log), "DELIVERY_LEASE_SECONDS": "1.5"}
    with (log.parent / "worker.log").open("ab") as output:
        worker = subprocess.Popen(
            [*argv, *options, "-n", name],
            cwd=CHECKOUT,
            env=env,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield worker
    finally:
        kill(worker)


def kill(worker: Worker) -> None:
    """As the machine's failure would."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def nudge_until(is_so: Callable[[], object], log: Path, seconds: float = 30) -> None:
    """What the relay does once a second."""

    def look() -> bool:
        nudger().send(HANDLER.name, {})
        time.sleep(0.2)
        return bool(is_so())

    wait_for(look, seconds=seconds, what=lambda: worker_log(log))


def worker_log(log: Path) -> str:
    """What the workers said at last."""
    return (log.parent / "worker.log").read_text()[-3000:]


def number_ready(log: Path) -> int:
    """How many workers have said so, however much they have said since."""
    return (log.parent / "worker.log").read_text().count(" ready.")


def steps_begun(log: Path) -> dict[int, list[int]]:
    """The steps that each process has begun, the first process first."""
    lines = [[int(word) for word in line.split()] for line in log.read_text().splitlines()]
    return {pid: [step for own, step in lines if own == pid] for pid, _ in lines}
