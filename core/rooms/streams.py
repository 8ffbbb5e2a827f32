"""The stream of a room, `room:ID`: what is said there as entries, for who may read the room."""

from typing import Final

from core.http.bodies import id_from
from core.isolation.scope import everywhere, within_centre
from core.live.streams import StreamKind
from core.people.actor import actor_of
from core.people.models import Membership
from core.refusals import NotFoundError
from core.rooms import queries
from core.rooms.models import Room


def stream_of(room_id: int) -> str:
    """The name under which its entries are stored."""
    return f"room:{room_id}"


def find_room(user_id: int, ident: str) -> str | None:
    """The stream of a room that this person may read."""
    room_id = id_from(ident)
    if room_id is None or str(room_id) != ident:
        return None
    with everywhere():  # a socket is of no centre; the room says which one counts
        room = Room.objects.filter(pk=room_id).first()
        members = Membership.objects.select_related("user").filter(user_id=user_id, is_active=True)
        member = members.filter(centre_id=room.centre_id).first() if room else None
    if room is None or member is None:
        return None
    with within_centre(room.centre_id, person_id=user_id):
        try:
            queries.get_room(room_id, by=actor_of(member))
        except NotFoundError:
            return None
    return stream_of(room_id)


ROOM: Final = StreamKind(prefix="room", find=find_room)
