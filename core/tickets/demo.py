"""Tickets of the demo school: as if they had been opened a while ago, so nobody is told of them."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from core import clock
from core.people.models import Centre, Membership, User
from core.tickets.category_actions import offer_categories
from core.tickets.models import (
    Priority,
    Ticket,
    TicketComment,
    TicketState,
    TicketStep,
    What,
)
from core.tickets.numbers import next_number

# TABLE: by whom, the category's place by name, subject, text; what staff said, for whom; the end.
TICKETS: Final = (
    (
        "teacher",
        1,
        "The projector in room 12 stays dark",
        "It worked on Monday. The lamp blinks red three times.",
        (("A new lamp is ordered and comes on Thursday.", False), ("Invoice 2231.", True)),
        TicketState.IN_PROGRESS,
    ),
    (
        "parent1",
        0,
        "I cannot sign in from my new phone",
        "It says that the email or the password is wrong.",
        (("We have sent you a link for a new password.", False),),
        TicketState.RESOLVED,
    ),
    (
        "student1",
        4,
        "I lost my locker key",
        "Number 114, since yesterday after sports.",
        (),
        TicketState.OPEN,
    ),
)


@transaction.atomic
def load_demo_tickets(centre: Centre) -> None:
    """A ticket in each state; the centre's demo people must be there already."""
    staff = _person(centre, "staff")
    categories = offer_categories(centre_id=centre.pk)
    for days, (account, place, subject, body, said, state) in enumerate(TICKETS, start=1):
        at = clock.now() - timedelta(days=4 - days)
        ticket = Ticket.objects.create(
            centre=centre,
            number=next_number(centre.pk),
            requester=_person(centre, account),
            category=categories[place],
            subject=subject,
            body=body,
            state=state,
            priority=Priority.URGENT if account == "teacher" else Priority.NORMAL,
            assignee=staff if said else None,
            created_at=at,
            updated_at=at,
            resolved_at=at if state == TicketState.RESOLVED else None,
        )
        _step(ticket, What.OPENED, ticket.requester)
        if said:
            _step(ticket, What.ASSIGNED, staff)
        for words, internal in said:
            _say(ticket, staff, words, internal=internal)
        if state == TicketState.RESOLVED:
            _step(ticket, What.RESOLVED, staff)


def _say(ticket: Ticket, author: User, body: str, *, internal: bool) -> None:
    comment = TicketComment.objects.create(
        centre=ticket.centre,
        ticket=ticket,
        author=author,
        body=body,
        internal=internal,
        created_at=ticket.created_at,
    )
    _step(ticket, What.NOTED if internal else What.COMMENTED, author, comment)


def _step(ticket: Ticket, what: What, by: User, comment: TicketComment | None = None) -> None:
    TicketStep.objects.create(
        centre=ticket.centre,
        ticket=ticket,
        at=ticket.created_at,
        by=by,
        what=what,
        internal=what == What.NOTED,
        detail={"assignee": [None, by.name]} if what == What.ASSIGNED else {},
        comment=comment,
    )


def _person(centre: Centre, account: str) -> User:
    """One of the demo school's people; whoever is there, where it has others."""
    members = Membership.objects.filter(centre=centre).select_related("user").order_by("pk")
    named = members.filter(user__email=f"{account}@{centre.slug}.example").first()
    return (named or members[0]).user
