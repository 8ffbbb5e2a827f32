"""Topics and rooms over HTTP."""

from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from core.http.bodies import id_from
from core.http.lists import Order, Page, Wanted, read_page
from core.live.entries import heads
from core.people.acting import acting
from core.people.actor import Actor
from core.rooms import actions, queries
from core.rooms.bodies import (
    RoomChange,
    RoomDraft,
    RoomMore,
    RoomReadUpTo,
    RoomTold,
    TopicDraft,
    TopicTold,
)
from core.rooms.models import Room, Topic
from core.rooms.streams import stream_of

router = Router(tags=["rooms"])

TOPICS_BY_NAME: Final = Order(Topic, "name", "id")
ROOMS_BY_NAME: Final = Order(Room, "name", "id")


class RoomsWanted(Wanted):
    """Which rooms are asked for."""

    topic: Annotated[str | None, Field(description="the id of a topic")] = None
    class_id: Annotated[str | None, Field(description="the id of a class")] = None
    closed: Annotated[bool | None, Field(description="only closed ones, or only open ones")] = None


@router.get("topics", response=Page[TopicTold], operation_id="list_topics", summary="Topics")
def list_topics(request: HttpRequest, wanted: Query[Wanted]) -> Page[TopicTold]:
    """What the centre's rooms are about, by name."""
    return read_page(queries.topics_of(acting(request)), TOPICS_BY_NAME, wanted, TopicTold.of)


@router.post("topics", response={201: TopicTold}, operation_id="add_topic", summary="Add a topic")
def add_topic(request: HttpRequest, given: TopicDraft) -> Status[TopicTold]:
    """A name that the centre has already is refused (409)."""
    return Status(201, TopicTold.of(actions.add_topic(name=given.name, by=acting(request))))


@router.get("rooms", response=Page[RoomTold], operation_id="list_rooms", summary="Rooms")
def list_rooms(request: HttpRequest, wanted: Query[RoomsWanted]) -> Page[RoomTold]:
    """The rooms that one may read, by name; the office reads all of its centre."""
    by = acting(request)
    exactly: dict[str, Any] = {}
    if wanted.topic is not None:
        exactly["topic__in"] = [id_from(wanted.topic)]
    if wanted.class_id is not None:
        exactly["school_class__in"] = [id_from(wanted.class_id)]
    if wanted.closed is not None:
        exactly["closed_at__isnull"] = not wanted.closed
    rooms = queries.with_news(queries.rooms_for(by).filter(**exactly), by=by)
    return read_page(rooms, ROOMS_BY_NAME, wanted, RoomTold.of)


@router.post("rooms", response={201: RoomMore}, operation_id="open_room", summary="Open a room")
def open_room(request: HttpRequest, given: RoomDraft) -> Status[RoomMore]:
    """For a class, its families, teachers and staff, or everybody; teachers for their classes."""
    by = acting(request)
    room = actions.open_room(
        topic_id=id_from(given.topic_id),
        name=given.name,
        audience=given.whose,
        class_id=None if given.class_id is None else id_from(given.class_id) or 0,
        by=by,
    )
    return Status(201, told(room.pk, by))


@router.get("rooms/{int:room_id}", response=RoomMore, operation_id="get_room", summary="A room")
def get_room(request: HttpRequest, room_id: int) -> RoomMore:
    """One of the rooms that one may read."""
    return told(room_id, acting(request))


@router.patch(
    "rooms/{int:room_id}", response=RoomMore, operation_id="change_room", summary="Change a room"
)
def change_room(request: HttpRequest, room_id: int, given: RoomChange) -> RoomMore:
    """Renames it, moves it to another topic, closes or reopens it: its teachers and the office."""
    by = acting(request)
    changes = given.model_dump(exclude_unset=True)
    if "topic_id" in changes:  # -1 is none: not "leave it as it is"
        changes["topic_id"] = id_from(given.topic_id) or -1
    closed = changes.pop("closed", None)
    if changes or closed is None:
        actions.change_room(room_id=room_id, by=by, **changes)
    if closed is not None:
        (actions.close_room if closed else actions.reopen_room)(room_id=room_id, by=by)
    return told(room_id, by)


@router.post(
    "rooms/{int:room_id}/read",
    response={204: None},
    operation_id="read_room",
    summary="Read a room",
)
def read_room(request: HttpRequest, room_id: int, given: RoomReadUpTo) -> Status[None]:
    """Notes up to which message one has read it; reading never goes back."""
    actions.read_room(room_id=room_id, up_to=given.up_to, by=acting(request))
    return Status(204, None)


def told(room_id: int, by: Actor) -> RoomMore:
    """A room as it is now, with the number from which on its stream tells what comes next."""
    stream = stream_of(room_id)
    seq = heads([stream])[stream]
    room = queries.with_news(queries.rooms_for(by), by=by)
    return RoomMore.seen(queries.one_of(room, room_id), seq=seq, by=by)
