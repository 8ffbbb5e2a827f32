"""Who hears of what happens to a ticket: its requester, who looks after it, or the whole desk."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_noop

from core.people.models import Membership
from core.tickets.events import (
    TicketAssigned,
    TicketCommented,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from core.tickets.models import DESK, Ticket, TicketComment, TicketState

Telling = TicketOpened | TicketAssigned | TicketCommented | TicketResolved | TicketReopened

# Why somebody is not told.
GONE: Final = gettext_noop("the ticket is gone")
TAKEN_UP: Final = gettext_noop("somebody looks after the ticket already")
GIVEN_ON: Final = gettext_noop("the ticket was given to somebody else")
REOPENED: Final = gettext_noop("the ticket was reopened")
RESOLVED: Final = gettext_noop("the ticket was resolved")
LEFT: Final = gettext_noop("no longer of the centre")
INACTIVE: Final = gettext_noop("account is not active")
NOT_DESK: Final = gettext_noop("no longer of the centre's staff")
INTERNAL: Final = gettext_noop("the comment is for staff only")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the centre, as far as it counts here."""

    is_active: bool
    is_desk: bool


@dataclass(frozen=True, slots=True)
class Concerned:
    """A person whom something concerns, and why they are not told, or ''."""

    person_id: int
    why_not: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Tickets, comments and people as they are by now; three queries for any number of events."""

    tickets: Mapping[int, Ticket]
    comments: Mapping[int, TicketComment]
    members: Mapping[int, Member]

    def moot(self, event: Telling) -> str:
        """Why nobody is to be told of the event any more, or ''."""
        ticket = self.tickets.get(event.ticket_id)
        if ticket is None:
            return GONE
        is_resolved = ticket.state == TicketState.RESOLVED
        reasons: dict[str, bool] = {}
        match event:
            case TicketOpened():
                reasons = {TAKEN_UP: ticket.assignee_id is not None, RESOLVED: is_resolved}
            case TicketAssigned():
                reasons = {GIVEN_ON: ticket.assignee_id != event.assignee_id}
            case TicketResolved():
                reasons = {REOPENED: not is_resolved}
            case TicketReopened():
                reasons = {RESOLVED: is_resolved}
        return next((reason for reason, is_so in reasons.items() if is_so), "")

    def audience(self, event: Telling) -> list[Concerned]:
        """Everyone whom the event concerns but the one who did it."""
        people = self._concerned(event, self.tickets[event.ticket_id]) - {event.by_id}
        return [Concerned(each, self.why_not(event, each)) for each in sorted(people)]

    def why_not(self, event: Telling, person_id: int) -> str:
        """Why a person is not to be told, or ''."""
        return self.moot(event) or self._bar(event, person_id)

    def _bar(self, event: Telling, person_id: int) -> str:
        member = self.members.get(person_id)
        if member is None:
            return LEFT
        if not member.is_active:
            return INACTIVE
        return "" if member.is_desk else self._bar_to_others(event, person_id)

    def _bar_to_others(self, event: Telling, person_id: int) -> str:
        if person_id != self.tickets[event.ticket_id].requester_id:
            return NOT_DESK
        return INTERNAL if self.is_internal(event) else ""

    def comment_of(self, event: Telling) -> TicketComment | None:
        """What was said on the occasion, if anything was."""
        comment_id = getattr(event, "comment_id", None)
        return self.comments.get(comment_id) if comment_id else None

    def is_internal(self, event: Telling) -> bool:
        """Whether it is for staff only; so is what was said and cannot be found."""
        comment = self.comment_of(event)
        if comment is None:
            return bool(getattr(event, "comment_id", None))
        return comment.internal

    def _concerned(self, event: Telling, ticket: Ticket) -> set[int]:
        requester, carer = {ticket.requester_id}, self._carer(ticket)
        match event:
            case TicketOpened():
                return self._desk
            case TicketAssigned():
                return requester | {event.assignee_id}
            case TicketCommented() if self.is_internal(event):
                return carer
        asks = isinstance(event, TicketReopened) or event.by_id == ticket.requester_id
        needs_desk = asks and not isinstance(event, TicketResolved)
        return requester | (carer or self._desk if needs_desk else carer)

    @property
    def _desk(self) -> set[int]:
        return {person_id for person_id, member in self.members.items() if member.is_desk}

    def _carer(self, ticket: Ticket) -> set[int]:
        """Who looks after it, unless they have left: nobody would hear of it then."""
        member = self.members.get(ticket.assignee_id or 0)
        is_there = member is not None and member.is_active and member.is_desk
        return {ticket.assignee_id} if is_there and ticket.assignee_id else set()


def scene_of(events: Collection[Telling]) -> Scene:
    """The events' tickets and comments, with those people of the centre who may hear of them."""
    tickets = _tickets_of(events)
    concerned = {each.requester_id for each in tickets.values()}
    concerned |= {each.assignee_id for each in tickets.values() if each.assignee_id}
    wanted = Q(user_id__in=concerned) | Q(roles__overlap=list(DESK))
    return Scene(tickets, _comments_of(events), _members(events, wanted))


def scene_for(events: Collection[Telling], people: Iterable[int]) -> Scene:
    """The same with only these people."""
    wanted = Q(user_id__in=set(people))
    return Scene(_tickets_of(events), _comments_of(events), _members(events, wanted))


def _tickets_of(events: Collection[Telling]) -> dict[int, Ticket]:
    tickets = Ticket.objects.select_related("requester", "assignee", "category", "centre")
    return tickets.in_bulk({each.ticket_id for each in events})


def _comments_of(events: Collection[Telling]) -> dict[int, TicketComment]:
    ids = {getattr(each, "comment_id", None) for each in events} - {None}
    return TicketComment.objects.select_related("author").in_bulk(ids) if ids else {}


def _members(events: Collection[Telling], wanted: Q) -> dict[int, Member]:
    """By user; the events are of one centre."""
    centres = {each.centre_id for each in events}
    rows = Membership.objects.filter(wanted, centre_id__in=centres, is_active=True)
    return {
        user_id: Member(is_active, not set(roles).isdisjoint(DESK))
        for user_id, is_active, roles in rows.values_list("user_id", "user__is_active", "roles")
    }
