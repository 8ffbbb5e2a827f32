"""What operators read: deliveries, dead letters by cause, and what would become of them."""

from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When

from core import clock
from core.events.models import DeliveryState
from core.http.bodies import id_from
from core.ops.models import DeadLetterGroup, OpsAudit, Redrive, SeenDelivery
from core.ops.orders import LetterFilter
from core.ops.usefulness import past_use
from core.refusals import NotFoundError


class Fate(StrEnum):
    """What a redrive would do with a dead letter."""

    RUN = "would_run"
    DONE = "already_done"  # its mail has been sent meanwhile
    EXPIRED = "expired"  # of no use any more: core/ops/usefulness.py
    UNDECIDED = "undecided"  # a confidential mail that may have arrived


def deliveries(
    *, state: DeliveryState | None = None, handler: str | None = None, centre: str | None = None
) -> QuerySet[SeenDelivery]:
    """Deliveries of all centres."""
    rows = SeenDelivery.objects.all()
    if state is not None:
        rows = rows.filter(state=state)
    if handler is not None:
        rows = rows.filter(handler=handler)
    if centre is not None:
        number = id_from(centre)
        rows = rows.none() if number is None else rows.filter(centre_id=number)
    return rows


def groups(*, handler: str | None = None) -> QuerySet[DeadLetterGroup]:
    """Dead letters by handler and cause, each with its latest example."""
    rows = DeadLetterGroup.objects.select_related("example")
    return rows if handler is None else rows.filter(handler=handler)


def get_group(group_id: str) -> QuerySet[SeenDelivery]:
    """The dead letters of a group; NotFoundError when there are none."""
    letters = dead_letters(LetterFilter(group=group_id))
    if not letters.exists():
        raise NotFoundError("There is no such group of dead letters.")
    return letters


def dead_letters(wanted: LetterFilter) -> QuerySet[SeenDelivery]:
    """The dead letters that fit."""
    exact = {
        "group_id": wanted.group,
        "handler": wanted.handler,
        "cause": wanted.cause,
        "event_id": wanted.event_id,
        "finished_at__gte": wanted.died_after,
        "finished_at__lt": wanted.died_before,
    }
    given: dict[str, Any] = {name: value for name, value in exact.items() if value is not None}
    rows = deliveries(state=DeliveryState.DEAD, centre=wanted.centre)
    return rows.filter(**given)


def count_fates(letters: QuerySet[SeenDelivery], *, include_unknown: bool) -> dict[Fate, int]:
    """How many of the letters have which fate."""
    found = letters.annotate(fate=_fate(include_unknown=include_unknown)).values_list("fate")
    counted = dict(found.annotate(letters=Count("pk")))
    return {fate: counted.get(fate.value, 0) for fate in Fate}


def first_to_run(
    letters: QuerySet[SeenDelivery], *, include_unknown: bool, limit: int
) -> list[int]:
    """Ids of the oldest letters that a redrive would run."""
    found = letters.annotate(fate=_fate(include_unknown=include_unknown)).filter(fate=Fate.RUN)
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])


def _fate(*, include_unknown: bool) -> Case:
    # `sending`: its worker died while the mail server had it.
    undecided = Q(mail_sensitive=True, mail_state__in=["unknown", "sending"])
    return Case(
        When(mail_state="sent", then=Value(Fate.DONE)),
        When(past_use(clock.now()), then=Value(Fate.EXPIRED)),
        When(undecided & Q(Value(not include_unknown)), then=Value(Fate.UNDECIDED)),
        default=Value(Fate.RUN),
    )


def redrives() -> QuerySet[Redrive]:
    """All redrives."""
    return Redrive.objects.all()


def audit() -> QuerySet[OpsAudit]:
    """All that operators did."""
    return OpsAudit.objects.all()
