"""All that operators do to dead letters and queues. Each act is written down where it is done."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from core import clock
from core.events import claims
from core.events.event import NO_CENTRE
from core.events.models import Delivery, DeliveryState, QueuePause
from core.events.publish import publish
from core.events.registry import handler_names
from core.events.wire import queue_of
from core.ops import outbox, queries
from core.ops.events import DeadLettersDiscarded, DeadLettersRedriven, QueuePaused, QueueResumed
from core.ops.models import OpsAction, OpsAudit, Redrive, RedriveState
from core.ops.orders import DiscardOrder, LetterFilter, RedriveOrder
from core.ops.queries import Fate
from core.ops.queues import queue_names
from core.refusals import NotFoundError

WELL = frozenset({DeliveryState.DONE, DeliveryState.SKIPPED})
OPEN = frozenset({DeliveryState.PENDING, DeliveryState.RUNNING})


class CanaryOutError(Exception):
    """The canary is not back yet: the rest must wait."""


@dataclass(frozen=True, slots=True)
class Redriven:
    """What a redrive did, or would do: letters by fate, and those made due by now."""

    fates: dict[Fate, int] = field(default_factory=dict)
    redrive: Redrive | None = None  # None for a dry run, and where nothing would run


@transaction.atomic
def redrive_letters(*, order: RedriveOrder, by: int | None) -> Redriven:
    """Make dead letters due again, or with a canary one of them, the others behind it.

    `by` is the operator's user id; None at the command line.
    """
    letters = queries.dead_letters(order.filter)
    fates = queries.count_fates(letters, include_unknown=order.include_unknown)
    if order.dry_run or not fates[Fate.RUN]:
        return Redriven(fates)
    ids = _lock(
        queries.first_to_run(letters, include_unknown=order.include_unknown, limit=order.limit)
    )
    redrive = _begin(ids, behind_canary=order.canary and len(ids) > 1, by=by)
    moved = {"redriven": redrive.released, "held": len(redrive.held)}
    counts = {str(fate): count for fate, count in fates.items()} | moved
    _note(OpsAction.REDRIVE, by, filter=_told(order.filter), counts=counts, reason=order.reason)
    publish(DeadLettersRedriven(centre_id=NO_CENTRE, redrive_id=redrive.pk, letters=len(ids)))
    return Redriven(fates, redrive)


@transaction.atomic
def release_rest(*, redrive_id: int) -> None:
    """Let the others follow a canary that ended well, or stop; CanaryOutError while it is out."""
    redrive = Redrive.objects.select_for_update().get(pk=redrive_id)
    if redrive.state != RedriveState.WAITING:
        return
    canary = Delivery.objects.filter(pk=redrive.canary_id or 0).first()
    if canary is not None and canary.state in OPEN:
        raise CanaryOutError(f"Delivery {canary.pk} is still {canary.state}.")
    if canary is not None and canary.state in WELL:
        redrive.released += outbox.revive(redrive.held)
        _end(redrive, RedriveState.RELEASED, f"The canary is {canary.state}.")
        return
    became = canary.state if canary else "gone"
    _end(redrive, RedriveState.STOPPED, f"The canary is {became}: the others stay dead letters.")


@transaction.atomic
def discard_letters(*, order: DiscardOrder, by: int | None) -> int:
    """Give dead letters up; returns how many were, or in a dry run would be."""
    fit = queries.dead_letters(order.filter).order_by("pk").values_list("pk", flat=True)
    ids = list(fit[: order.limit])
    if order.dry_run or not ids:
        return len(ids)
    count = outbox.discard(ids)
    counts = {"discarded": count}
    _note(OpsAction.DISCARD, by, filter=_told(order.filter), counts=counts, reason=order.reason)
    publish(DeadLettersDiscarded(centre_id=NO_CENTRE, letters=count, reason=order.reason))
    return count


@transaction.atomic
def pause_queue(*, queue: str, reason: str, by: int | None) -> None:
    """Have nobody claim the queue's deliveries. What runs ends as usual. Twice is once."""
    _check(queue)
    defaults = {"paused_by_id": by, "reason": reason, "paused_at": clock.now()}
    _, is_new = QueuePause.objects.get_or_create(queue=queue, defaults=defaults)
    if is_new:
        _note(OpsAction.PAUSE, by, filter={"queue": queue}, reason=reason)
        publish(QueuePaused(centre_id=NO_CENTRE, queue=queue, reason=reason))


@transaction.atomic
def resume_queue(*, queue: str, by: int | None) -> None:
    """Have the queue's deliveries claimed again, at once. Twice is once."""
    _check(queue)
    paused, _ = QueuePause.objects.filter(queue=queue).delete()
    if paused:
        _note(OpsAction.RESUME, by, filter={"queue": queue})
        publish(QueueResumed(centre_id=NO_CENTRE, queue=queue))
        own = [handler for handler in handler_names() if queue_of(handler) == queue]
        outbox.wake(claims.due_handlers(own))


def _lock(ids: list[int]) -> list[int]:
    """Those that are dead letters still, and nobody else's for the present transaction."""
    rows = Delivery.objects.select_for_update(skip_locked=True).order_by("pk")
    return list(rows.filter(pk__in=ids, state=DeliveryState.DEAD).values_list("pk", flat=True))


def _begin(ids: list[int], *, behind_canary: bool, by: int | None) -> Redrive:
    if behind_canary:
        canary, *held = ids
        return Redrive.objects.create(
            started_by_id=by,
            state=RedriveState.WAITING,
            canary_id=canary,
            held=held,
            released=outbox.revive([canary]),
        )
    return Redrive.objects.create(
        started_by_id=by,
        state=RedriveState.RELEASED,
        held=[],
        released=outbox.revive(ids),
        finished_at=clock.now(),
    )


def _end(redrive: Redrive, state: RedriveState, outcome: str) -> None:
    redrive.state, redrive.outcome, redrive.finished_at = state, outcome, clock.now()
    redrive.save(update_fields=["state", "outcome", "finished_at", "released"])
    action = OpsAction.RELEASE if state == RedriveState.RELEASED else OpsAction.STOP
    counts = {"released": redrive.released, "held": len(redrive.held)}
    _note(action, None, filter={"redrive": str(redrive.pk)}, counts=counts, reason=outcome)


def _check(queue: str) -> None:
    if queue not in queue_names():
        raise NotFoundError("There is no such queue.")


def _told(wanted: LetterFilter) -> dict[str, Any]:
    return wanted.model_dump(mode="json", exclude_none=True)


def _note(action: OpsAction, by: int | None, **facts: Any) -> None:
    OpsAudit.objects.create(action=action, actor_id=by, **facts)
