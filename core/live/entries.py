"""Writing and reading the entries of streams: all the SQL of the numbers."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from core.live.broadcast import broadcast
from core.tracing import doors


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be written; `data` is what `json` can write."""

    stream: str
    type: str
    data: Mapping[str, Any]
    event_id: UUID | None = None  # which it tells of, for its trace; not stored


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it is stored. Numbers of a stream begin at 1 and leave none out."""

    stream: str
    seq: int
    type: str
    data: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is of a stream: the number of its newest entry and of the oldest still stored."""

    oldest: int  # head + 1 where none is stored
    head: int  # 0 before the first entry

    def follows(self, after: int) -> bool:
        """Whether everything behind number `after` can be told."""
        return self.oldest - 1 <= after <= self.head


class NoTransactionError(RuntimeError):
    """Entries were appended outside the transaction of what they tell."""


# The row of live_stream is the lock under which numbers are given, so that they become visible in
# their order (a SEQUENCE would let a later commit carry a lower number). Rows are locked in the
# order of their names: two writers of the same streams wait for, and never deadlock, each other.
APPEND: Final = """
WITH new AS (
    SELECT stream, type, data::jsonb, place
    FROM unnest(%(streams)s::text[], %(types)s::text[], %(data)s::text[])
        WITH ORDINALITY AS new(stream, type, data, place)
), grown AS (
    INSERT INTO live_stream AS mine (name, head)
    SELECT stream, count(*) FROM new GROUP BY stream ORDER BY stream
    ON CONFLICT (name) DO UPDATE SET head = mine.head + excluded.head
    RETURNING name, head
), numbered AS (
    SELECT stream, type, data, place, grown.head - count(*) OVER (PARTITION BY stream)
        + row_number() OVER (PARTITION BY stream ORDER BY place) AS seq
    FROM new JOIN grown ON grown.name = new.stream
), stored AS (
    INSERT INTO live_entry (stream, seq, type, data) SELECT stream, seq, type, data FROM numbered
)
SELECT seq FROM numbered ORDER BY place
"""

READ: Final = """
SELECT entry.stream, entry.seq, entry.type, entry.data, entry.at
FROM unnest(%(streams)s::text[], %(afters)s::bigint[]) AS wanted(stream, after)
CROSS JOIN LATERAL (
    SELECT * FROM live_entry
    WHERE live_entry.stream = wanted.stream AND live_entry.seq > wanted.after
    ORDER BY live_entry.seq LIMIT %(limit)s
) AS entry
ORDER BY entry.stream, entry.seq
"""

HEADS: Final = "SELECT name, head FROM live_stream WHERE name = ANY(%(streams)s)"

KEPT: Final = """
SELECT
    coalesce((SELECT head FROM live_stream WHERE name = %(stream)s), 0),
    (SELECT min(seq) FROM live_entry WHERE stream = %(stream)s)
"""

REWRITE: Final = """
UPDATE live_entry SET data = new.data::jsonb
FROM unnest(%(streams)s::text[], %(seqs)s::bigint[], %(data)s::text[]) AS new(stream, seq, data)
WHERE live_entry.stream = new.stream AND live_entry.seq = new.seq
"""

# A statement of its own, so that the next one sees what the one who held the lock has written. An
# insert, because that waits also for who is about to begin the stream.
LOCK: Final = """
INSERT INTO live_stream AS mine (name, head) VALUES (%(stream)s, 0)
ON CONFLICT (name) DO UPDATE SET head = mine.head
"""

RETRACT: Final = """
UPDATE live_entry SET type = 'gone', data = '{}'
WHERE stream = %(stream)s AND data @> %(about)s::jsonb
    AND NOT coalesce(jsonb_exists_any(data -> %(list)s, %(spared)s::text[]), FALSE)
"""


def append(entries: Sequence[NewEntry]) -> list[int]:
    """Write entries to any number of streams in the present transaction, in one statement.

    Those who watch get a hint after the commit, from a thread, so this never waits for Redis. A
    stream stays locked until then: call this once in a transaction, and late.

    Returns the numbers in the entries' order. Raises NoTransactionError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise NoTransactionError("Entries must be appended inside the transaction they belong to.")
    if not entries:
        return []
    columns = {
        "streams": [entry.stream for entry in entries],
        "types": [entry.type for entry in entries],
        "data": [json.dumps(entry.data, allow_nan=False) for entry in entries],
    }
    with connection.cursor() as cursor:
        cursor.execute(APPEND, columns)
        seqs = [seq for (seq,) in cursor.fetchall()]
    heads = dict(zip(columns["streams"], seqs, strict=True))  # the last of each stream stays
    told = zip(columns["streams"], seqs, (entry.event_id for entry in entries), strict=True)
    traces = doors.carried(told)
    transaction.on_commit(lambda: broadcast(heads, traces), robust=True)
    return seqs


def rewrite(entries: Iterable[tuple[str, int, Mapping[str, Any]]]) -> None:
    """Have entries, by stream and number, say something else to whoever has not got them yet."""
    rows = list(entries)
    columns: dict[str, Any] = {
        "streams": [stream for stream, _, _ in rows],
        "seqs": [seq for _, seq, _ in rows],
        "data": [json.dumps(data, allow_nan=False) for _, _, data in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(REWRITE, columns)


def retract(
    stream: str, about: Mapping[str, Any], *, unless: tuple[str, Sequence[str]] = ("", ())
) -> None:
    """Empty the entries whose data holds `about`, in the present transaction; numbers stay.

    `unless` names a list in the data, and words any of which spares the entry. The stream stays
    locked until the end: an entry that is being written at this moment is waited for, and found.
    """
    row = {"stream": stream, "about": json.dumps(about), "list": unless[0]}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, row)
        cursor.execute(RETRACT, row | {"spared": list(unless[1])})


def read(stream: str, after: int, limit: int) -> list[StoredEntry]:
    """Up to `limit` entries of a stream with a number above `after`, in order."""
    return read_many({stream: after}, limit)


def read_many(afters: Mapping[str, int], limit: int) -> list[StoredEntry]:
    """Up to `limit` entries of each stream above its number, stream by stream, in order."""
    streams, numbers = list(afters), list(afters.values())
    with connection.cursor() as cursor:
        cursor.execute(READ, {"streams": streams, "afters": numbers, "limit": limit})
        return [
            StoredEntry(stream, seq, type_, json.loads(data), at)
            for stream, seq, type_, data, at in cursor.fetchall()
        ]


def heads(streams: Iterable[str]) -> dict[str, int]:
    """The number of each stream's newest entry, 0 where there is none yet."""
    names = list(streams)
    with connection.cursor() as cursor:
        cursor.execute(HEADS, {"streams": names})
        return dict.fromkeys(names, 0) | dict(cursor.fetchall())


def kept(stream: str) -> Kept:
    """Which entries of a stream there are."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT, {"stream": stream})
        head, oldest = cursor.fetchone()
    return Kept(oldest=head + 1 if oldest is None else oldest, head=head)
