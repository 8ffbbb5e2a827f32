"""How the queues stand: what waits, since when, and how fast it goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from core.events.registry import handler_names
from core.events.wire import queue_of
from core.ops.roster import BELIEVED_FOR

RATE_OVER: Final = 120  # seconds

# Open deliveries stand in a partial index, and those that ended lately are found by a BRIN index.
OVERVIEW: Final = """
WITH waiting AS (
    SELECT split_part(handler, '.', 1) AS queue,
        count(*) FILTER (WHERE state = 'pending') AS pending,
        count(*) FILTER (WHERE state = 'running') AS running,
        extract(epoch FROM now() - min(due_at) FILTER (WHERE due_at <= now())) AS oldest
    FROM delivery WHERE state IN ('pending', 'running') GROUP BY 1
), ended AS (
    SELECT split_part(handler, '.', 1) AS queue, count(*) AS done FROM delivery
    WHERE finished_at > now() - make_interval(secs => %(over)s) AND state IN ('done', 'skipped')
    GROUP BY 1
), dead AS (
    SELECT split_part(handler, '.', 1) AS queue, count(*) AS dead FROM delivery
    WHERE state = 'dead' GROUP BY 1
)
SELECT queue, coalesce(pending, 0), coalesce(running, 0), coalesce(dead, 0),
    oldest::float, coalesce(done, 0) / %(over)s::float,
    paused_at, coalesce(reason, ''),
    (SELECT count(DISTINCT worker) FROM worker_process
     WHERE queue = ANY(queues) AND seen_at > now() - make_interval(secs => %(believed)s))
FROM unnest(%(queues)s::text[]) AS known(queue)
    LEFT JOIN waiting USING (queue) LEFT JOIN ended USING (queue) LEFT JOIN dead USING (queue)
    LEFT JOIN queue_pause USING (queue)
ORDER BY queue
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue at this moment."""

    name: str
    pending: int
    running: int
    dead: int
    oldest_age: float | None  # seconds since the longest waiting one was due; None: nothing waits
    done_per_second: float
    paused_at: datetime | None
    reason: str  # of the pause
    workers: int  # that serve it, as far as they have said so lately

    @property
    def drained_in(self) -> float | None:
        """Seconds until nothing waits, if it goes on like this; None when that cannot be said."""
        if not self.pending:
            return 0.0
        if self.paused_at or not self.done_per_second:
            return None
        return self.pending / self.done_per_second


def queue_names() -> list[str]:
    """The queues that any handler stands in."""
    return sorted({queue_of(handler) for handler in handler_names()})


def overview() -> list[Queue]:
    """All queues by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            OVERVIEW,
            {"queues": queue_names(), "over": RATE_OVER, "believed": BELIEVED_FOR.total_seconds()},
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [Queue(*row) for row in rows]
