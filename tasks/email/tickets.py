"""Mails about tickets: all of a ticket's stand in one thread."""

from typing import Any

from core.events.claims import Claimed
from core.notices.models import NoticeKind
from core.notices.wanted import why_unwanted
from core.people.language import speaking_to
from core.people.models import User
from core.tickets.audience import Telling, scene_for, scene_of
from core.tickets.events import (
    TicketAssigned,
    TicketCommented,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from core.tickets.words import headline, said
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.handler import Batch, Recipients, SkipError, on


def concerned(event: Telling) -> Recipients:
    """Everyone whom it concerns, less those who want no mail about tickets."""
    scene = scene_of([event])
    if reason := scene.moot(event):
        raise SkipError(reason)
    people = scene.audience(event)
    unwanted = _unwanted([each.person_id for each in people])
    return [
        (str(each.person_id), each.why_not or unwanted.get(each.person_id, "")) for each in people
    ]


@on(TicketOpened, to=concerned, batch=10, outside=True, waits=True)
def mail_opened(batch: Batch[TicketOpened]) -> None:
    """Mail the centre's staff that there is a new ticket."""
    send_each(batch, ticket_letter)


@on(TicketAssigned, to=concerned, batch=10, outside=True, waits=True)
def mail_assigned(batch: Batch[TicketAssigned]) -> None:
    """Mail the requester and the new assignee who looks after the ticket."""
    send_each(batch, ticket_letter)


@on(TicketCommented, to=concerned, batch=10, outside=True, waits=True)
def mail_commented(batch: Batch[TicketCommented]) -> None:
    """Mail the other side what was said; of a note for staff, who looks after the ticket."""
    send_each(batch, ticket_letter)


@on(TicketResolved, to=concerned, batch=10, outside=True, waits=True)
def mail_resolved(batch: Batch[TicketResolved]) -> None:
    """Mail the requester, and who looks after the ticket, that it is settled."""
    send_each(batch, ticket_letter)


@on(TicketReopened, to=concerned, batch=10, outside=True, waits=True)
def mail_reopened(batch: Batch[TicketReopened]) -> None:
    """Mail the requester, and who looks after the ticket or else all staff, that it is open."""
    send_each(batch, ticket_letter)


def ticket_letter(delivery: Claimed[Any]) -> Letter:
    """The mail that tells one person of a step; SkipError when they are not to know any more."""
    event, person_id = delivery.event, int(delivery.key)
    scene = scene_for([event], [person_id])
    if reason := scene.why_not(event, person_id):
        raise SkipError(reason)
    if unwanted := _unwanted([person_id]):
        raise SkipError(unwanted[person_id])
    ticket = scene.tickets[event.ticket_id]
    person = User.objects.get(pk=person_id)
    with speaking_to(person, ticket.centre):
        line = headline(scene, event, person_id)
    return write(
        "ticket_step",
        to=person,
        subject=f"[#{ticket.number}] {ticket.subject}",
        centre=ticket.centre,
        path=f"/tickets/{ticket.pk}",
        kind=NoticeKind.TICKET,
        thread=f"ticket.{ticket.pk}",
        headline=line,
        said=said(scene, event),
        is_requester=person_id == ticket.requester_id,
    )


def _unwanted(people: list[int]) -> dict[int, str]:
    """For those of the people who want no mail about tickets, the reason."""
    return why_unwanted(NoticeKind.TICKET, dict.fromkeys(people))
