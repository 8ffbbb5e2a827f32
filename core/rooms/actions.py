"""All that changes topics and rooms. What is said in them: core/rooms/message_actions.py."""

from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from core import clock
from core.audit.actions import record
from core.classes.queries import get_class, may_teach
from core.events.publish import publish
from core.live.entries import NewEntry, append
from core.people.actor import Actor
from core.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.rooms import queries
from core.rooms.events import (
    RoomChanged,
    RoomClosed,
    RoomOpened,
    RoomRead,
    RoomReopened,
    TopicAdded,
)
from core.rooms.models import OF_CLASS, Room, RoomAudience, Topic
from core.rooms.streams import stream_of

TAKEN: Final = "There is a topic of this name already."

# Two tabs may say different numbers at once; reading never goes back.
READ: Final = """
INSERT INTO rooms_roomreading AS mine (centre_id, room_id, person_id, up_to)
VALUES (%(centre)s, %(room)s, %(person)s, %(up_to)s)
ON CONFLICT (room_id, person_id) DO UPDATE SET up_to = excluded.up_to
    WHERE mine.up_to < excluded.up_to
"""


@transaction.atomic
def add_topic(*, name: str, by: Actor) -> Topic:
    """Have something that rooms can be about; ConflictError where the centre has it already."""
    topic = Topic(centre_id=by.centre_id, name=name)
    try:
        with transaction.atomic():
            topic.save()
    except IntegrityError as taken:
        raise ConflictError(TAKEN) from taken
    publish(TopicAdded(centre_id=by.centre_id, topic_id=topic.pk))
    return topic


@transaction.atomic
def open_room(
    *,
    topic_id: int | None,
    name: str,
    audience: RoomAudience,
    by: Actor,
    class_id: int | None = None,
) -> Room:
    """Give people a room: teachers those of their classes, the office anybody.

    Raises InvalidError for a topic or class that is not there, NotAllowedError for others' rooms.
    """
    room = Room(
        centre_id=by.centre_id,
        topic=_topic(topic_id, by),
        name=name,
        audience=audience,
        opened_by_id=by.user_id,
        created_at=clock.now(),
    )
    if audience in OF_CLASS:
        _give_to_class(room, class_id, by)
    elif class_id is not None:
        raise InvalidError("class_id", "goes with the audiences class and families alone")
    elif not queries.is_office(by):
        raise NotAllowedError("Teachers open rooms for their own classes.")
    room.save()
    publish(RoomOpened(centre_id=by.centre_id, room_id=room.pk, by_id=by.user_id))
    return room


@transaction.atomic
def change_room(
    *, room_id: int, by: Actor, name: str | None = None, topic_id: int | None = None
) -> Room:
    """Give a room another name or topic; what stays as it was is no change."""
    room = _lock(room_id, by)
    before = (room.name, room.topic_id)
    room.name = name or room.name
    room.topic = _topic(topic_id, by) if topic_id else room.topic
    if before == (room.name, room.topic_id):
        return room
    room.save()
    publish(RoomChanged(centre_id=by.centre_id, room_id=room.pk, by_id=by.user_id))
    _tell(room)
    return room


@transaction.atomic
def close_room(*, room_id: int, by: Actor) -> Room:
    """Have a room read from now on, and not written in; one that is closed stays so."""
    room = _lock(room_id, by)
    if room.closed_at:
        return room
    room.closed_at = clock.now()
    room.save()
    _note("room.closed", room, by)
    publish(RoomClosed(centre_id=by.centre_id, room_id=room.pk, by_id=by.user_id))
    _tell(room)
    return room


@transaction.atomic
def reopen_room(*, room_id: int, by: Actor) -> Room:
    """Have a closed room written in again; one that is open stays so."""
    room = _lock(room_id, by)
    if room.closed_at is None:
        return room
    room.closed_at = None
    room.save()
    _note("room.reopened", room, by)
    publish(RoomReopened(centre_id=by.centre_id, room_id=room.pk, by_id=by.user_id))
    _tell(room)
    return room


@transaction.atomic
def read_room(*, room_id: int, up_to: int, by: Actor) -> None:
    """Note up to which message the actor has read a room; what was read stays read."""
    room = queries.get_room(room_id, by=by)
    values: dict[str, Any] = {"centre": by.centre_id, "room": room.pk, "person": by.user_id}
    with connection.cursor() as cursor:
        cursor.execute(READ, values | {"up_to": up_to})
        is_new = cursor.rowcount > 0
    if is_new:
        publish(
            RoomRead(centre_id=by.centre_id, room_id=room.pk, person_id=by.user_id, up_to=up_to)
        )


def _topic(topic_id: int | None, by: Actor) -> Topic:
    found = queries.topics_of(by).filter(pk__in=[topic_id]).first()
    if found is None:
        raise InvalidError("topic_id", "must be one of the centre's topics")
    return found


def _give_to_class(room: Room, class_id: int | None, by: Actor) -> None:
    try:
        room.school_class = get_class(class_id or 0, by=by)
    except NotFoundError:
        raise InvalidError("class_id", "must be a class of the centre") from None
    if not (queries.is_office(by) or may_teach(room.school_class, by)):
        raise NotAllowedError("Teachers open rooms for their own classes.")
    if room.school_class.archived_at:
        raise InvalidError("class_id", "must be a class that is not archived")


def _lock(room_id: int, by: Actor) -> Room:
    """A room that the actor keeps in order, locked for this transaction."""
    room = queries.one_of(queries.rooms_for(by).select_for_update(of=("self",)), room_id)
    if not queries.keeps_order(room, by):
        raise NotAllowedError("Only the room's teachers and the centre's staff can do this.")
    return room


def _note(what: str, room: Room, by: Actor) -> None:
    record(what, centre_id=room.centre_id, by=by.user_id, subject=f"room:{room.pk}")


def _tell(room: Room) -> None:
    """Whoever is in the room sees that it has changed; late in the transaction."""
    append([NewEntry(stream_of(room.pk), "room", {"id": str(room.pk)})])
