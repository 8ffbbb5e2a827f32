"""Who was told of a homework, how and when, or why not."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from django.db.models import BigIntegerField, Case, QuerySet, When
from django.db.models.functions import Cast

from core.classes.queries import may_oversee
from core.events.models import Delivery, EventRecord
from core.homework import queries
from core.homework.audience import standing_of
from core.homework.events import HomeworkPublished
from core.homework.models import Homework
from core.http.lists import Order, Wanted, read_page
from core.people.actor import Actor
from core.people.models import User
from core.refusals import NotAllowedError
from core.trace.bodies import HomeworkReach, PersonReached, WayTold
from core.trace.fates import EMAIL, PORTAL, channel_of, fate_of, why_of
from core.trace.telling import read_times, tell_handlers

BY_NAME: Final = Order(User, "name", "id")

Ways = dict[str | None, WayTold]  # by channel


def homework_for(homework_id: int, *, by: Actor) -> Homework:
    """A homework whose reach the actor may see: its centre's staff and its class's teachers."""
    homework = queries.get_homework(homework_id, by=by)
    if not may_oversee(homework.school_class, by):
        raise NotAllowedError("Only those who teach or oversee the class can see this.")
    return homework


def reach_of(homework: Homework, wanted: Wanted) -> HomeworkReach:
    """A part of the people whom its latest publication concerned, by name."""
    event = _publication_of(homework)
    if event is None:
        return HomeworkReach(event_id=None, handlers=[], items=[], next=None)
    page = read_page(_people_of(event), BY_NAME, wanted, lambda row: row)
    handlers = tell_handlers(event, is_full=True)
    return HomeworkReach(
        event_id=event.pk,
        handlers=[each for each in handlers if each.channel],
        items=_tell_people(homework, event, page.items),
        next=page.next,
    )


def _publication_of(homework: Homework) -> EventRecord | None:
    published = HomeworkPublished(centre_id=homework.centre_id, homework_id=homework.pk)
    events = EventRecord.objects.filter(
        subject=published.subject(), kind=published.kind(), centre_id=homework.centre_id
    )
    return events.order_by("-pk").first()


def _people_of(event: EventRecord) -> QuerySet[User]:
    """Everyone for whom there is a delivery; keys that are no ids are passed over."""
    person = Case(When(key__regex=r"^\d{1,18}$", then=Cast("key", BigIntegerField())))
    keyed = Delivery.objects.filter(event=event).exclude(key="")
    return User.objects.filter(pk__in=keyed.values_list(person, flat=True))


def _tell_people(
    homework: Homework, event: EventRecord, people: Sequence[User]
) -> list[PersonReached]:
    ways = _ways_of(event, people)
    standing = standing_of((homework.pk, each.pk) for each in people)
    return [
        PersonReached(
            id=str(each.pk),
            name=each.name,
            part=standing[homework.pk, each.pk].part,
            portal=ways[str(each.pk)].get(PORTAL),
            email=ways[str(each.pk)].get(EMAIL),
        )
        for each in people
    ]


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
