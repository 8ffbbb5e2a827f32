"""All that reads tickets. Another centre's do not exist here, nor others' for who is no staff."""

from datetime import timedelta
from typing import Final

from django.db.models import Q, QuerySet

from core import clock
from core.people.actor import Actor
from core.people.models import User
from core.refusals import NotFoundError
from core.tickets.models import (
    DESK,
    Ticket,
    TicketCategory,
    TicketComment,
    TicketStep,
)

REOPENED_WITHIN: Final = timedelta(days=30)  # by the requester; staff may at any time
LARGEST_NUMBER: Final = 2**31 - 1  # PostgreSQL's integer


def is_desk(by: Actor) -> bool:
    """Whether the actor is of the staff who see to tickets."""
    return by.is_any(*DESK)


def tickets_for(by: Actor) -> QuerySet[Ticket]:
    """The tickets that the actor may see: their own; for staff all of their centre."""
    tickets = Ticket.objects.filter(centre_id=by.centre_id)
    tickets = tickets.select_related("category", "requester", "assignee")
    return tickets if is_desk(by) else tickets.filter(requester_id=by.user_id)


def get_ticket(ticket_id: int, *, by: Actor) -> Ticket:
    """One of `tickets_for`; NotFoundError otherwise."""
    return one_of(tickets_for(by), ticket_id)


def one_of(tickets: QuerySet[Ticket], ticket_id: int) -> Ticket:
    """The ticket of this id among them; NotFoundError otherwise."""
    found = tickets.filter(pk=ticket_id).first()
    if found is None:
        raise NotFoundError("There is no such ticket.")
    return found


def searched(tickets: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Those with the words in subject, text or requester's name, or with the number `#12`.

    Comments are not searched: whether a search finds anything would tell of internal ones.
    """
    found = Q(subject__icontains=words) | Q(body__icontains=words)
    found |= Q(requester__name__icontains=words)
    digits = words.strip().removeprefix("#")
    if digits.isascii() and digits.isdecimal() and int(digits[:11]) <= LARGEST_NUMBER:
        found |= Q(number=int(digits[:11]))
    return tickets.filter(found)


def comments_of(ticket: Ticket, *, by: Actor) -> QuerySet[TicketComment]:
    """The ticket's comments that the actor may read."""
    comments = TicketComment.objects.filter(ticket=ticket).select_related("author")
    return comments if is_desk(by) else comments.filter(internal=False)


def get_comment(comment_id: int, *, by: Actor) -> TicketComment:
    """A comment that the actor may read; NotFoundError otherwise."""
    comments = TicketComment.objects.filter(ticket__in=tickets_for(by), pk=comment_id)
    found = (comments if is_desk(by) else comments.filter(internal=False)).first()
    if found is None:
        raise NotFoundError("There is no such comment.")
    return found


def steps_of(ticket: Ticket, *, by: Actor) -> QuerySet[TicketStep]:
    """The ticket's history, as far as the actor may know it."""
    steps = TicketStep.objects.filter(ticket=ticket).select_related("by", "comment")
    return steps if is_desk(by) else steps.filter(internal=False)


def categories_of(centre_id: int) -> QuerySet[TicketCategory]:
    """The centre's categories by name, also those that are out of use."""
    return TicketCategory.objects.filter(centre_id=centre_id).order_by("name", "pk")


def get_category(category_id: int, *, by: Actor) -> TicketCategory:
    """One of the actor's centre's categories; NotFoundError otherwise."""
    found = categories_of(by.centre_id).filter(pk=category_id).first()
    if found is None:
        raise NotFoundError("There is no such category.")
    return found


def assignees_of(centre_id: int) -> QuerySet[User]:
    """Who may look after the centre's tickets: its active staff."""
    return User.objects.filter(
        is_active=True,
        memberships__centre_id=centre_id,
        memberships__is_active=True,
        memberships__roles__overlap=list(DESK),
    )


def is_reopenable(ticket: Ticket, by: Actor) -> bool:
    """Whether the actor may still reopen a resolved ticket."""
    if ticket.resolved_at is None:
        return False
    return is_desk(by) or clock.now() < ticket.resolved_at + REOPENED_WITHIN
