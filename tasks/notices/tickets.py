"""What people are told in the portal about tickets."""

from typing import Any

from django.utils.translation import override

from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from core.people.language import languages_of
from core.tickets.audience import Scene, Telling, scene_for, scene_of
from core.tickets.events import (
    TicketAssigned,
    TicketCommented,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from core.tickets.words import headline, said
from tasks.handler import Batch, Recipients, SkipError, on


def concerned(event: Telling) -> Recipients:
    """Everyone whom it concerns, as long as it still matters."""
    scene = scene_of([event])
    if reason := scene.moot(event):
        raise SkipError(reason)
    return [(str(each.person_id), each.why_not) for each in scene.audience(event)]


@on(TicketOpened, to=concerned)
def notify_opened(batch: Batch[TicketOpened]) -> None:
    """Tell the centre's staff that there is a new ticket."""
    _tell(batch)


@on(TicketAssigned, to=concerned)
def notify_assigned(batch: Batch[TicketAssigned]) -> None:
    """Tell the requester and the new assignee who looks after the ticket."""
    _tell(batch)


@on(TicketCommented, to=concerned)
def notify_commented(batch: Batch[TicketCommented]) -> None:
    """Tell the other side what was said; of a note for staff, who looks after the ticket."""
    _tell(batch)


@on(TicketResolved, to=concerned)
def notify_resolved(batch: Batch[TicketResolved]) -> None:
    """Tell the requester, and who looks after the ticket, that it is settled."""
    _tell(batch)


@on(TicketReopened, to=concerned)
def notify_reopened(batch: Batch[TicketReopened]) -> None:
    """Tell the requester, and who looks after the ticket or else all staff, that it is open."""
    _tell(batch)


def _tell(batch: Batch[Any]) -> None:
    """Give each person a notice, if they are still to know."""
    people = {each.id: int(each.key) for each in batch.claimed}
    scene = scene_for([each.event for each in batch.claimed], people.values())
    for each in batch.claimed:
        if reason := scene.why_not(each.event, people[each.id]):
            batch.skip(each, reason)
    told = [each for each in batch.claimed if each.id not in batch.skipped]
    if not told:
        return
    centre = scene.tickets[told[0].event.ticket_id].centre  # a batch is of one
    languages = languages_of((people[each.id] for each in told), centre)
    notes = []
    for each in told:
        with override(languages[people[each.id]]):
            notes.append(_note(scene, each.event, people[each.id], event_id=each.event_id))
    tell(notes)


def _note(scene: Scene, event: Telling, person_id: int, *, event_id: Any) -> Note:
    return Note(
        person_id=person_id,
        centre_id=event.centre_id,
        event_id=event_id,
        kind=NoticeKind.TICKET,
        title=headline(scene, event, person_id)[:300],
        body=said(scene, event)[:500],
        url=f"/tickets/{event.ticket_id}",
    )
