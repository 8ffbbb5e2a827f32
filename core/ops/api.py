"""Running the system over HTTP: queues, deliveries, dead letters."""

from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from core.events.models import DeliveryState
from core.http.lists import Order, Page, Wanted, read_page
from core.ops import actions, queries, queues
from core.ops.bodies import (
    AuditTold,
    DiscardedTold,
    GroupTold,
    QueuedTold,
    QueueTold,
    RedrivenTold,
    RedriveTold,
)
from core.ops.models import DeadLetterGroup, OpsAudit, Redrive, SeenDelivery
from core.ops.orders import DiscardOrder, PauseOrder, RedriveOrder
from core.people.signed_in import signed_in

router = Router(tags=["operations"])

NO_REASON: Final = PauseOrder()
NEWEST_FIRST: Final = Order(SeenDelivery, "-id")
BY_HANDLER: Final = Order(DeadLetterGroup, "handler", "id")
LATEST_REDRIVE_FIRST: Final = Order(Redrive, "-id")
LATEST_ACT_FIRST: Final = Order(OpsAudit, "-id")


class GroupsWanted(Wanted):
    """Which groups are asked for."""

    handler: str | None = None


class DeliveriesWanted(GroupsWanted):
    """Which deliveries are asked for."""

    state: DeliveryState | None = None
    centre: Annotated[str | None, Field(description="id of a centre")] = None


@router.get(
    "ops/queues", response=Page[QueueTold], operation_id="list_queues", summary="The queues"
)
def list_queues(request: HttpRequest) -> Page[QueueTold]:
    """What waits in each queue, for how long, and how fast it goes; by name, always all of them."""
    return Page(items=[QueueTold.of(queue) for queue in queues.overview()], next=None)


@router.post(
    "ops/queues/{str:queue}/pause",
    response=QueueTold,
    operation_id="pause_queue",
    summary="Pause a queue",
)
def pause_queue(request: HttpRequest, queue: str, given: PauseOrder = NO_REASON) -> QueueTold:
    """Has nobody claim its deliveries until it is resumed. What runs already ends as usual."""
    actions.pause_queue(queue=queue, reason=given.reason, by=signed_in(request).pk)
    return _queue(queue)


@router.post(
    "ops/queues/{str:queue}/resume",
    response=QueueTold,
    operation_id="resume_queue",
    summary="Resume a queue",
)
def resume_queue(request: HttpRequest, queue: str) -> QueueTold:
    """Has its deliveries claimed again, at once."""
    actions.resume_queue(queue=queue, by=signed_in(request).pk)
    return _queue(queue)


@router.get(
    "ops/deliveries",
    response=Page[QueuedTold],
    operation_id="list_deliveries",
    summary="Deliveries",
)
def list_deliveries(request: HttpRequest, wanted: Query[DeliveriesWanted]) -> Page[QueuedTold]:
    """Deliveries of all centres, the newest first."""
    rows = queries.deliveries(state=wanted.state, handler=wanted.handler, centre=wanted.centre)
    return read_page(rows, NEWEST_FIRST, wanted, QueuedTold.of)


@router.get(
    "ops/dead-letters",
    response=Page[GroupTold],
    operation_id="list_dead_letters",
    summary="Dead letters by cause",
)
def list_dead_letters(request: HttpRequest, wanted: Query[GroupsWanted]) -> Page[GroupTold]:
    """What could not be delivered, grouped by handler and cause; by handler."""
    return read_page(queries.groups(handler=wanted.handler), BY_HANDLER, wanted, GroupTold.of)


@router.post(
    "ops/dead-letters/redrive",
    response=RedrivenTold,
    operation_id="redrive_dead_letters",
    summary="Run dead letters again",
)
def redrive_dead_letters(request: HttpRequest, given: RedriveOrder) -> RedrivenTold:
    """Runs those that fit once more, the oldest first: one alone, the others if it ends well."""
    done = actions.redrive_letters(order=given, by=signed_in(request).pk)
    return RedrivenTold.of(done, dry_run=given.dry_run)


@router.post(
    "ops/dead-letters/discard",
    response=DiscardedTold,
    operation_id="discard_dead_letters",
    summary="Give dead letters up",
)
def discard_dead_letters(request: HttpRequest, given: DiscardOrder) -> DiscardedTold:
    """Gives those that fit up for good. They keep their error; the reason is in the audit."""
    count = actions.discard_letters(order=given, by=signed_in(request).pk)
    return DiscardedTold(dry_run=given.dry_run, discarded=count)


@router.get(
    "ops/dead-letters/{str:group_id}",
    response=Page[QueuedTold],
    operation_id="list_group_of_dead_letters",
    summary="The dead letters of a group",
)
def list_group(request: HttpRequest, group_id: str, wanted: Query[Wanted]) -> Page[QueuedTold]:
    """Each dead letter of one handler and one cause, the newest first."""
    return read_page(queries.get_group(group_id), NEWEST_FIRST, wanted, QueuedTold.of)


@router.get(
    "ops/redrives", response=Page[RedriveTold], operation_id="list_redrives", summary="Redrives"
)
def list_redrives(request: HttpRequest, wanted: Query[Wanted]) -> Page[RedriveTold]:
    """How far each redrive is, the latest first."""
    return read_page(queries.redrives(), LATEST_REDRIVE_FIRST, wanted, RedriveTold.of)


@router.get(
    "ops/audit", response=Page[AuditTold], operation_id="list_ops_audit", summary="Operators' acts"
)
def list_audit(request: HttpRequest, wanted: Query[Wanted]) -> Page[AuditTold]:
    """What operators did to deliveries and queues, the latest first."""
    return read_page(queries.audit(), LATEST_ACT_FIRST, wanted, AuditTold.of)


def _queue(name: str) -> QueueTold:
    return next(QueueTold.of(queue) for queue in queues.overview() if queue.name == name)
