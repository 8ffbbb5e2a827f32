"""All that reads events with their causes and consequences."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.people.models import User
from core.refusals import NotFoundError
from core.trace.fates import channel_of, fate_of
from core.trace.viewer import Viewer

LONGEST_CHAIN: Final = 20  # causes of causes
MOST_EFFECTS: Final = 100

CAUSES: Final = """
WITH RECURSIVE chain AS (
    SELECT cause_id, 1 AS step FROM event WHERE id = %(event)s
    UNION ALL
    SELECT event.cause_id, step + 1 FROM chain JOIN event ON event.id = chain.cause_id
    WHERE step < %(longest)s
)
SELECT cause_id FROM chain WHERE cause_id IS NOT NULL ORDER BY step
"""

# `key` holds a person only where there is a channel, and is looked at as a number only there. What
# was only listed counts as read from the moment it was told; that nobody has read it is known.
TALLY: Final = r"""
SELECT handler, key = '', state, coalesce(notice.read_at > notice.created_at, FALSE), count(*),
    coalesce(max(detail) FILTER (WHERE key = ''), '')
FROM delivery LEFT JOIN notices_notice notice
    ON notice.event_id = delivery.event_id
    AND notice.person_id = CASE
        WHEN handler LIKE 'notices.%%' AND key ~ '^\d{1,18}$' THEN key::bigint
    END
WHERE delivery.event_id = %s
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2 DESC
"""


@dataclass(slots=True)
class Tally:
    """What became of an event at one handler."""

    handler: str
    state: str = ""  # of the delivery that the event came with
    why: str = ""
    counts: dict[str, int] = field(default_factory=dict)  # by fate


def event_for(event_id: UUID, *, by: Viewer) -> EventRecord:
    """An event that the viewer may see, if only as an operator; NotFoundError otherwise."""
    event = EventRecord.objects.filter(pk=event_id).first()
    if event is None or not (by.watches or by.knows(event)):
        raise NotFoundError("There is no such event.")
    return event


def event_behind(deliveries: QuerySet[Delivery], *, by: Viewer) -> EventRecord:
    """The event that the first of the deliveries follows; NotFoundError when there is none."""
    delivery = deliveries.first()
    if delivery is None:
        raise NotFoundError("There is no such event.")
    return event_for(delivery.event_id, by=by)


def causes_of(event: EventRecord) -> list[EventRecord]:
    """The events that led to this one, nearest first, as far as they are of its centre or none."""
    with connection.cursor() as cursor:
        cursor.execute(CAUSES, {"event": event.pk, "longest": LONGEST_CHAIN})
        ids = [row[0] for row in cursor.fetchall()]
    found = _beside(event).in_bulk(ids)
    return [found[each] for each in ids if each in found]


def effects_of(event: EventRecord) -> list[EventRecord]:
    """The events that its handlers published, in order; one more than are shown."""
    return list(_beside(event).filter(cause_id=event.pk).order_by("pk")[: MOST_EFFECTS + 1])


def _beside(event: EventRecord) -> QuerySet[EventRecord]:
    """Events that who may see this one may see too; all of them where it is of no centre."""
    if event.centre_id == NO_CENTRE:
        return EventRecord.objects.all()
    return EventRecord.objects.filter(centre_id__in=[event.centre_id, NO_CENTRE])


def tallies_of(event: EventRecord) -> list[Tally]:
    """How many deliveries met which fate, by handler. One that only fanned out is not counted."""
    with connection.cursor() as cursor:
        cursor.execute(TALLY, [event.pk])
        rows = cursor.fetchall()
    fanned = {handler for handler, is_first, *_ in rows if not is_first}
    tallies: dict[str, Tally] = {}
    for handler, is_first, state, is_read, count, why in rows:
        tally = tallies.setdefault(handler, Tally(handler))
        if is_first:
            tally.state, tally.why = state, why
        if not is_first or handler not in fanned:
            fate = fate_of(state, channel_of(handler), is_read=is_read, is_first=is_first)
            tally.counts[fate] = tally.counts.get(fate, 0) + count
    return list(tallies.values())


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """The names of people by id."""
    return dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "name"))
