"""Which workers are there: each of their processes says so now and then, and what it is at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

SAID_EVERY: Final = timedelta(seconds=4)
BELIEVED_FOR: Final = timedelta(seconds=12)
KEPT_FOR: Final = timedelta(minutes=2)  # what has fallen silent, for operators to see

# What fell silent long ago leaves with the next one that says something.
SAY: Final = """
WITH gone AS (
    DELETE FROM worker_process WHERE seen_at < now() - make_interval(secs => %(kept)s)
        AND (worker, pid) <> (%(worker)s, %(pid)s)
)
INSERT INTO worker_process (worker, pid, queues, seen_at, doing, since, task_id, deliveries)
VALUES (
    %(worker)s, %(pid)s, %(queues)s, now(), %(doing)s, %(since)s, %(task_id)s,
    %(deliveries)s::bigint[]
)
ON CONFLICT (worker, pid) DO UPDATE SET
    seen_at = now(), queues = excluded.queues, doing = excluded.doing, since = excluded.since,
    task_id = excluded.task_id, deliveries = excluded.deliveries
"""

LEAVE: Final = """
DELETE FROM worker_process WHERE worker = %(worker)s AND (pid = %(pid)s OR %(pid)s IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Doing:
    """What a process is at: the handler, since when, under which task id, with which deliveries."""

    handler: str = ""
    since: datetime | None = None
    task_id: str = ""
    deliveries: tuple[int, ...] = ()


NOTHING: Final = Doing()


def say_here(*, worker: str, pid: int, queues: Sequence[str], doing: Doing = NOTHING) -> None:
    """A process of that worker serves these queues, and is at this."""
    said: dict[str, Any] = {
        "worker": worker,
        "pid": pid,
        "queues": list(queues),
        "kept": KEPT_FOR.total_seconds(),
        "doing": doing.handler,
        "since": doing.since,
        "task_id": doing.task_id,
        "deliveries": list(doing.deliveries),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SAY, said)


def say_goodbye(*, worker: str, pid: int | None = None) -> None:
    """A process of that worker ends as it should; without `pid`, all of them do."""
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, {"worker": worker, "pid": pid})
