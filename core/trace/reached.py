"""Whom an event reached, how and when, or why not."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, When
from django.db.models.functions import Cast

from core.classes.queries import may_oversee
from core.events.models import Delivery, DeliveryState, EventRecord
from core.homework import queries
from core.homework.audience import standing_of
from core.homework.events import HomeworkPublished
from core.homework.models import Homework
from core.http.bodies import id_from
from core.http.lists import Order, Page, Wanted, read_page
from core.notices.models import Notice
from core.people.actor import Actor
from core.people.models import User
from core.refusals import NotAllowedError
from core.trace.bodies import HomeworkReach, PersonReached, WayTold
from core.trace.fates import CHANNELS, EMAIL, PORTAL, Fate, channel_of, fate_of, why_of
from core.trace.telling import read_times, tell_handlers

BY_NAME: Final = Order(User, "name", "id")
PERSON: Final = Case(When(key__regex=r"^\d{1,18}$", then=Cast("key", BigIntegerField())))
OPEN: Final = (DeliveryState.PENDING, DeliveryState.RUNNING)
# TABLE: the deliveries that meet a fate, by channel where it is only one's.
STATES: Final[dict[Fate, tuple[tuple[str, ...], str | None]]] = {
    "told": ((DeliveryState.DONE,), PORTAL),
    "read": ((DeliveryState.DONE,), PORTAL),
    "mailed": ((DeliveryState.DONE,), EMAIL),
    "waiting": (OPEN, None),
    "skipped": ((DeliveryState.SKIPPED,), None),
    "failed": ((DeliveryState.DEAD,), None),
    "discarded": ((DeliveryState.DISCARDED,), None),
}

Ways = dict[str | None, WayTold]  # by channel


def homework_for(homework_id: int, *, by: Actor) -> Homework:
    """A homework whose reach the actor may see: its centre's staff and its class's teachers."""
    homework = queries.get_homework(homework_id, by=by)
    if not may_oversee(homework.school_class, by):
        raise NotAllowedError("Only those who teach or oversee the class can see this.")
    return homework


def reach_of(homework: Homework, wanted: Wanted) -> HomeworkReach:
    """A part of the people whom its latest publication concerned, by name."""
    event = publication_of(homework)
    if event is None:
        return HomeworkReach(event_id=None, handlers=[], items=[], next=None)
    page = people_reached(event, wanted)
    handlers = tell_handlers(event, is_full=True)
    return HomeworkReach(
        event_id=event.pk,
        handlers=[each for each in handlers if each.channel],
        items=page.items,
        next=page.next,
    )


def publication_of(homework: Homework) -> EventRecord | None:
    """The event of its latest publication; None while it is a draft."""
    published = HomeworkPublished(centre_id=homework.centre_id, homework_id=homework.pk)
    return events_about(homework).filter(kind=published.kind()).order_by("-pk").first()


def events_about(homework: Homework) -> QuerySet[EventRecord]:
    """All that happened to a homework."""
    published = HomeworkPublished(centre_id=homework.centre_id, homework_id=homework.pk)
    return EventRecord.objects.filter(subject=published.subject(), centre_id=homework.centre_id)


def people_reached(
    event: EventRecord, wanted: Wanted, fate: Fate | None = None, channel: str | None = None
) -> Page[PersonReached]:
    """A part of the people whom an event concerned, by name; of one fate, over one channel."""
    found = read_page(_people_of(event, fate, channel), BY_NAME, wanted, lambda row: row)
    return Page(items=_tell_people(event, found.items), next=found.next)


def _people_of(event: EventRecord, fate: Fate | None, channel: str | None) -> QuerySet[User]:
    """Those for whom there is such a delivery; keys that are no ids are passed over."""
    keyed = Delivery.objects.filter(event=event).exclude(key="")
    states, only = STATES.get(fate, ((), None)) if fate else (tuple(DeliveryState.values), None)
    of_channels = Q(pk__in=[])
    for queue, over in CHANNELS.items():
        if over in {channel or over} & {only or over}:
            of_channels |= Q(handler__startswith=f"{queue}.")
    keyed = keyed.filter(of_channels, state__in=states)
    people = User.objects.filter(pk__in=keyed.values_list(PERSON, flat=True))
    return _by_reading(people, event, fate) if fate in {"told", "read"} else people


def _by_reading(people: QuerySet[User], event: EventRecord, fate: Fate | None) -> QuerySet[User]:
    """Those of the people who have read their notice of the event, or have not."""
    notices = Notice.objects.filter(event_id=event.pk)
    is_read = Q(read_at__gt=F("created_at"))
    notices = notices.filter(is_read) if fate == "read" else notices.exclude(is_read)
    return people.filter(pk__in=notices.values("person_id"))


def _tell_people(event: EventRecord, people: Sequence[User]) -> list[PersonReached]:
    ways = _ways_of(event, people)
    parts = _parts_of(event, people)
    return [
        PersonReached(
            id=str(each.pk),
            name=each.name,
            part=parts.get(each.pk, ""),
            portal=ways[str(each.pk)].get(PORTAL),
            email=ways[str(each.pk)].get(EMAIL),
        )
        for each in people
    ]


def _parts_of(event: EventRecord, people: Sequence[User]) -> dict[int, str]:
    """What they are to the class of a homework; nothing for events about other things."""
    what, _colon, ident = event.subject.partition(":")
    homework_id = id_from(ident) if what == "homework" else None
    if homework_id is None:
        return {}
    standing = standing_of((homework_id, each.pk) for each in people)
    return {person: found.part for (_of, person), found in standing.items()}


def _ways_of(event: EventRecord, people: Sequence[User]) -> dict[str, Ways]:
    """By key, over which channels each was reached, or why not."""
    read_at = read_times(event, [each.pk for each in people])
    ways: dict[str, Ways] = defaultdict(dict)
    keys = [str(each.pk) for each in people]
    for each in Delivery.objects.filter(event=event, key__in=keys):
        channel = channel_of(each.handler)
        read = read_at.get(int(each.key)) if channel == PORTAL else None
        ways[each.key][channel] = WayTold(
            fate=fate_of(each.state, channel, is_read=bool(read)),
            why=why_of(event, each),
            at=read or each.finished_at,
        )
    return ways
