"""The event behind whatever id an operator has in hand: of an event, a task, a job, a delivery."""

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from core.events.models import Delivery, EventRecord
from core.events.wire import SHARED
from core.http.bodies import id_from
from core.jobs.models import Job
from core.ops.models import WorkerProcess

LAST: Final = "f" * 8  # what ends a task's id is its own


def find_event(text: str) -> EventRecord | None:
    """The event that an id leads to; None where it leads nowhere.

    A number is a delivery. A task is told by what its id begins with (core/events/wire.py); one
    that the relay sent begins with nothing, and is found only while a worker is at it.
    """
    text = text.strip()
    if (number := id_from(text)) is not None:
        return _behind(Delivery.objects.filter(pk=number))
    known = _uuid(text)
    if known is None:
        return _behind(Delivery.objects.filter(mail__message_id=f"<{text.strip('<>')}>"))
    return (
        EventRecord.objects.filter(pk=known).first()
        or _behind(Delivery.objects.filter(job=known))
        or _of_task(str(known))
    )


def _of_task(task_id: str) -> EventRecord | None:
    ends = [UUID(task_id[:SHARED] + end) for end in ("0" * len(LAST), LAST)]
    found = EventRecord.objects.filter(pk__range=ends).first()
    if found is not None:
        return found
    jobs = Job.objects.filter(pk__range=ends).values("delivery_id")
    at_it = WorkerProcess.objects.filter(task_id=task_id).first()
    in_hand = at_it.deliveries if at_it else []
    return _behind(Delivery.objects.filter(pk__in=jobs)) or _behind(
        Delivery.objects.filter(pk__in=in_hand).order_by("pk")
    )


def _behind(deliveries: QuerySet[Delivery]) -> EventRecord | None:
    delivery = deliveries.first()
    return EventRecord.objects.filter(pk=delivery.event_id).first() if delivery else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
