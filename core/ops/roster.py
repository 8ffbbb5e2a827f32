"""Which workers are there: each of their processes says so now and then."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction

SAID_EVERY: Final = timedelta(seconds=10)
BELIEVED_FOR: Final = timedelta(seconds=30)

# What nobody believes any more leaves with the next one that says something.
SAY: Final = """
WITH gone AS (
    DELETE FROM worker_process WHERE seen_at < now() - make_interval(secs => %(kept)s)
        AND (worker, pid) <> (%(worker)s, %(pid)s)
)
INSERT INTO worker_process (worker, pid, queues, seen_at)
VALUES (%(worker)s, %(pid)s, %(queues)s, now())
ON CONFLICT (worker, pid) DO UPDATE SET seen_at = now(), queues = excluded.queues
"""


def say_here(*, worker: str, pid: int, queues: Sequence[str]) -> None:
    """A process of that worker serves these queues."""
    said: dict[str, Any] = {
        "worker": worker,
        "pid": pid,
        "queues": list(queues),
        "kept": 2 * BELIEVED_FOR.total_seconds(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SAY, said)
