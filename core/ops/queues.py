"""How the queues stand: what waits, since when, how fast it goes, and how long it will take."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from core.events.registry import handler_names
from core.events.wire import queue_of
from core.ops.forecasting import (
    RECENT,
    Advice,
    Seen,
    advise,
    capacity_of,
    drained_in,
    per_second,
)
from core.ops.roster import BELIEVED_FOR

RATE_OVER: Final = 120  # seconds
PATIENCE: Final = 60.0  # seconds that a delivery may wait without anybody having to know why
LATELY: Final = 15  # seconds; what is done now, where nothing was learnt yet
LEARNT_FROM: Final = timedelta(days=7)
LEARNT_OF: Final = 2_000  # samples of a queue

# Open deliveries stand in a partial index, and those that ended lately are found by a BRIN index.
OVERVIEW: Final = """
WITH waiting AS (
    SELECT split_part(handler, '.', 1) AS queue,
        count(*) FILTER (WHERE state = 'pending') AS pending,
        count(*) FILTER (WHERE state = 'pending' AND due_at <= now()) AS due,
        count(*) FILTER (WHERE state = 'running') AS running,
        count(*) FILTER (WHERE state = 'running' AND due_at <= now()) AS lost,
        extract(epoch FROM now() - min(due_at) FILTER (WHERE due_at <= now())) AS oldest
    FROM delivery WHERE state IN ('pending', 'running') GROUP BY 1
), ended AS (
    SELECT split_part(handler, '.', 1) AS queue, count(*) AS done,
        count(*) FILTER (WHERE finished_at > now() - make_interval(secs => %(lately)s)) AS lately
    FROM delivery
    WHERE finished_at > now() - make_interval(secs => %(over)s) AND state IN ('done', 'skipped')
    GROUP BY 1
), dead AS (
    SELECT split_part(handler, '.', 1) AS queue, count(*) AS dead FROM delivery
    WHERE state = 'dead' GROUP BY 1
), serving AS (
    SELECT queue, count(DISTINCT worker) AS workers, count(*) AS processes
    FROM worker_process CROSS JOIN LATERAL unnest(queues) AS queue
    WHERE seen_at > now() - make_interval(secs => %(believed)s) GROUP BY 1
)
SELECT queue, coalesce(pending, 0), coalesce(running, 0), coalesce(dead, 0),
    oldest::float, coalesce(done, 0) / %(over)s::float,
    paused_at, coalesce(reason, ''), coalesce(workers, 0),
    coalesce(due, 0), coalesce(lost, 0), coalesce(lately, 0) / %(lately)s::float,
    coalesce(processes, 0)
FROM unnest(%(queues)s::text[]) AS known(queue)
    LEFT JOIN waiting USING (queue) LEFT JOIN ended USING (queue) LEFT JOIN dead USING (queue)
    LEFT JOIN serving USING (queue) LEFT JOIN queue_pause USING (queue)
ORDER BY queue
"""

LEARNT: Final = """
SELECT known.queue, processes, done, seconds
FROM unnest(%(queues)s::text[]) AS known(queue) CROSS JOIN LATERAL (
    SELECT processes, done, seconds, row_number() OVER (PARTITION BY processes ORDER BY at DESC)
    FROM (
        SELECT at, processes, done, seconds FROM ops_sample
        WHERE is_steady AND ops_sample.queue = known.queue AND at > now() - %(since)s
        ORDER BY at DESC LIMIT %(most)s
    ) AS latest
) AS seen
WHERE row_number <= %(each)s
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
    due: int = 0  # of the pending ones, those that could run now
    lost: int = 0  # of the running ones, those whose lease has run out
    lately_per_second: float = 0.0
    processes: int = 0  # of those workers
    learnt: Mapping[int, float] = field(default_factory=dict)  # per second, by processes

    @property
    def capacity(self) -> Mapping[int, float]:
        """By number of processes, what they do in a second: learnt, else as it goes just now."""
        if self.learnt or not self.lately_per_second or not self.processes:
            return self.learnt
        return {self.processes: self.lately_per_second}

    @property
    def per_second(self) -> float | None:
        """What its processes are expected to do in a second; None when nobody knows."""
        return None if self.paused_at else per_second(self.processes, self.capacity)

    @property
    def drained_in(self) -> float | None:
        """Seconds until nothing is due; None when that cannot be said."""
        return drained_in(self.due, self.per_second)

    @property
    def is_late(self) -> bool:
        """Whether something has waited for longer than it should."""
        return (self.oldest_age or 0.0) > PATIENCE

    @property
    def advice(self) -> Advice | None:
        """How many workers would drain it soon; None where it needs no more of them.

        A few that have just come, and of which nobody knows how long they take, are no backlog.
        """
        is_young = self.workers > 0 and self.drained_in is None and not self.is_late
        if self.paused_at or is_young:
            return None
        return advise(
            due=self.due, workers=self.workers, processes=self.processes, capacity=self.capacity
        )


def queue_names() -> list[str]:
    """The queues that any handler stands in."""
    return sorted({queue_of(handler) for handler in handler_names()})


def overview(queues: Sequence[str] | None = None) -> list[Queue]:
    """The named queues, or all of them, by name."""
    names = list(queue_names() if queues is None else queues)
    wanted: dict[str, Any] = {
        "queues": names,
        "over": RATE_OVER,
        "lately": LATELY,
        "believed": BELIEVED_FOR.total_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(OVERVIEW, wanted)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    learnt = capacities(names)
    return [replace(Queue(*row), learnt=learnt.get(row[0], {})) for row in rows]


def capacities(queues: Sequence[str]) -> dict[str, dict[int, float]]:
    """By queue and number of processes, what was lately seen to be done in a second."""
    wanted: dict[str, Any] = {
        "queues": list(queues),
        "since": LEARNT_FROM,
        "most": LEARNT_OF,
        "each": RECENT,
    }
    found: dict[str, list[Seen]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(LEARNT, wanted)
        for queue, *seen in cursor.fetchall():
            found[queue].append(Seen(*seen))
    return {queue: capacity_of(samples) for queue, samples in found.items()}
