"""Faults on record: what is wrong is looked for by the relays, and stays open until it is over.

Plain SQL: a relay holds no models.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import connection

from core.canary.answers import late_canaries
from core.ops.queues import Queue
from core.ops.roster import BELIEVED_FOR

PATIENCE: Final = 10.0  # seconds that something may be due while nobody serves its queue
LATE: Final = timedelta(seconds=90)  # after which a schedule's slot should have been fired
KEPT_FOR: Final = timedelta(days=30)

Found = tuple[str, str]  # kind and subject, as core/ops/models.py names them

GONE: Final = "SELECT DISTINCT worker FROM worker_process WHERE seen_at < now() - %s"

# What beat means to do next stands there: a time that has passed says that no beat does anything.
LATE_SCHEDULES: Final = """
SELECT schedule FROM schedule_next
JOIN django_celery_beat_periodictask AS entry ON entry.name = schedule
WHERE enabled AND due_at < now() - %s
"""

WRITE: Final = """
WITH found AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(subjects)s::text[]) AS found(kind, subject)
), ended AS (
    UPDATE ops_fault SET ended_at = now()
    WHERE ended_at IS NULL AND kind = ANY(%(looked_for)s)
        AND NOT EXISTS (
            SELECT FROM found
            WHERE found.kind = ops_fault.kind AND found.subject = ops_fault.subject)
)
INSERT INTO ops_fault (kind, subject, began_at) SELECT kind, subject, now() FROM found
ON CONFLICT (kind, subject) WHERE ended_at IS NULL DO NOTHING
"""

PRUNE: Final = "DELETE FROM ops_fault WHERE ended_at < now() - %s"

IN_DATABASE: Final = (
    *("no_worker", "lease_ran_out", "dead_letters"),
    *("canary_late", "worker_gone", "schedule_late"),
)


def faults_in_database(queues: Sequence[Queue], handlers: Sequence[str]) -> list[Found]:
    """What PostgreSQL tells of: the queues, their canaries, the workers, the schedules."""
    unserved = {each.name for each in queues if not each.workers}  # which says enough
    return [
        *_of_queues(queues),
        *(("canary_late", queue) for queue in late_canaries(handlers) if queue not in unserved),
        *(("worker_gone", worker) for worker in _column(GONE, BELIEVED_FOR)),
        *(("schedule_late", schedule) for schedule in _column(LATE_SCHEDULES, LATE)),
    ]


def _of_queues(queues: Iterable[Queue]) -> Iterator[Found]:
    for each in queues:
        if each.due and not each.workers and not each.paused_at and _is_old(each):
            yield "no_worker", each.name
        if each.lost:
            yield "lease_ran_out", each.name
        if each.dead:
            yield "dead_letters", each.name


def _is_old(queue: Queue) -> bool:
    return (queue.oldest_age or 0.0) > PATIENCE


def write_faults(found: Sequence[Found], *, looked_for: Sequence[str]) -> None:
    """Open what was found and is not open yet; end what was looked for and not found."""
    given: dict[str, Any] = {
        "kinds": [kind for kind, _ in found],
        "subjects": [subject for _, subject in found],
        "looked_for": list(looked_for),
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, given)


def prune_faults() -> None:
    """Remove what ended long ago."""
    age: list[Any] = [KEPT_FOR]
    with connection.cursor() as cursor:
        cursor.execute(PRUNE, age)


def _column(statement: str, age: timedelta) -> list[str]:
    ages: list[Any] = [age]
    with connection.cursor() as cursor:
        cursor.execute(statement, ages)
        return [str(value) for (value,) in cursor.fetchall()]
