"""The stream of a room, `room:ID`: what is said there as entries, for who may read the room."""

from typing import Final

from core.isolation.scope import within_centre
from core.live.streams import StreamKind
from core.people.naming import as_member
from core.refusals import NotFoundError
from core.rooms import queries
from core.rooms.models import Room


def stream_of(room_id: int) -> str:
    """The name under which its entries are stored."""
    return f"room:{room_id}"


def find_room(user_id: int, ident: str) -> str | None:
    """The stream of a room that this person may read."""
    named = as_member(user_id, ident, Room)
    if named is None:
        return None
    room_id, by = named
    with within_centre(by.centre_id, person_id=user_id):
        try:
            queries.get_room(room_id, by=by)
        except NotFoundError:
            return None
    return stream_of(room_id)


ROOM: Final = StreamKind(prefix="room", find=find_room)
