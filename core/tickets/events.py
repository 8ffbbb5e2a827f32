"""What can happen at the help desk. `by_id` is who did it, and is not told of it."""

from core.events.event import Event


class TicketOpened(Event):
    """A member of the centre asked its staff to see to something."""

    about = "ticket_id"
    ticket_id: int
    by_id: int


class TicketChanged(Event):
    """Staff gave a ticket another category, priority or subject."""

    about = "ticket_id"
    ticket_id: int
    by_id: int


class TicketAssigned(Event):
    """Somebody of the staff looks after a ticket from now on."""

    about = "ticket_id"
    ticket_id: int
    by_id: int
    assignee_id: int


class TicketReleased(Event):
    """A ticket went back to the desk: nobody looks after it any more."""

    about = "ticket_id"
    ticket_id: int
    by_id: int


class TicketCommented(Event):
    """Somebody said something about a ticket, to all who follow it or to staff only."""

    about = "ticket_id"
    ticket_id: int
    by_id: int
    comment_id: int


class TicketResolved(Event):
    """A ticket was settled, perhaps with a last word."""

    about = "ticket_id"
    ticket_id: int
    by_id: int
    comment_id: int | None = None


class TicketReopened(Event):
    """A ticket that was resolved is to be looked at again."""

    about = "ticket_id"
    ticket_id: int
    by_id: int
    comment_id: int | None = None


class TicketCategoryAdded(Event):
    """An admin added a category of tickets."""

    about = "category_id"
    category_id: int


class TicketCategoryChanged(Event):
    """An admin renamed a category of tickets, or took it out of use or back into it."""

    about = "category_id"
    category_id: int
