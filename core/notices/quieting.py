"""Setting quiet hours, and sending an urgent event's mails all the same."""

from datetime import time
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from core.audit.actions import record
from core.events.event import NO_CENTRE
from core.events.models import Delivery, DeliveryState, EventRecord
from core.events.publish import publish
from core.events.registry import handler_names
from core.events.wire import queue_of
from core.notices.events import QuietHoursBypassed, QuietHoursChanged
from core.notices.models import QuietBypass, QuietHours
from core.notices.quiet import REASON
from core.people.actor import Actor
from core.refusals import InvalidError, NotFoundError

MAIL: Final = "email"  # the queue of handlers that mail


@transaction.atomic
def set_quiet_hours(
    *, begins: time | None, ends: time | None, on_closed_days: bool, by: Actor
) -> None:
    """Set the quiet hours of the actor's centre; without times, and open on all days, none.

    What waits is looked at anew, so that shorter hours count for it too. Seconds do not count.
    """
    begins, ends = (each and each.replace(second=0, microsecond=0) for each in (begins, ends))
    if (begins is None) != (ends is None):
        raise InvalidError("ends" if begins else "begins", "give both times, or neither")
    if begins and begins == ends:
        raise InvalidError("ends", "must differ from begins")
    new: dict[str, Any] = {"begins": begins, "ends": ends, "on_closed_days": on_closed_days}
    row = _lock(by)
    old = {name: getattr(row, name) for name in new} if row else None
    if begins is None and not on_closed_days:
        QuietHours.objects.filter(centre_id=by.centre_id).delete()
    else:
        QuietHours.objects.update_or_create(centre_id=by.centre_id, defaults=new)
    record(
        "quiet-hours.changed",
        centre_id=by.centre_id,
        by=by.user_id,
        subject=f"centre:{by.centre_id}",
        detail={"from": _told(old), "to": _told(new)},
    )
    publish(QuietHoursChanged(centre_id=by.centre_id))
    _release(centre_id=by.centre_id)


@transaction.atomic
def bypass_quiet_hours(*, event_id: UUID, reason: str, by: Actor) -> int:
    """Let an event's mails go now, also those that are yet to come; returns how many waited.

    NotFoundError for an event of another centre. Twice is once: the first reason stays.
    """
    event = EventRecord.objects.filter(pk=event_id, centre_id=by.centre_id).first()
    if event is None or event.centre_id == NO_CENTRE:
        raise NotFoundError("There is no such event.")
    _lock(by)  # mails that are just being made to wait are among those that are released
    _, is_new = QuietBypass.objects.get_or_create(
        event_id=event_id,
        defaults={"centre_id": by.centre_id, "by_id": by.user_id, "reason": reason},
    )
    released = _release(centre_id=by.centre_id, event_id=event_id)
    if is_new:
        record(
            "quiet-hours.bypassed",
            centre_id=by.centre_id,
            by=by.user_id,
            subject=f"event:{event_id}",
            detail={"reason": reason, "kind": event.kind, "released": released},
        )
        publish(QuietHoursBypassed(centre_id=by.centre_id, event_id=event_id))
    return released


def _lock(by: Actor) -> QuietHours | None:
    """The quiet hours of the actor's centre; see `quiet_for` for who waits."""
    return QuietHours.objects.select_for_update().filter(centre_id=by.centre_id).first()


def _release(**those: Any) -> int:
    """Have waiting mails looked at now: the relay tells the workers within a second."""
    waiting = Delivery.objects.filter(
        state=DeliveryState.PENDING,
        handler__in=[each for each in handler_names() if queue_of(each) == MAIL],
        detail__startswith=REASON,
        **those,
    )
    return waiting.update(due_at=Now(), detail="")


def _told(values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {
        name: f"{each:%H:%M}" if isinstance(each, time) else each for name, each in values.items()
    }
