"""The rooms of a person as their page lists them: by topic, with what is new in each."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models.functions import Lower

from core.live.entries import heads
from core.people.actor import Actor
from core.rooms import queries
from core.rooms.models import Room, Topic
from core.rooms.streams import stream_of

PER_PAGE: Final = 40
FOLLOWED: Final = 20  # rooms of a page whose messages are counted as they come
OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class Directory:
    """One page of it."""

    page: Page[int]
    topics: list[tuple[Topic, list[Room]]]
    streams: dict[int, tuple[str, int]]  # by room: its stream, and from where on to follow it


def directory_of(by: Actor, *, show: str, number: str | None) -> Directory:
    """The page of this number of one's open rooms, or of the closed ones."""
    rooms = queries.rooms_for(by)
    rooms = rooms.filter(queries.OVER) if show == CLOSED else rooms.exclude(queries.OVER)
    rooms = rooms.order_by(Lower("topic__name"), Lower("name"), "pk")
    page = Paginator(rooms.values_list("pk", flat=True), PER_PAGE).get_page(number)
    ids = list(page.object_list)
    after = heads([stream_of(pk) for pk in ids])  # before what is new is counted
    shown = list(queries.with_news(rooms.filter(pk__in=ids), by=by))
    talked = sorted(shown, key=lambda room: after[stream_of(room.pk)], reverse=True)
    return Directory(
        page=page,
        topics=[(topic, list(some)) for topic, some in groupby(shown, lambda room: room.topic)],
        streams={
            room.pk: (stream_of(room.pk), after[stream_of(room.pk)]) for room in talked[:FOLLOWED]
        },
    )
