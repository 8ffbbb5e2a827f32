"""The streams of the help desk: `ticket:ID` for who may see the ticket, `tickets:CENTRE` for staff.

A ticket has two stored streams, which clients call by the same name: its requester reads the one
that internal comments are not told in. Entries carry ids and kinds, never text.
"""

from typing import Final

from core.http.bodies import id_from
from core.isolation.scope import everywhere
from core.live.streams import StreamKind
from core.people.models import Membership
from core.tickets.models import DESK, Ticket


def requesters_stream(ticket_id: int) -> str:
    """Where a ticket's requester reads its steps."""
    return f"ticket:{ticket_id}"


def staffs_stream(ticket_id: int) -> str:
    """Where staff read all of a ticket's steps."""
    return f"ticket-desk:{ticket_id}"


def desks_stream(centre_id: int) -> str:
    """Where staff read the steps of all of their centre's tickets."""
    return f"tickets:{centre_id}"


def find_ticket(user_id: int, ident: str) -> str | None:
    """The stream of a ticket as this person may read it."""
    with everywhere():  # a socket is of no centre; the ticket says which one counts
        ticket = Ticket.objects.filter(pk__in=[_id(ident)]).first()
        membership = _membership(user_id, ticket.centre_id) if ticket else None
    if not (ticket and membership):
        return None
    if _is_desk(membership):
        return staffs_stream(ticket.pk)
    return requesters_stream(ticket.pk) if ticket.requester_id == user_id else None


def find_desk(user_id: int, ident: str) -> str | None:
    """The stream of a centre's desk, for its staff."""
    centre_id = _id(ident)
    with everywhere():
        membership = _membership(user_id, centre_id) if centre_id else None
    return desks_stream(centre_id) if membership and centre_id and _is_desk(membership) else None


def _id(ident: str) -> int | None:
    """The id as it is written in names: `007` would be a second name of `7`."""
    found = id_from(ident)
    return found if str(found) == ident else None


def _membership(user_id: int, centre_id: int) -> Membership | None:
    return Membership.objects.filter(user_id=user_id, centre_id=centre_id, is_active=True).first()


def _is_desk(membership: Membership) -> bool:
    return not set(membership.roles).isdisjoint(DESK)


TICKET: Final = StreamKind(prefix="ticket", find=find_ticket)
TICKETS: Final = StreamKind(prefix="tickets", find=find_desk)
