"""What operators are told. Nothing of it says anything about a pupil."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from core.events.event import NO_CENTRE
from core.events.models import DeliveryState
from core.http.bodies import Id, Told
from core.ops.actions import Redriven
from core.ops.models import (
    DeadLetterGroup,
    OpsAction,
    OpsAudit,
    Redrive,
    RedriveState,
    SeenDelivery,
)
from core.ops.queries import Fate
from core.ops.queues import Queue
from core.ops.services import scale_command


class QueuedTold(Told):
    """A delivery; `error` is its last one, without what people wrote."""

    id: Id
    event_id: UUID
    kind: str
    occurred_at: datetime
    centre: Id | None
    handler: str
    key: Annotated[str, Field(description="id of the recipient, where a handler has several")]
    state: DeliveryState
    attempt: int
    due_at: datetime
    finished_at: datetime | None
    error: str

    @classmethod
    def of(cls, row: SeenDelivery) -> Self:
        """The delivery in words."""
        return cls(
            id=str(row.pk),
            event_id=row.event_id,
            kind=row.kind,
            occurred_at=row.occurred_at,
            centre=None if row.centre_id == NO_CENTRE else str(row.centre_id),
            handler=row.handler,
            key=row.key,
            state=DeliveryState(row.state),
            attempt=row.attempt,
            due_at=row.due_at,
            finished_at=row.finished_at,
            error=row.error,
        )


class GroupTold(Told):
    """Dead letters of one handler that died of one cause; `example` is the latest."""

    id: Id
    handler: str
    cause: str
    letters: int
    centres: int
    first_at: datetime
    last_at: datetime
    example: QueuedTold

    @classmethod
    def of(cls, group: DeadLetterGroup) -> Self:
        """The group in words; its example should be selected."""
        return cls(
            id=group.pk,
            handler=group.handler,
            cause=group.cause,
            letters=group.letters,
            centres=group.centres,
            first_at=group.first_at,
            last_at=group.last_at,
            example=QueuedTold.of(group.example),
        )


class RedriveTold(Told):
    """A redrive: the first letter alone while `waiting`, then all (`released`) or no more."""

    id: Id
    state: RedriveState
    canary: Annotated[Id | None, Field(description="the delivery that goes first")]
    released: Annotated[int, Field(description="letters made due so far")]
    held: Annotated[int, Field(description="letters that follow the canary")]
    started_at: datetime
    started_by: Annotated[Id | None, Field(description="null: at the command line")]
    finished_at: datetime | None
    outcome: str

    @classmethod
    def of(cls, redrive: Redrive) -> Self:
        """The redrive in words."""
        return cls(
            id=str(redrive.pk),
            state=RedriveState(redrive.state),
            canary=None if redrive.canary_id is None else str(redrive.canary_id),
            released=redrive.released,
            held=len(redrive.held),
            started_at=redrive.started_at,
            started_by=None if redrive.started_by_id is None else str(redrive.started_by_id),
            finished_at=redrive.finished_at,
            outcome=redrive.outcome,
        )


class RedrivenTold(Told):
    """The letters that fit, counted by what becomes of them, whatever the limit."""

    dry_run: bool
    would_run: int
    already_done: int
    expired: Annotated[int, Field(description="of no use any more: discard them")]
    undecided: Annotated[int, Field(description="left out unless `include_unknown`")]
    redrive: RedriveTold | None

    @classmethod
    def of(cls, done: Redriven, *, dry_run: bool) -> Self:
        """What was done in words."""
        return cls(
            dry_run=dry_run,
            would_run=done.fates[Fate.RUN],
            already_done=done.fates[Fate.DONE],
            expired=done.fates[Fate.EXPIRED],
            undecided=done.fates[Fate.UNDECIDED],
            redrive=RedriveTold.of(done.redrive) if done.redrive else None,
        )


class DiscardedTold(Told):
    """How many letters were given up, or would be."""

    dry_run: bool
    discarded: int


class ScaleTold(Told):
    """How many workers would drain a queue soon, and how to have them."""

    workers: int
    command: str
    drained_in_seconds: Annotated[float | None, Field(description="predicted with so many")]

    @classmethod
    def of(cls, queue: Queue) -> Self | None:
        """The advice in words; None for a queue that needs no more workers."""
        if (advice := queue.advice) is None:
            return None
        command = scale_command(queue.name, advice.workers)
        return cls(workers=advice.workers, command=command, drained_in_seconds=advice.drained_in)


class QueueTold(Told):
    """A queue at this moment."""

    name: str
    depth: Annotated[int, Field(description="deliveries that wait")]
    running: int
    dead: int
    oldest_age_seconds: Annotated[float | None, Field(description="of the longest overdue one")]
    done_per_second: Annotated[float, Field(description="over the last two minutes")]
    drained_in_seconds: Annotated[
        float | None, Field(description="predicted; null when it cannot be said")
    ]
    paused: bool
    paused_at: datetime | None
    pause_reason: str
    workers: Annotated[int, Field(description="that have said within 12 s that they serve it")]
    processes: Annotated[int, Field(description="of those workers")]
    due: Annotated[int, Field(description="of those that wait, that could run now")]
    expected_per_second: Annotated[
        float | None, Field(description="what its processes were seen to do under load")
    ]
    advice: ScaleTold | None

    @classmethod
    def of(cls, queue: Queue) -> Self:
        """The queue in words."""
        return cls(
            name=queue.name,
            depth=queue.pending,
            running=queue.running,
            dead=queue.dead,
            oldest_age_seconds=queue.oldest_age,
            done_per_second=queue.done_per_second,
            drained_in_seconds=queue.drained_in,
            paused=queue.paused_at is not None,
            paused_at=queue.paused_at,
            pause_reason=queue.reason,
            workers=queue.workers,
            processes=queue.processes,
            due=queue.due,
            expected_per_second=queue.per_second,
            advice=ScaleTold.of(queue),
        )


class AuditTold(Told):
    """What an operator did."""

    id: Id
    at: datetime
    actor: Annotated[Id | None, Field(description="null: command line, or the system itself")]
    action: OpsAction
    filter: dict[str, Any]
    counts: dict[str, Any]
    reason: str

    @classmethod
    def of(cls, row: OpsAudit) -> Self:
        """The line in words."""
        return cls(
            id=str(row.pk),
            at=row.at,
            actor=None if row.actor_id is None else str(row.actor_id),
            action=OpsAction(row.action),
            filter=row.filter,
            counts=row.counts,
            reason=row.reason,
        )
