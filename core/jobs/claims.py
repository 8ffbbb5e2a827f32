"""Claiming jobs and saying how far they are: all the SQL of jobs, each step fenced by attempt."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connection, transaction
from psycopg2.extras import Json

from core.events import claims
from core.events.claims import Claimed
from core.events.event import Event
from core.events.publish import publish
from core.isolation.scope import outbox
from core.jobs.events import JobCancelled, JobFailed
from core.jobs.models import Job, JobState

E = TypeVar("E", bound=Event)

# Most events know nothing of jobs (a schedule's, say): the row comes when somebody first asks.
OPEN: Final = """
INSERT INTO job (
    id, delivery_id, kind, centre_id, requested_by, requested_at, state, stage, progress, worker
)
SELECT gen_random_uuid(), delivery.id, delivery.handler, delivery.centre_id, event.actor_id,
    event.occurred_at, 'requested', '', 0, ''
FROM delivery JOIN event ON event.id = delivery.event_id
WHERE delivery.handler = %(kind)s AND delivery.state IN ('pending', 'running')
    AND event.id = coalesce(%(event)s, event.id)
    AND NOT EXISTS (SELECT FROM job WHERE job.delivery_id = delivery.id)
ON CONFLICT (delivery_id) DO NOTHING
"""

BUSY: Final = """
(SELECT count(*) FROM delivery AS busy
 WHERE busy.handler = delivery.handler AND busy.centre_id = delivery.centre_id
    AND busy.state = 'running' AND busy.due_at > now())
"""

CLAIMABLE: Final = f"""
delivery.state IN ('pending', 'running') AND delivery.due_at <= now()
    AND NOT EXISTS (SELECT FROM queue_pause WHERE queue = split_part(delivery.handler, '.', 1))
    AND {BUSY} < %(at_once)s
"""

# The centre that has the fewest running, then the one whose last turn is longest ago.
NEXT: Final = f"""
SELECT job.id FROM delivery JOIN job ON job.delivery_id = delivery.id
WHERE delivery.handler = %(kind)s AND {CLAIMABLE}
ORDER BY {BUSY},
    (SELECT max(turn.started_at) FROM job AS turn
     WHERE turn.kind = job.kind AND turn.centre_id = job.centre_id) NULLS FIRST,
    delivery.due_at
LIMIT 1
"""  # noqa: S608

# Two workers that see the last free place of a centre at the same time take turns.
TAKE_TURNS: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('job ' || kind || ' ' || centre_id, 0))
FROM job WHERE id = %(job)s
"""

CLAIM: Final = f"""
UPDATE delivery SET
    state = 'running', attempt = delivery.attempt + 1,
    due_at = clock_timestamp() + make_interval(secs => %(lease)s)
FROM event, job, delivery AS was
WHERE job.id = %(job)s AND delivery.id = job.delivery_id AND event.id = delivery.event_id
    AND {CLAIMABLE}
    AND was.id = delivery.id
RETURNING delivery.id, delivery.attempt, delivery.forgiven, delivery.centre_id, delivery.handler,
    delivery.key, event.id AS event_id, event.request_id, event.version, event.payload,
    extract(epoch FROM now() - was.due_at)::float AS waited
"""  # noqa: S608

BEGIN: Final = """
UPDATE job SET state = 'running', started_at = now(), finished_at = NULL, worker = %(worker)s
FROM delivery
WHERE job.delivery_id = %(id)s AND delivery.id = %(id)s AND delivery.attempt = %(attempt)s
    AND delivery.state = 'running'
"""

# FOR SHARE: nobody can take the delivery between this look and the commit of what goes with it.
SAVE: Final = """
WITH mine AS MATERIALIZED (
    SELECT id FROM delivery
    WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running' FOR SHARE
)
UPDATE job SET
    checkpoint = coalesce(%(checkpoint)s, checkpoint), progress = %(progress)s, stage = %(stage)s
FROM mine WHERE job.delivery_id = mine.id
RETURNING cancel_requested_at IS NOT NULL
"""

FINISH: Final = """
UPDATE job SET state = %(state)s, result = %(result)s, finished_at = now(),
    progress = CASE WHEN %(state)s = 'done' THEN 1 ELSE progress END
WHERE delivery_id = %(id)s
"""

# What its delivery has come to by itself: given back, dead, or skipped.
SETTLE: Final = """
UPDATE job SET
    state = CASE delivery.state
        WHEN 'pending' THEN 'requested' WHEN 'dead' THEN 'failed' ELSE 'cancelled' END,
    finished_at = delivery.finished_at
FROM delivery
WHERE delivery.id = job.delivery_id AND job.delivery_id = %s AND job.state = 'running'
    AND delivery.state IN ('pending', 'dead', 'skipped', 'discarded')
RETURNING job.id, job.kind, job.centre_id, job.state
"""

END_WAITING: Final = """
UPDATE delivery SET state = 'skipped', detail = 'cancelled', finished_at = now()
WHERE id = %s AND (state = 'pending' OR (state = 'running' AND due_at <= now()))
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """How a job stands with those who asked for it: is it still ours, shall it stop?"""

    is_ours: bool
    is_cancelled: bool = False


@outbox()
def next_job(kind: str, at_once: int) -> UUID | None:
    """The job of a kind that is to run next, centres in turn; None when none may run now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OPEN, {"kind": kind, "event": None})
        cursor.execute(NEXT, {"kind": kind, "at_once": at_once})
        row = cursor.fetchone()
    return row[0] if row else None


@outbox()
def claim_job(
    job_id: UUID, event_type: type[E], *, at_once: int, lease: timedelta
) -> Claimed[E] | None:
    """Claim a job, committed at once; None when it cannot run now or its centre has enough.

    `at_once` is exact: a centre never has more running leases of a kind.
    """
    wanted: dict[str, Any] = {"job": job_id, "at_once": at_once, "lease": lease.total_seconds()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE_TURNS, wanted)
        cursor.execute(CLAIM, wanted)
        row = cursor.fetchone()
        names = [column.name for column in cursor.description or ()]
    if row is None:
        return None
    return Claimed(**dict(zip(names, row, strict=True)), event_type=event_type)


def begin(delivery: Claimed[E], worker: str) -> Job:
    """Show a claimed job as running; the row, with the checkpoint of an earlier attempt."""
    fence: dict[str, Any] = {"id": delivery.id, "attempt": delivery.attempt, "worker": worker}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OPEN, {"kind": delivery.handler, "event": delivery.event_id})
        cursor.execute(BEGIN, fence)
    return Job.objects.get(delivery_id=delivery.id)


def save(delivery: Claimed[E], *, progress: float, stage: str, checkpoint: Any = None) -> Saved:
    """Write how far a job is, in the present transaction if there is one; fenced by attempt."""
    row: dict[str, Any] = {
        "id": delivery.id,
        "attempt": delivery.attempt,
        "progress": progress,
        "stage": stage[:200],
        "checkpoint": None if checkpoint is None else Json(checkpoint),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SAVE, row)
        found = cursor.fetchone()
    return Saved(is_ours=True, is_cancelled=found[0]) if found else Saved(is_ours=False)


@transaction.atomic
def finish(delivery: Claimed[E], result: Any) -> bool:
    """Write the result and "done" together; False, and nothing, when it is not ours any more."""
    return _end(delivery, "done", None if result is None else Json(result))


@transaction.atomic
def finish_cancelled(delivery: Claimed[E]) -> bool:
    """Write that it was stopped; False when it is not ours any more."""
    ended = _end(delivery, "cancelled", None)
    if ended:
        claims.skip(delivery, "cancelled")
        job = Job.objects.get(delivery_id=delivery.id)
        publish(JobCancelled(job_id=job.pk, job_kind=job.kind, centre_id=job.centre_id))
    return ended


def _end(delivery: Claimed[E], state: str, result: Json | None) -> bool:
    if not claims.finish([delivery]):
        return False
    row: dict[str, Any] = {"id": delivery.id, "state": state, "result": result}
    with connection.cursor() as cursor:
        cursor.execute(FINISH, row)
    return True


@transaction.atomic
def hand_back(delivery: Claimed[E], reason: str) -> None:
    """Let another worker go on from the checkpoint at once; the attempt does not count."""
    claims.postpone(delivery, reason, wait=timedelta())
    settle(delivery.id)


@outbox()
@transaction.atomic
def settle(delivery_id: int) -> None:
    """Let the job follow what its delivery has come to, and whoever follows the job."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [delivery_id])
        row = cursor.fetchone()
    if row and row[3] == JobState.FAILED:
        publish(JobFailed(job_id=row[0], job_kind=row[1], centre_id=row[2]))
    elif row and row[3] == JobState.CANCELLED:
        publish(JobCancelled(job_id=row[0], job_kind=row[1], centre_id=row[2]))


def end_waiting(delivery_id: int) -> bool:
    """End a delivery that no worker has in hand; False when one has."""
    with connection.cursor() as cursor:
        cursor.execute(END_WAITING, [delivery_id])
        return bool(cursor.rowcount)
