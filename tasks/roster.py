"""A worker process saying that it is there, and what it is at, from a thread of its own."""

import logging
import os
import threading
from typing import Any, Final

from celery.signals import (
    celeryd_after_setup,
    task_postrun,
    task_prerun,
    worker_process_shutdown,
    worker_shutdown,
)
from django.db import DatabaseError, InterfaceError, connection

from core import clock
from core.ops.roster import NOTHING, SAID_EVERY, Doing, say_goodbye, say_here
from tasks.lease import keeper

LOOK_EVERY: Final = 1.0  # seconds; what has been at something else for as long says so

logger = logging.getLogger(__name__)

# Of the worker that this process is, or was forked from.
_worker: Final[dict[str, Any]] = {}


class Present:
    """The task that this process runs, if any."""

    def __init__(self) -> None:
        self.doing = NOTHING


_present: Final = Present()


@celeryd_after_setup.connect
def note_worker(sender: str, instance: Any, **_: Any) -> None:
    """Remember in the main process how the worker is called and what it serves."""
    _worker.update(worker=sender, queues=sorted(instance.app.amqp.queues.consume_from))


@task_prerun.connect
def note_begin(task_id: str, task: Any, **_: Any) -> None:
    """Remember what the process is at."""
    _present.doing = Doing(task.name, clock.now(), task_id)


@task_postrun.connect
def note_end(**_: Any) -> None:
    """It is at nothing any more."""
    _present.doing = NOTHING


@worker_process_shutdown.connect
def leave(**_: Any) -> None:
    """A process that ends as it should is not missed."""
    _say_goodbye(os.getpid())


@worker_shutdown.connect
def leave_all(**_: Any) -> None:
    """The same for those whose worker ends."""
    _say_goodbye(None)


def start() -> None:
    """Say it from now on; for a process of a worker."""
    if _worker:
        threading.Thread(target=_run, name="roster", daemon=True).start()


def _run() -> None:
    """Every few seconds, and sooner when it has been at another task for a while.

    Turns are short: of most of them nobody hears. What takes long is told within two seconds.
    """
    pause = threading.Event()
    said, left = NOTHING, 0.0
    while True:
        doing = _present.doing
        is_news = doing != said and (doing is NOTHING or _is_long(doing))
        if left <= 0 or is_news:
            _say(doing)
            said, left = doing, SAID_EVERY.total_seconds()
        pause.wait(LOOK_EVERY)
        left -= LOOK_EVERY


def _is_long(doing: Doing) -> bool:
    return doing.since is not None and (clock.now() - doing.since).total_seconds() >= LOOK_EVERY


def _say(doing: Doing) -> None:
    in_hand = tuple(each.id for each in keeper().in_hand())
    at = Doing(doing.handler, doing.since, doing.task_id, in_hand)
    try:
        say_here(pid=os.getpid(), doing=at, **_worker)
    except (DatabaseError, InterfaceError) as error:
        logger.debug("Could not say that it is there: %s", error)
    finally:
        connection.close()


def _say_goodbye(pid: int | None) -> None:
    if not _worker:
        return
    try:
        say_goodbye(worker=_worker["worker"], pid=pid)
    except (DatabaseError, InterfaceError) as error:
        logger.debug("Could not say goodbye: %s", error)
    finally:
        connection.close()
