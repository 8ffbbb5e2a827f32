"""Samples of the queues: written by the relays, so they go on when no worker and no Redis does.

Plain SQL: a relay holds no models.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

from core.ops.queues import Queue

SLOT: Final = timedelta(seconds=10)
IDLE_SLOT: Final = timedelta(minutes=1)  # while nothing waits
KEPT_FOR: Final = timedelta(days=7)
PRUNED: Final = 2_000  # rows at a time; far more than come in between
# Samples further apart than this say nothing of what was between them.
STEADY_WITHIN: Final = timedelta(seconds=30)

# The first relay that comes in a slot takes it. One row, whatever comes at the same time.
TAKE: Final = """
INSERT INTO ops_look (id, at) VALUES (1, %(slot)s)
ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE ops_look.at < excluded.at
RETURNING id
"""

# Done is counted from the sample before on, if that is not too long ago. It was steady where work
# was left over at both ends, more than the processes could have in hand, for as many of them.
WRITE: Final = """
INSERT INTO ops_sample (
    at, queue, depth, due, running, oldest_age, done, seconds, workers, processes, is_steady
)
SELECT %(at)s, queue, depth, due, running, oldest_age, done, seconds, workers, processes,
    coalesce(
        done > 0 AND processes > 0 AND NOT is_paused AND seconds <= %(steady)s
        AND least(due, before_due) > processes AND before_processes = processes, false)
FROM (
    SELECT now_.*, before.due AS before_due, before.processes AS before_processes, span.seconds,
        (SELECT count(*) FROM delivery
         WHERE finished_at > %(at)s - make_interval(secs => span.seconds)
            AND finished_at <= %(at)s AND state IN ('done', 'skipped')
            AND split_part(handler, '.', 1) = now_.queue) AS done
    FROM unnest(
        %(queues)s::text[], %(depths)s::int[], %(dues)s::int[], %(runnings)s::int[],
        %(ages)s::float[], %(workers)s::int[], %(processes)s::int[], %(paused)s::bool[]
    ) AS now_(queue, depth, due, running, oldest_age, workers, processes, is_paused)
    LEFT JOIN LATERAL (
        SELECT at, due, processes FROM ops_sample
        WHERE ops_sample.queue = now_.queue AND at < %(at)s AND at > %(at)s - %(idle)s * 1.5
        ORDER BY at DESC LIMIT 1
    ) AS before ON true
    CROSS JOIN LATERAL (
        SELECT extract(epoch FROM coalesce(%(at)s - before.at, %(idle)s))::float AS seconds
    ) AS span
) AS found
ON CONFLICT (at, queue) DO NOTHING
"""

PRUNE: Final = """
DELETE FROM ops_sample WHERE id IN (
    SELECT id FROM ops_sample WHERE at < now() - %(kept)s ORDER BY at LIMIT %(most)s)
"""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time for a look: a whole minute is one in any case, the others while something waits."""

    at: datetime

    @classmethod
    def of(cls, moment: datetime) -> "Slot":
        """The slot that a moment lies in."""
        seconds = SLOT.total_seconds()
        return cls(datetime.fromtimestamp(moment.timestamp() // seconds * seconds, UTC))

    @property
    def is_minute(self) -> bool:
        """Whether a sample is written though nothing waits."""
        return self.at.second == 0


def take_slot(slot: Slot) -> bool:
    """Whether this relay is the one that looks in this slot."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"slot": slot.at})
        return cursor.fetchone() is not None


def write_samples(queues: Sequence[Queue], at: datetime) -> None:
    """How the queues stand at this moment; twice is once."""
    row: dict[str, Any] = {
        "at": at,
        "idle": IDLE_SLOT,
        "steady": STEADY_WITHIN.total_seconds(),
        "queues": [each.name for each in queues],
        "depths": [each.pending for each in queues],
        "dues": [each.due for each in queues],
        "runnings": [each.running for each in queues],
        "ages": [each.oldest_age for each in queues],
        "workers": [each.workers for each in queues],
        "processes": [each.processes for each in queues],
        "paused": [each.paused_at is not None for each in queues],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, row)


def prune_samples() -> int:
    """Remove the oldest of those that were kept for long enough; returns how many."""
    which: dict[str, Any] = {"kept": KEPT_FOR, "most": PRUNED}
    with connection.cursor() as cursor:
        cursor.execute(PRUNE, which)
        return int(cursor.rowcount)
