"""Mails about rooms: without what was said there, and in one thread for each room."""

from core.events.claims import Claimed
from core.notices.models import NoticeKind
from core.notices.wanted import why_unwanted
from core.people.language import speaking_to
from core.people.models import User
from core.rooms.audience import scene_of
from core.rooms.events import MessagePosted
from core.rooms.words import headline, place_of, whose
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.handler import Batch, Recipients, SkipError, on


def mentioned(event: MessagePosted) -> Recipients:
    """Everyone whom the message names, less those who want no mail about it."""
    scene = scene_of([event])
    if reason := scene.moot(event):
        raise SkipError(reason)
    people = scene.audience(event)
    unwanted = _unwanted([each.person_id for each in people])
    return [
        (str(each.person_id), each.why_not or unwanted.get(each.person_id, "")) for each in people
    ]


@on(MessagePosted, to=mentioned, batch=10, outside=True, waits=True)
def mail_mentioned(batch: Batch[MessagePosted]) -> None:
    """Mail each person whom a message names."""
    send_each(batch, mention_letter)


def mention_letter(delivery: Claimed[MessagePosted]) -> Letter:
    """The mail to one person; SkipError when they are not to know any more."""
    event, person_id = delivery.event, int(delivery.key)
    scene = scene_of([event], [person_id])
    if reason := scene.why_not(event, person_id):
        raise SkipError(reason)
    if unwanted := _unwanted([person_id]):
        raise SkipError(unwanted[person_id])
    message = scene.messages[event.message_id]
    person = User.objects.get(pk=person_id)
    with speaking_to(person, message.room.centre):
        line, room = headline(message), whose(message.room)
    return write(
        "mention",
        to=person,
        subject=line,
        centre=message.room.centre,
        path=place_of(message),
        kind=NoticeKind.MENTION,
        thread=f"room.{message.room_id}",
        whose=room,
    )


def _unwanted(people: list[int]) -> dict[int, str]:
    """For those of the people who want no mail about mentions, the reason."""
    return why_unwanted(NoticeKind.MENTION, dict.fromkeys(people))
