"""Rooms of the demo school: said a while ago, so nobody is told of anything."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction
from uuid_utils.compat import uuid7

from core import clock
from core.classes.models import SchoolClass
from core.live.entries import NewEntry, append
from core.people.models import Centre, Membership, User
from core.rooms.bodies import entry_of
from core.rooms.mentions import named_in
from core.rooms.models import OF_CLASS, Mention, Message, Room, RoomAudience, Topic
from core.rooms.streams import stream_of

# TABLE: topic, name, whose; what was said: by whom, and how many minutes after the first.
ROOMS: Final = (
    (
        "Everyday things",
        "Our class",
        RoomAudience.CLASS,
        (
            ("teacher", "Welcome to our room! Ask here whatever others may want to know too.", 0),
            ("student1", "Do we need the compass on Thursday?", 42),
            ("student2", "I think so, for the circles.", 44),
            ("teacher", "Yes, please, @{student1}. And a ruler.", 65),
            ("student3", "Thanks! I would have left mine at home.", 71),
        ),
    ),
    ("Everyday things", "Families", RoomAudience.FAMILIES, ()),
    (
        "Staff room",
        "All of us",
        RoomAudience.STAFF,
        (("head", "The meeting on Monday begins at 15:30, in the library.", 0),),
    ),
)


@transaction.atomic
def load_demo_rooms(centre: Centre) -> None:
    """A class's room, its families' and the staff's; the demo people must be there already."""
    members = Membership.objects.filter(centre=centre).select_related("user")
    people = {each.user.email.partition("@")[0]: each.user for each in members}
    school_class = SchoolClass.objects.get(centre=centre, name="7A")
    for topic, name, audience, said in ROOMS:
        room = Room.objects.create(
            centre=centre,
            topic=Topic.objects.get_or_create(centre=centre, name=topic)[0],
            name=name,
            audience=audience,
            school_class=school_class if audience in OF_CLASS else None,
            opened_by=people["teacher" if audience in OF_CLASS else "head"],
            created_at=clock.now() - timedelta(days=3),
        )
        _say(room, said, people)


def _say(room: Room, said: Sequence[tuple[str, str, int]], people: dict[str, User]) -> None:
    names = {account: person.name for account, person in people.items()}
    messages = [
        Message(
            id=uuid7(),
            centre=room.centre,
            room=room,
            author=people[account],
            body=body.format(**names),
            created_at=clock.now() - timedelta(days=2) + timedelta(minutes=minutes),
            seq=0,  # given below, with the entries
        )
        for account, body, minutes in said
    ]
    stream = stream_of(room.pk)
    seqs = append([NewEntry(stream, "message", entry_of(each, ())) for each in messages])
    for message, seq in zip(messages, seqs, strict=True):
        message.seq = seq
        message.save(force_insert=True)
        Mention.objects.bulk_create(
            Mention(centre=room.centre, message=message, person=person)
            for person in named_in(message.body, room)
        )
