"""A worker process saying that it is there, from a thread, so that operators can count."""

import logging
import os
import threading
from typing import Any, Final

from celery.signals import celeryd_after_setup
from django.db import DatabaseError, InterfaceError, connection

from core.ops.roster import SAID_EVERY, say_here

logger = logging.getLogger(__name__)

# Of the worker that this process is, or was forked from.
_worker: Final[dict[str, Any]] = {}


@celeryd_after_setup.connect
def note_worker(sender: str, instance: Any, **_: Any) -> None:
    """Remember in the main process how the worker is called and what it serves."""
    _worker.update(worker=sender, queues=sorted(instance.app.amqp.queues.consume_from))


def serves_only(queue: str) -> bool:
    """Whether this worker serves that queue alone."""
    return _worker.get("queues") == [queue]


def start() -> None:
    """Say it from now on; for a process of a worker."""
    if _worker:
        threading.Thread(target=_run, name="roster", daemon=True).start()


def _run() -> None:
    pause = threading.Event()
    while True:
        try:
            say_here(pid=os.getpid(), **_worker)
        except (DatabaseError, InterfaceError) as error:
            logger.debug("Could not say that it is there: %s", error)
        finally:
            connection.close()
        pause.wait(SAID_EVERY.total_seconds())
