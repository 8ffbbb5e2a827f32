"""All that changes what is said in rooms. A message's words are in its entries, and leave with it.

Whoever replays a room gets each message as it reads now: an entry is rewritten when its message is
edited, and emptied when that is removed.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from core import clock
from core.audit.actions import record
from core.events.publish import publish
from core.files.attachments import attach_files, detach_files, files_of
from core.live.entries import NewEntry, append, retract, rewrite
from core.people.actor import Actor
from core.people.models import User
from core.refusals import ConflictError, NotAllowedError
from core.rooms import queries
from core.rooms.bodies import entry_of
from core.rooms.events import MessageEdited, MessagePosted, MessageRemoved
from core.rooms.mentions import named_in
from core.rooms.models import Mention, Message, Room
from core.rooms.streams import stream_of
from core.rooms.subjects import of_message


@transaction.atomic
def post_message(*, room_id: int, body: str, by: Actor, files: Sequence[int] = ()) -> Message:
    """Say something in a room; whoever is in it sees it, whom it names is told. 409 if closed."""
    room = queries.get_room(room_id, by=by)
    _check_open(room)
    message = Message(
        id=uuid7(),
        centre_id=room.centre_id,
        room=room,
        seq=0,  # given below, with the entry
        author=User(pk=by.user_id, name=by.name),
        body=body,
        created_at=clock.now(),
    )
    if files:
        attach_files(files, subject=of_message(message.pk), by=by)
    named = named_in(body, room)
    publish(MessagePosted(message_id=message.pk, **_about(room, by)))
    entry = NewEntry(stream_of(room.pk), "message", _entry(message))
    (message.seq,) = append([entry])
    message.save(force_insert=True)
    Mention.objects.bulk_create(
        Mention(centre_id=room.centre_id, message=message, person=each) for each in named
    )
    return message


@transaction.atomic
def edit_message(*, message_id: UUID, body: str, by: Actor) -> Message:
    """Say it otherwise; the author alone can. Who was named is not told again."""
    message = _lock(message_id, by)
    if message.author_id != by.user_id:
        raise NotAllowedError("Only who wrote a message can change it.")
    _check_open(message.room)
    if message.body == body:
        return message
    message.body, message.edited_at = body, clock.now()
    message.save()
    publish(MessageEdited(message_id=message.pk, **_about(message.room, by)))
    stream, data = stream_of(message.room_id), _entry(message)
    retract(stream, {"edits": str(message.pk)})
    rewrite([(stream, message.seq, data)])
    edited = data | {"seq": message.seq, "edits": str(message.pk)}
    append([NewEntry(stream, "message_edited", edited)])
    return message


@transaction.atomic
def remove_message(*, message_id: UUID, by: Actor) -> None:
    """Take a message away with its files: one's own, or in a room that one keeps in order.

    That there was one stays to be seen. Of others' it is written down. In a closed room too.
    """
    message = _lock(message_id, by)
    is_own = message.author_id == by.user_id
    if not (is_own or queries.keeps_order(message.room, by)):
        raise NotAllowedError(
            "Only who wrote a message, or keeps the room in order, can remove it."
        )
    message.body, message.removed_at, message.removed_by_id = "", clock.now(), by.user_id
    message.save()
    subject = of_message(message.pk)
    detach_files([file.pk for file in files_of(subject)], subject=subject)
    if not is_own:
        detail = {"room": str(message.room_id), "author": str(message.author_id)}
        record(
            "message.removed",
            centre_id=by.centre_id,
            by=by.user_id,
            subject=f"message:{message.pk}",
            detail=detail,
        )
    publish(MessageRemoved(message_id=message.pk, **_about(message.room, by)))
    stream = stream_of(message.room_id)
    retract(stream, {"id": str(message.pk)})
    gone = {"id": str(message.pk), "seq": message.seq}
    append([NewEntry(stream, "message_removed", gone)])


def _lock(message_id: UUID, by: Actor) -> Message:
    """A message that is still there, locked for this transaction."""
    queries.get_message(message_id, by=by)
    locked = Message.objects.select_for_update(of=("self",))
    message = locked.select_related("author", "room__school_class").get(pk=message_id)
    if message.removed_at:
        raise ConflictError("The message was removed.")
    return message


def _check_open(room: Room) -> None:
    if not queries.is_open(room):
        raise ConflictError("The room is closed: it can be read, and not written in.")


def _about(room: Room, by: Actor) -> dict[str, int]:
    return {"centre_id": room.centre_id, "room_id": room.pk, "by_id": by.user_id}


def _entry(message: Message) -> dict[str, Any]:
    return entry_of(message, files_of(of_message(message.pk)))
