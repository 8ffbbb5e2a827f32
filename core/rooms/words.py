"""What is said of a message to a person whom it names, in the present language: never its words."""

from typing import Final

from django.utils.translation import gettext as _

from core.rooms.models import Message, Room, RoomAudience

LONGEST: Final = 300  # of a notice's title and a mail's subject


def headline(message: Message) -> str:
    """Who named the reader where, in one line."""
    names = {"name": message.author.name, "room": message.room.name}
    return (_("%(name)s mentioned you in %(room)s") % names)[:LONGEST]


def whose(room: Room) -> str:
    """Who reads the room, in a sentence; its class should be selected."""
    words = {
        RoomAudience.CLASS: _("It is a room of %(class)s and its teachers."),
        RoomAudience.FAMILIES: _("It is a room of the guardians of %(class)s and its teachers."),
        RoomAudience.STAFF: _("It is a room of the teachers and staff."),
        RoomAudience.CENTRE: _("It is a room of everybody at the centre."),
    }
    name = room.school_class.name if room.school_class else ""
    return words[RoomAudience(room.audience)] % {"class": name}


def place_of(message: Message) -> str:
    """Where the message stands in the portal."""
    return f"/rooms/{message.room_id}#message-{message.pk}"
