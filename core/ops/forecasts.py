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
    queue, made_at, workers, processes, due, per_second, predicted_seconds, is_measured, outcome
)
VALUES (
    %(queue)s, now(), %(workers)s, %(processes)s, %(due)s, %(rate)s, %(predicted)s, %(measured)s, ''
)
ON CONFLICT (queue) WHERE ended_at IS NULL DO NOTHING
"""

# The first time that so many processes serve a queue is foretold from what fewer did, or more; as
# soon as they have been seen at it themselves, more is known.
CORRECT: Final = """
UPDATE drain_forecast SET corrected_at = now(),
    corrected_seconds = extract(epoch FROM now() - made_at) + %(predicted)s
WHERE queue = %(queue)s AND ended_at IS NULL AND NOT is_measured AND corrected_at IS NULL
"""

PRUNE: Final = "DELETE FROM drain_forecast WHERE made_at < now() - %s"


@transaction.atomic
def keep_forecasts(queues: Sequence[Queue]) -> None:
    """End the forecasts that are over, make those that are lacking, correct the guesses."""
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
                if row["measured"]:
                    cursor.execute(CORRECT, row)


def _worth_it(queue: Queue) -> dict[str, Any] | None:
    """What to write down; None for what is over soon, and where nothing has been learnt yet."""
    predicted, rate = queue.drained_in, queue.per_second
    if not queue.learnt or rate is None or predicted is None or predicted < LEAST:
        return None
    return {
        "queue": queue.name,
        "workers": queue.workers,
        "processes": queue.processes,
        "due": queue.due,
        "rate": rate,
        "predicted": predicted,
        "measured": queue.processes in queue.learnt,
    }


def prune_forecasts() -> None:
    """Remove what was kept for long enough."""
    age: list[Any] = [KEPT_FOR]
    with connection.cursor() as cursor:
        cursor.execute(PRUNE, age)
