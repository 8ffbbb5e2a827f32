"""Claiming deliveries and saying what became of them: all the SQL of the outbox's far end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import connection
from psycopg2.extras import Json

from core.events.database.base import carry
from core.events.event import Event
from core.events.versions import read_event
from core.isolation.scope import outbox

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Claimed(Generic[E]):
    """A delivery that this worker holds until its lease ends, and its event."""

    id: int
    attempt: int  # 1 for the first; the fence against a worker that lost its lease
    forgiven: int  # attempts that do not count any more, since somebody had it run again
    centre_id: int
    handler: str
    key: str
    event_id: UUID
    request_id: str
    version: int
    payload: str  # JSON
    waited: float = 0.0  # seconds since the first one of its batch was due
    event_type: type[E] = field(kw_only=True)

    @property
    def tries(self) -> int:
        """How many attempts count, this one included."""
        return self.attempt - self.forgiven

    @cached_property
    def event(self) -> E:
        """Read on first use, so that an unreadable payload fails its own delivery only."""
        return read_event(self.event_type, self.version, self.payload)


# The functions stand in core/events/claims.sql. A claim is one statement, so its own transaction.
CLAIM: Final = """
SELECT * FROM claim_due_deliveries(
    %(handler)s, %(limit)s, %(lease)s, %(after)s, %(at_once)s, %(durable)s
)
"""

FAIL: Final = """
UPDATE delivery SET
    state = CASE WHEN %(last)s THEN 'dead' ELSE 'pending' END,
    due_at = now() + make_interval(secs => %(wait)s),
    detail = %(error)s,
    cause = CASE WHEN %(last)s THEN ops_cause(ops_error(%(error)s)) ELSE '' END,
    finished_at = CASE WHEN %(last)s THEN now() END
WHERE id = %(id)s AND attempt = %(attempt)s AND (state = 'running') IS TRUE
"""

POSTPONE: Final = """
UPDATE delivery SET
    state = 'pending', forgiven = forgiven + 1, due_at = now() + make_interval(secs => %(wait)s),
    detail = %(reason)s
WHERE id = %(id)s AND attempt = %(attempt)s AND (state = 'running') IS TRUE
"""

HOLD: Final = """
SELECT FROM delivery WHERE id = %s AND attempt = %s AND (state = 'running') IS TRUE FOR UPDATE
"""

# What is locked is just being finished; to wait for it in another order could be for ever.
RENEW: Final = """
UPDATE delivery SET due_at = now() + make_interval(secs => %(lease)s)
WHERE id IN (
    SELECT id FROM delivery
    JOIN unnest(%(ids)s::bigint[], %(attempts)s::int[]) AS mine(id, attempt) USING (id, attempt)
    WHERE (state = 'running') IS TRUE
    FOR UPDATE OF delivery SKIP LOCKED
)
"""

# The recipients as one object: lists of so many strings take longer to write out than to insert.
# A delivery fans out once; should it do so again, those who have theirs are left alone.
FAN_OUT: Final = """
INSERT INTO delivery (
    event_id, centre_id, handler, key, state, attempt, detail, due_at, finished_at
)
SELECT %(event)s, %(centre)s, %(handler)s, key,
    CASE WHEN reason = '' THEN 'pending' ELSE 'skipped' END, 0,
    CASE WHEN reason = '' THEN %(waits)s ELSE reason END,
    now() + make_interval(secs => %(wait)s),
    CASE WHEN reason <> '' THEN now() END
FROM json_each_text(%(recipients)s) AS recipient(key, reason)
WHERE key NOT IN (SELECT key FROM delivery WHERE event_id = %(event)s AND handler = %(handler)s)
"""


NONE_YET: Final = -1  # before the first centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a worker asks for: up to `limit` due deliveries of one centre, the one after `after`."""

    limit: int
    lease: timedelta
    after: int = NONE_YET  # the centre served last
    at_once: int | None = None  # so many running deliveries are enough for a centre
    durable: bool = True  # whether the claim is on disk before the batch runs


def claim(handler: str, event_type: type[E], wanted: Claim) -> list[Claimed[E]]:
    """Claim due deliveries; none when there are none, or when the handler's queue is paused.

    Its own short transaction: when this returns, attempt and lease are committed, so an attempt
    that kills its worker is counted. A row whose lease has run out is claimable like a due one.

    A claim that is not durable can be undone by a crash of PostgreSQL, and its attempt number given
    twice. That harms no batch whose effects commit together with its end, as the first to commit
    ends it; what has effects outside PostgreSQL needs a durable one.
    """
    arguments: dict[str, Any] = {
        "handler": handler,
        "limit": wanted.limit,
        "lease": wanted.lease,
        "after": wanted.after,
        "at_once": wanted.at_once,
        "durable": wanted.durable,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, arguments)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [Claimed(*row, event_type=event_type) for row in sorted(rows)]


def finish(batch: Sequence[Claimed[E]]) -> list[Claimed[E]]:
    """Mark what is still ours as done, in the present transaction; what is not is left out.

    `batch` is of one claim, so of one attempt: what is tried again is claimed alone.
    """
    with connection.cursor() as cursor:
        ids = [each.id for each in batch]
        cursor.execute("SELECT finish_deliveries(%s, %s)", [ids, batch[0].attempt])
        mine = {row[0] for row in cursor.fetchall()}
    return [delivery for delivery in batch if delivery.id in mine]


def end(batch: Sequence[Claimed[E]]) -> None:
    """Mark all of a claim as done as the present transaction commits; that fails, with a
    DatabaseError, where one of them is not ours any more.
    """
    carry("SELECT end_deliveries(%s, %s)", [[each.id for each in batch], batch[0].attempt])


def skip(delivery: Claimed[E], reason: str) -> None:
    """Within its finishing transaction: nothing was done for this one, because `reason`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET state = 'skipped', detail = %s WHERE id = %s AND attempt = %s",
            [reason, delivery.id, delivery.attempt],
        )


def fail(delivery: Claimed[E], error: str, *, last: bool, wait: timedelta = timedelta()) -> bool:
    """Give a failed delivery its next time, or make it a dead letter when this was the `last`.

    False, and nothing changed, when it is not ours any more.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            FAIL,
            {
                "id": delivery.id,
                "attempt": delivery.attempt,
                "wait": wait.total_seconds(),
                "error": error,
                "last": last,
            },
        )
        return bool(cursor.rowcount)


def postpone(delivery: Claimed[E], reason: str, *, wait: timedelta) -> None:
    """Let a delivery go that this worker cannot run, without counting the attempt."""
    with connection.cursor() as cursor:
        cursor.execute(
            POSTPONE,
            {
                "id": delivery.id,
                "attempt": delivery.attempt,
                "reason": reason,
                "wait": wait.total_seconds(),
            },
        )


def hold(delivery: Claimed[E]) -> bool:
    """Lock a delivery for the present transaction; False when it is not ours any more."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [delivery.id, delivery.attempt])
        return cursor.fetchone() is not None


@outbox()
def renew(batch: Sequence[Claimed[E]], lease: timedelta) -> None:
    """Hold what is still ours for another lease."""
    with connection.cursor() as cursor:
        ids, attempts = [each.id for each in batch], [each.attempt for each in batch]
        cursor.execute(RENEW, {"ids": ids, "attempts": attempts, "lease": lease.total_seconds()})


def fan_out(
    delivery: Claimed[E],
    recipients: Iterable[tuple[str, str]],
    wait: timedelta = timedelta(),
    waits: str = "",
) -> None:
    """A delivery row for each (key, reason to skip or '') in one statement; twice is once.

    They are due after `wait`; `waits` says why not at once.
    """
    rows: dict[str, Any] = {
        "event": delivery.event_id,
        "centre": delivery.centre_id,
        "handler": delivery.handler,
        "recipients": Json(dict(recipients)),
        "wait": wait.total_seconds(),
        "waits": waits,
    }
    with connection.cursor() as cursor:
        cursor.execute(FAN_OUT, rows)


def due_handlers(handlers: Sequence[str]) -> list[str]:
    """Those of the handlers that have something to claim now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT due_handlers(%s)", [list(handlers)])
        return [row[0] for row in cursor.fetchall()]
