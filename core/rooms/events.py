"""What can happen in rooms."""

from uuid import UUID

from core.events.event import Event


class TopicAdded(Event):
    """There is a new topic that rooms can be about."""

    about = "topic_id"
    topic_id: int


class RoomOpened(Event):
    """People of a centre have a new room to write to each other in."""

    about = "room_id"
    room_id: int
    by_id: int


class RoomChanged(Event):
    """A room got another name or topic."""

    about = "room_id"
    room_id: int
    by_id: int


class RoomClosed(Event):
    """A room can be read from now on, and not written in."""

    about = "room_id"
    room_id: int
    by_id: int


class RoomReopened(Event):
    """A room that was closed can be written in again."""

    about = "room_id"
    room_id: int
    by_id: int


class RoomRead(Event):
    """A person has read a room up to a message."""

    about = "room_id"
    room_id: int
    person_id: int
    up_to: int


class MessagePosted(Event):
    """Somebody said something in a room."""

    about = "room_id"
    room_id: int
    message_id: UUID
    by_id: int


class MessageEdited(Event):
    """Somebody said it otherwise."""

    about = "room_id"
    room_id: int
    message_id: UUID
    by_id: int


class MessageRemoved(Event):
    """A message was taken away, by who wrote it or by who keeps the room in order."""

    about = "room_id"
    room_id: int
    message_id: UUID
    by_id: int
