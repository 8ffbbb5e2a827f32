"""What people are told in the portal about rooms."""

from django.utils.translation import override

from core.events.claims import Claimed
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from core.people.language import languages_of
from core.rooms.audience import Scene, scene_of
from core.rooms.events import MessagePosted
from core.rooms.words import headline, place_of
from tasks.handler import Batch, Recipients, SkipError, kept, on


def mentioned(event: MessagePosted) -> Recipients:
    """Everyone whom the message names, as long as it still matters."""
    scene = scene_of([event])
    if reason := scene.moot(event):
        raise SkipError(reason)
    return [(str(each.person_id), each.why_not) for each in scene.audience(event)]


@on(MessagePosted, to=mentioned)
def notify_mentioned(batch: Batch[MessagePosted]) -> None:
    """Tell each person whom a message names, if they are still to know."""
    people = {each.id: int(each.key) for each in batch.claimed}
    scene = scene_of([each.event for each in batch.claimed], people.values())
    for each in batch.claimed:
        if reason := scene.why_not(each.event, people[each.id]):
            batch.skip(each, reason)
    told = kept(batch)
    if not told:
        return
    centre = scene.messages[told[0].event.message_id].room.centre  # a batch is of one
    languages = languages_of((people[each.id] for each in told), centre)
    notes = []
    for each in told:
        with override(languages[people[each.id]]):
            notes.append(_note(scene, each))
    tell(notes)


def _note(scene: Scene, delivery: Claimed[MessagePosted]) -> Note:
    event, person_id = delivery.event, int(delivery.key)
    message = scene.messages[event.message_id]
    return Note(
        person_id=person_id,
        centre_id=event.centre_id,
        event_id=delivery.event_id,
        kind=NoticeKind.MENTION,
        title=headline(message),
        body="",  # what is removed from the room would live on in it
        url=place_of(message),
        student_ids=scene.named[event.message_id, person_id].students,
    )
