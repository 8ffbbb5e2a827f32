"""What is said of an event to a person whom it concerns, in the present language."""

from typing import Any

from django.utils.translation import gettext as _

from core.tickets.audience import Scene, Telling
from core.tickets.events import (
    TicketAssigned,
    TicketCommented,
    TicketOpened,
    TicketReopened,
)
from core.tickets.models import Priority


def headline(scene: Scene, event: Telling, person_id: int) -> str:
    """What happened, in one line: a notice's title, and how a mail begins."""
    ticket = scene.tickets[event.ticket_id]
    named: dict[str, Any] = {"number": f"#{ticket.number}", "subject": ticket.subject}
    if isinstance(event, TicketAssigned) and ticket.assignee:
        named["name"] = ticket.assignee.name
    elif comment := scene.comment_of(event):
        named["name"] = comment.author.name
    return _words(scene, event, person_id) % named


def said(scene: Scene, event: Telling) -> str:
    """What somebody wrote on the occasion, or ''."""
    if isinstance(event, TicketOpened):
        return scene.tickets[event.ticket_id].body
    comment = scene.comment_of(event)
    return comment.body if comment else ""


def _words(scene: Scene, event: Telling, person_id: int) -> str:
    match event:
        case TicketOpened():
            return _opened(is_urgent=scene.tickets[event.ticket_id].priority == Priority.URGENT)
        case TicketAssigned():
            return _assigned(is_theirs=event.assignee_id == person_id)
        case TicketCommented():
            return _commented(is_internal=scene.is_internal(event))
    return _settled(is_open=isinstance(event, TicketReopened))


def _opened(*, is_urgent: bool) -> str:
    if is_urgent:
        return _("Urgent: ticket %(number)s was opened: %(subject)s")
    return _("Ticket %(number)s was opened: %(subject)s")


def _assigned(*, is_theirs: bool) -> str:
    if is_theirs:
        return _("Ticket %(number)s is yours to look after: %(subject)s")
    return _("%(name)s looks after your ticket %(number)s: %(subject)s")


def _commented(*, is_internal: bool) -> str:
    if is_internal:
        return _("%(name)s left a note for staff on ticket %(number)s: %(subject)s")
    return _("%(name)s wrote about ticket %(number)s: %(subject)s")


def _settled(*, is_open: bool) -> str:
    if is_open:
        return _("Ticket %(number)s is open again: %(subject)s")
    return _("Ticket %(number)s is resolved: %(subject)s")
