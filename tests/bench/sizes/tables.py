"""Filling the tables: in bulk, beside what is measured, through a connection of its own."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import psycopg2

from infra.local.stack import OWNER
from tests.bench.sizes.subject import HANDLER
from tests.bench.stage import Stage

CHUNK: Final = 250_000  # rows in a transaction
BYTES: Final = 700  # on disk for an event and its delivery, indexes and WAL among it
CENTRES: Final = tuple(range(10, 110, 10))  # with 1,000 due each has a whole batch
ONE: Final = (10,)
BETWEEN: Final = tuple(each for each in range(110) if each % 10)  # passed over from one to the next
AGE: Final = 100 * 24 * 3600 * 1000  # ms; older than what is published meanwhile

# Ids rise as real ones do. No two rows are due at the same moment: an index keeps equal keys in a
# fraction of the room.
FILL: Final = """
WITH happened AS (
    INSERT INTO event (id, kind, version, centre_id, subject, payload, request_id, occurred_at)
    SELECT
        (lpad(to_hex(%(first)s::bigint + n), 12, '0')
            || '7' || substr(gen_random_uuid()::text, 16))::uuid,
        'PageTurned', 1, centre.ids[1 + n %% cardinality(centre.ids)], 'page:' || %(first)s + n,
        jsonb_build_object('page_id', n, 'centre_id', 1), gen_random_uuid()::text, now()
    FROM generate_series(1, %(count)s) AS n, (SELECT %(centres)s::bigint[]) AS centre(ids)
    RETURNING id, centre_id
)
INSERT INTO delivery (
    event_id, centre_id, handler, key, state, attempt, detail, due_at, finished_at
)
SELECT id, centre_id, %(handler)s, '', %(state)s, %(attempt)s, '',
    now() + %(due_in)s + row_number() OVER () * interval '1 microsecond',
    CASE WHEN %(state)s = 'done' THEN now() END
FROM happened
"""

# What a claim and an end leave of a row and its index entries.
CLAIM_ALL: Final = """
UPDATE delivery SET state = 'running', attempt = 1, due_at = due_at + interval '1 hour'
WHERE state = 'pending'
"""
FINISH_ALL: Final = """
UPDATE delivery SET state = 'done', finished_at = now() WHERE state = 'running'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """So many events with a delivery each."""

    count: int
    centres: Sequence[int] = CENTRES  # in turn
    handler: str = HANDLER.name
    state: str = "pending"
    attempt: int = 0
    due_in: timedelta = timedelta()


class Tables:
    """`event` and `delivery`, which nobody vacuums or analyses unless told to."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._next_id = int(time.time() * 1000) - AGE
        for table in ("event", "delivery"):
            self._do(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")

    def clear(self) -> None:
        self._do("TRUNCATE event, delivery, queue_pause CASCADE")

    def refresh(self) -> None:
        """Dead rows gone, statistics right: what autovacuum comes to by and by."""
        self._do("VACUUM ANALYZE event")
        self._do("VACUUM ANALYZE delivery")

    def fill(self, rows: Rows) -> None:
        """Chunk by chunk, so that a transaction stays small."""
        for start in range(0, rows.count, CHUNK):
            count = min(CHUNK, rows.count - start)
            self._do(
                FILL,
                first=self._next_id,
                count=count,
                centres=list(rows.centres),
                handler=rows.handler,
                state=rows.state,
                attempt=rows.attempt,
                due_in=rows.due_in,
            )
            self._next_id += count

    def work_off(self) -> None:
        """Claim and finish all that there is, in bulk; nothing is vacuumed."""
        self._do(CLAIM_ALL)
        self._do(FINISH_ALL)

    def pause(self, queue: str) -> None:
        self._do("INSERT INTO queue_pause (queue, reason) VALUES (%(queue)s, '')", queue=queue)

    @contextmanager
    def old_snapshot(self) -> Iterator[None]:
        """A transaction that began long ago, such as a dump's: nothing dead may go before it."""
        url = self._stage.stack.database_url(OWNER)
        with closing(psycopg2.connect(url)) as other, other.cursor() as cursor:
            other.set_session(isolation_level="REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM queue_pause")
            yield

    def _do(self, statement: str, **arguments: Any) -> None:
        with self._stage.connection.cursor() as cursor:
            cursor.execute(statement, arguments or None)
