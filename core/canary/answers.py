"""Noting that a queue has answered, and finding those that have not."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.events.registry import handler_names

PATIENCE: Final = timedelta(minutes=2)  # within which a queue must answer
FUNCTION: Final = ".answer_canary"  # the handler that each queue has

ANSWER: Final = """
INSERT INTO queue_canary AS mine (queue, sent_at, answered_at)
SELECT %(queue)s, max(occurred_at), now() FROM event WHERE id = ANY(%(events)s)
HAVING count(*) > 0
ON CONFLICT (queue) DO UPDATE SET
    sent_at = greatest(mine.sent_at, excluded.sent_at), answered_at = excluded.answered_at
"""

# One look into the index of what is open, whatever the backlog. A paused queue answers nobody.
LATE: Final = """
SELECT DISTINCT split_part(handler, '.', 1) AS queue
FROM delivery JOIN event ON event.id = delivery.event_id
WHERE handler = ANY(%(handlers)s) AND state IN ('pending', 'running')
    AND occurred_at < now() - %(patience)s
    AND split_part(handler, '.', 1) NOT IN (SELECT queue FROM queue_pause)
ORDER BY queue
"""


def note_answer(queue: str, events: Sequence[UUID]) -> None:
    """The queue has answered these canaries."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWER, {"queue": queue, "events": list(events)})


def late_canaries(among: Sequence[str] | None = None) -> list[str]:
    """The queues that have left a canary of more than two minutes ago without an answer.

    `among` names the handlers, for who does not hold the table of subscriptions.
    """
    names = handler_names() if among is None else among
    handlers = [name for name in names if name.endswith(FUNCTION)]
    wanted: dict[str, Any] = {"handlers": handlers, "patience": PATIENCE}
    with connection.cursor() as cursor:
        cursor.execute(LATE, wanted)
        return [queue for (queue,) in cursor.fetchall()]
