"""A real worker on the tests' database."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core.canary.events import CanaryDue
from core.events.event import NO_CENTRE
from core.events.models import Delivery
from core.events.publish import publish
from tests.servers import Servers, wait_for

COMMAND: Final = "-m tasks worker --concurrency 1 --without-gossip --without-mingle"

WAITS: Final = (
    "SELECT count(*) FROM pg_locks WHERE relation = 'queue_canary'::regclass AND NOT granted"
)


@dataclass(frozen=True)
class RealWorker:
    """A worker with one process, its log, and the file that it touches."""

    popen: "subprocess.Popen[bytes]"
    log: Path
    alive_file: Path

    def silence(self) -> float:
        """Seconds since its last sign of life."""
        return time.time() - self.alive_file.stat().st_mtime

    def says(self, text: str) -> bool:
        return text in self.log.read_text()


@contextmanager
def real_worker(servers: Servers, folder: Path, *options: str) -> Iterator[RealWorker]:
    """One that is ready."""
    log, alive_file = folder / "worker.log", folder / "worker.alive"
    env = {**os.environ, **servers.env, "DB_NAME": connection.settings_dict["NAME"]}
    with log.open("wb") as output:
        popen = subprocess.Popen(
            [sys.executable, *COMMAND.split(), "--loglevel", "INFO", *options],
            env={**env, "ALIVE_FILE": str(alive_file)},
            stdout=output,
            stderr=output,
        )
    worker = RealWorker(popen, log, alive_file)
    try:
        wait_for(lambda: worker.says(" ready."), what=log.read_text)
        yield worker
    finally:
        popen.terminate()
        popen.wait(20)


def send_canary() -> None:
    """One more event for each queue."""
    with transaction.atomic():
        publish(CanaryDue(centre_id=NO_CENTRE))


def answered() -> int:
    """How many canaries were answered, by whatever queue."""
    return Delivery.objects.filter(handler__endswith=".answer_canary", state="done").count()


@contextmanager
def canary_in_hand() -> Iterator[None]:
    """A worker has a canary in hand, and cannot end it, for as long as the block takes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE queue_canary IN EXCLUSIVE MODE")
        sender = threading.Thread(target=_send_apart)
        sender.start()
        wait_for(lambda: _is_waited_for(cursor), what="a canary in hand")
        sender.join()
        yield


def _send_apart() -> None:
    """On a connection of its own."""
    send_canary()
    connection.close()


def _is_waited_for(cursor: CursorWrapper) -> bool:
    cursor.execute(WAITS)
    return bool(cursor.fetchone() != (0,))


@contextmanager
def frozen_redis(servers: Servers) -> Iterator[None]:
    """Redis takes connections and answers nothing for as long as the block takes."""
    pid = servers.process("redis").pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
