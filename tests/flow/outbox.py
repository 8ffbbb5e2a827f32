"""Deliveries for a handler under test, made by hand."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from core.events import claims
from core.events.models import Delivery, EventRecord
from core.homework.events import HomeworkDrafted
from core.live.models import Entry
from tasks.handler import Batch, Handler

Run = Callable[[Batch[HomeworkDrafted]], None]


def a_handler(run: Run, **options: Any) -> Handler[HomeworkDrafted]:
    return Handler(name="notices.under_test", event=HomeworkDrafted, run=run, **options)


def due(count: int, *, centre: int = 1, attempt: int = 0) -> list[UUID]:
    """Deliveries for the handler under test, each of an event of its own."""
    ids = [uuid4() for _ in range(count)]
    EventRecord.objects.bulk_create(
        EventRecord(
            id=event_id,
            kind="HomeworkDrafted",
            version=1,
            centre_id=centre,
            payload={"centre_id": centre, "homework_id": number},
        )
        for number, event_id in enumerate(ids)
    )
    Delivery.objects.bulk_create(
        Delivery(event_id=event_id, centre_id=centre, handler="notices.under_test", attempt=attempt)
        for event_id in ids
    )
    return ids


def claim_one(
    handler: Handler[HomeworkDrafted], lease: timedelta
) -> list[claims.Claimed[HomeworkDrafted]]:
    return claims.claim(handler.name, handler.event, claims.Claim(limit=1, lease=lease))


def states() -> dict[str, int]:
    rows = list(Delivery.objects.values_list("state", flat=True))
    return {state: rows.count(state) for state in set(rows)}


def leave_a_mark(batch: Batch[HomeworkDrafted]) -> None:
    """An effect in PostgreSQL: one row per delivery, and no two."""
    Entry.objects.bulk_create(
        Entry(stream=f"mark:{each.event_id}", seq=1, type="mark", data={}) for each in batch.claimed
    )
