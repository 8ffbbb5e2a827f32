"""What leaves after its time: each sweep removes a bounded number of rows at a time.

A batch is one short transaction that finds its rows by an index and locks nothing else, so claims
go on beside it. `take` is given where the last batch ended, and says where it ended itself.
"""

from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core import clock
from core.events import retention
from core.events.retention import Kept, first_id
from tasks.cleanup.files import FILE_SWEEPS
from tasks.cleanup.imports import IMPORT_SWEEPS
from tasks.cleanup.sweep import Sweep, Taken

BATCH: Final = 5_000  # rows
LOOK: Final = 500  # events in one look, with up to BATCH of their deliveries
STREAMS: Final = 50  # streams in one look, BATCH / STREAMS entries of each
LOOKBACK: Final = timedelta(days=7)  # how far behind a shorter retention it is looked for the rest

# An event may go when nothing of it is open, waits for a person or is too young.
SEE: Final = """
SELECT id, occurred_at < now() - age AND NOT EXISTS (
    SELECT FROM delivery WHERE event_id = seen.id AND (
        state IN ('pending', 'running', 'dead') OR finished_at >= now() - age)
)
FROM (
    SELECT id, occurred_at, coalesce(
        (SELECT age FROM unnest(%(kinds)s::text[], %(ages)s::interval[]) AS own(kind, age)
         WHERE own.kind = event.kind), %(default)s) AS age
    FROM event WHERE id > %(after)s AND id < %(until)s ORDER BY id LIMIT %(look)s
) AS seen
ORDER BY id
"""

DROP_DELIVERIES: Final = """
WITH gone AS MATERIALIZED (
    SELECT id FROM delivery
    WHERE event_id = ANY(%(events)s) AND state NOT IN ('pending', 'running', 'dead')
    LIMIT %(batch)s FOR UPDATE SKIP LOCKED
), mails AS (
    DELETE FROM mail WHERE delivery_id IN (SELECT id FROM gone)
), jobs AS (
    DELETE FROM job WHERE delivery_id IN (SELECT id FROM gone)
)
DELETE FROM delivery WHERE id IN (SELECT id FROM gone)
"""

DROP_EVENTS: Final = """
DELETE FROM event WHERE id = ANY(%(events)s)
    AND NOT EXISTS (SELECT FROM delivery WHERE event_id = event.id)
"""

# From the oldest on, and never over one that stays: a stream has no gaps.
DROP_ENTRIES: Final = """
WITH seen AS MATERIALIZED (
    SELECT name, head FROM live_stream
    WHERE name > %(after)s AND starts_with(name, %(prefix)s) ORDER BY name LIMIT %(streams)s
), oldest AS (
    SELECT entry.id, bool_and(at < now() - %(age)s) OVER (PARTITION BY name ORDER BY seq) AS old
    FROM seen CROSS JOIN LATERAL (
        SELECT id, seq, at FROM live_entry
        WHERE stream = name AND seq <= head - %(newest)s ORDER BY seq LIMIT %(each)s
    ) AS entry
), gone AS (
    DELETE FROM live_entry WHERE id IN (SELECT id FROM oldest WHERE old) RETURNING stream
)
SELECT name, (SELECT count(*) FROM gone WHERE stream = name) FROM seen ORDER BY name
"""

DROP_SLOTS: Final = """
DELETE FROM schedule_slot WHERE id IN (
    SELECT id FROM schedule_slot WHERE due_at < now() - %(age)s
    ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
"""

DROP_ANSWERS: Final = """
DELETE FROM idempotent_answer WHERE id IN (
    SELECT id FROM idempotent_answer WHERE created_at < now() - %(age)s
    ORDER BY created_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
"""


def take_events(age: timedelta, after: str) -> Taken:
    """Remove events that became older than `age` lately, or for the default at any time."""
    now = clock.now()
    start = UUID(int=0) if age >= retention.DEFAULT else first_id(now - age - LOOKBACK)
    seen = _see(UUID(after) if after else start, first_id(now - age))
    removed = _drop([event for event, may_go in seen if may_go])
    if removed >= BATCH:
        return Taken(removed, after)
    return Taken(removed, str(seen[-1][0]) if len(seen) == LOOK else None)


def take_entries(prefix: str, kept: Kept, after: str) -> Taken:
    """Remove the oldest entries of some streams."""
    each = BATCH // STREAMS
    wanted: dict[str, Any] = {
        "after": after or prefix,
        "prefix": prefix,
        "age": kept.age,
        "newest": kept.newest,
        "streams": STREAMS,
        "each": each,
    }
    with connection.cursor() as cursor:
        cursor.execute(DROP_ENTRIES, wanted)
        seen: list[tuple[str, int]] = cursor.fetchall()
    removed = sum(count for _, count in seen)
    if any(count == each for _, count in seen):
        return Taken(removed, after)
    return Taken(removed, seen[-1][0] if len(seen) == STREAMS else None)


def take_oldest(statement: str, age: timedelta, _after: str) -> Taken:
    """Remove the oldest rows of a table."""
    removed = _execute(statement, age=age, batch=BATCH)
    return Taken(removed, "" if removed == BATCH else None)


def _see(after: UUID, until: UUID) -> list[tuple[UUID, bool]]:
    wanted: dict[str, Any] = {
        "after": after,
        "until": until,
        "look": LOOK,
        "kinds": list(retention.EVENTS),
        "ages": list(retention.EVENTS.values()),
        "default": retention.DEFAULT,
    }
    with connection.cursor() as cursor:
        cursor.execute(SEE, wanted)
        rows: list[tuple[UUID, bool]] = cursor.fetchall()
    return rows


def _drop(events: list[UUID]) -> int:
    """Remove deliveries, up to a batch of them; then, if that was all, the events."""
    removed = _execute(DROP_DELIVERIES, events=events, batch=BATCH)
    return removed if removed >= BATCH else removed + _execute(DROP_EVENTS, events=events)


def _execute(statement: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _events(age: timedelta) -> Sweep:
    return Sweep(f"events of {age.days} days", partial(take_events, age))


SWEEPS: Final = (
    *(_events(age) for age in sorted({*retention.EVENTS.values(), retention.DEFAULT})),
    *(
        Sweep(f"entries of {prefix}", partial(take_entries, prefix, kept))
        for prefix, kept in retention.ENTRIES.items()
    ),
    Sweep("schedule slots", partial(take_oldest, DROP_SLOTS, retention.SLOTS)),
    Sweep("idempotency keys", partial(take_oldest, DROP_ANSWERS, retention.ANSWERS)),
    *FILE_SWEEPS,
    *IMPORT_SWEEPS,
)
