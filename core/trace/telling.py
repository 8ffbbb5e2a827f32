"""An event's trace in words: its parts are read here, and put as the viewer may see them."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from django.db.models import F

from core.events.event import NO_CENTRE
from core.events.models import Delivery, DeliveryState, EventRecord
from core.http.bodies import id_from
from core.http.lists import Order, Page, Wanted, read_page
from core.isolation.scope import outbox, within_centre
from core.jobs.models import Job
from core.mail.models import Mail
from core.notices.models import Notice
from core.trace import queries
from core.trace.bodies import (
    DeliveryTold,
    EventTold,
    HandlerTold,
    LongWorkTold,
    MailTold,
    PersonTold,
    TraceTold,
)
from core.trace.fates import (
    PORTAL,
    channel_of,
    fate_of,
    waits_for,
    why_of,
    without_addresses,
)
from core.trace.queries import MOST_EFFECTS
from core.trace.viewer import Viewer

OLDEST_FIRST: Final = Order(Delivery, "id")


def tell_trace(event: EventRecord, wanted: Wanted, *, by: Viewer) -> TraceTold:
    """The event with what led to it and what followed; a handful of queries, whatever its size."""
    with _around(event):
        return _tell_trace(event, wanted, is_full=by.knows(event))


def _around(event: EventRecord) -> AbstractContextManager[None]:
    """What may be seen beside an event: its centre's, wherever the viewer acts; if it has none, all
    that followed in whatever centre, and nothing else of these.
    """
    return outbox() if event.centre_id == NO_CENTRE else within_centre(event.centre_id)


def _tell_trace(event: EventRecord, wanted: Wanted, *, is_full: bool) -> TraceTold:
    causes, effects = queries.causes_of(event), queries.effects_of(event)
    events = [event, *causes, *effects[:MOST_EFFECTS]]
    people = names_if(is_full, (each.actor_id for each in events))
    first, *others = [tell_event(each, people) for each in events]
    return TraceTold(
        event=first,
        causes=others[: len(causes)],
        effects=others[len(causes) :],
        has_more_effects=len(effects) > MOST_EFFECTS,
        handlers=tell_handlers(event, is_full=is_full),
        deliveries=_tell_deliveries(event, wanted, is_full=is_full),
    )


def names_if(is_full: bool, user_ids: Iterable[int | None]) -> dict[int, str]:  # noqa: FBT001
    """Names for those who may see them."""
    return queries.names_of(each for each in user_ids if each) if is_full else {}


def tell_event(event: EventRecord, people: dict[int, str]) -> EventTold:
    """An event in words."""
    return EventTold(
        id=event.pk,
        kind=event.kind,
        version=event.version,
        occurred_at=event.occurred_at,
        centre_id=str(event.centre_id),
        subject=event.subject,
        actor=_person(event.actor_id, people),
        request_id=event.request_id,
        cause_id=event.cause_id,
    )


def _person(user_id: int | None, people: dict[int, str]) -> PersonTold | None:
    return PersonTold(id=str(user_id), name=people.get(user_id)) if user_id else None


def tell_handlers(event: EventRecord, *, is_full: bool) -> list[HandlerTold]:
    """What became of the event at each of its handlers."""
    return [
        HandlerTold(
            handler=each.handler,
            channel=channel_of(each.handler),
            fate=(fate := fate_of(each.state, None)),
            why=seen(
                (fate == "waiting" and waits_for(event, each.handler)) or each.why, is_full=is_full
            ),
            counts=each.counts,
        )
        for each in queries.tallies_of(event)
    ]


def seen(text: str, *, is_full: bool) -> str:
    """A reason, an error, a server's words, as the viewer may see them."""
    return text if is_full else without_addresses(text)


def _tell_deliveries(event: EventRecord, wanted: Wanted, *, is_full: bool) -> Page[DeliveryTold]:
    rows = Delivery.objects.filter(event=event).select_related("mail", "job")
    page = read_page(rows, OLDEST_FIRST, wanted, lambda row: row)
    sight = Sight.on(event, page.items, is_full=is_full)
    return Page(items=[sight.tell(each) for each in page.items], next=page.next)


def _job(job: Job | None) -> LongWorkTold | None:
    if job is None:
        return None
    return LongWorkTold(id=job.pk, state=job.state, stage=job.stage, progress=job.progress)


def recipient_of(delivery: Delivery) -> int | None:
    """The person whom it is for, if it is for one."""
    return id_from(delivery.key) if channel_of(delivery.handler) else None


def read_times(event: EventRecord, user_ids: Iterable[int]) -> dict[int, datetime | None]:
    """When each of the people read their notice of the event, if they did; see `is_quiet`."""
    notices = Notice.objects.filter(event_id=event.pk, person_id__in=set(user_ids))
    notices = notices.filter(read_at__gt=F("created_at"))
    return dict(notices.values_list("person_id", "read_at"))


@dataclass(frozen=True, slots=True)
class Sight:
    """What is needed to tell of some of an event's deliveries."""

    event: EventRecord
    is_full: bool
    people: dict[int, str]
    read_at: dict[int, datetime | None]

    @classmethod
    def on(cls, event: EventRecord, deliveries: list[Delivery], *, is_full: bool) -> Self:
        """Two queries for all of them."""
        recipients = [found for each in deliveries if (found := recipient_of(each))]
        people = names_if(is_full, recipients)
        return cls(event, is_full, people, read_times(event, recipients))

    def tell(self, delivery: Delivery) -> DeliveryTold:
        """A delivery in words."""
        channel, recipient = channel_of(delivery.handler), recipient_of(delivery)
        read_at = self.read_at.get(recipient or 0) if channel == PORTAL else None
        is_first = not delivery.key
        return DeliveryTold(
            id=str(delivery.pk),
            handler=delivery.handler,
            channel=channel,
            recipient=_person(recipient, self.people),
            state=delivery.state,
            fate=fate_of(delivery.state, channel, is_read=bool(read_at), is_first=is_first),
            why=seen(why_of(self.event, delivery), is_full=self.is_full),
            attempts=delivery.attempt,
            finished_at=delivery.finished_at,
            next_attempt_at=delivery.due_at if delivery.state == DeliveryState.PENDING else None,
            read_at=read_at,
            mail=self._mail(getattr(delivery, "mail", None)),
            job=_job(getattr(delivery, "job", None)),
        )

    def _mail(self, mail: Mail | None) -> MailTold | None:
        if mail is None:
            return None
        reply = seen(mail.reply, is_full=self.is_full)
        return MailTold(
            message_id=mail.message_id, state=mail.state, reply=reply, sent_at=mail.sent_at
        )
