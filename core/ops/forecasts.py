"""Forecasts on record: what was predicted of a backlog with so many workers, and what became of it.

Plain SQL: the relays write them.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction

from core.ops.queues import Queue

LEAST: Final = 5.0  # seconds; what is drained sooner needs no forecast
GROWN: Final = 1.1  # times what was due: then it is another backlog
KEPT_FOR: Final = timedelta(days=90)

# An open forecast ends where its queue is paused, or empty, or has other processes, or grew.
END: Final = """
UPDATE drain_forecast AS mine SET ended_at = now(), outcome = CASE
    WHEN is_paused THEN 'paused'
    WHEN now_.due = 0 THEN 'drained'
    WHEN now_.processes <> mine.processes THEN 'scaled'
    ELSE 'grew' END
FROM unnest(%(queues)s::text[], %(dues)s::int[], %(processes)s::int[], %(paused)s::bool[])
    AS now_(queue, due, processes, is_paused)
WHERE mine.queue = now_.queue AND mine.ended_at IS NULL AND (
    is_paused OR now_.due = 0 OR now_.processes <> mine.processes
    OR now_.due > mine.due * %(grown)s)
"""

BEGIN: Final = """
INSERT INTO drain_forecast (
    queue, made_at, workers, processes, due, per_second, predicted_seconds, outcome
)
VALUES (
    %(queue)s, now(), %(workers)s, %(processes)s, %(due)s, %(rate)s, %(predicted)s, ''
)
ON CONFLICT (queue) WHERE ended_at IS NULL DO NOTHING
"""

PRUNE: Final = "DELETE FROM drain_forecast WHERE made_at < now() - %s"


@transaction.atomic
def keep_forecasts(queues: Sequence[Queue]) -> None:
    """End the forecasts that are over, and make one for each backlog that has none."""
    given: dict[str, Any] = {
        "queues": [each.name for each in queues],
        "dues": [each.due for each in queues],
        "processes": [each.processes for each in queues],
        "paused": [each.paused_at is not None for each in queues],
        "grown": GROWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(END, given)
        for each in queues:
            if (row := _worth_it(each)) is not None:
                cursor.execute(BEGIN, row)


def _worth_it(queue: Queue) -> dict[str, Any] | None:
    predicted, rate = queue.drained_in, queue.per_second
    if rate is None or predicted is None or predicted < LEAST:
        return None
    return {
        "queue": queue.name,
        "workers": queue.workers,
        "processes": queue.processes,
        "due": queue.due,
        "rate": rate,
        "predicted": predicted,
    }


def prune_forecasts() -> None:
    """Remove what was kept for long enough."""
    age: list[Any] = [KEPT_FOR]
    with connection.cursor() as cursor:
        cursor.execute(PRUNE, age)
