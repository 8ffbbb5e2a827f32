"""TABLE: what can be done to a ticket in which state, and what becomes of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from core.refusals import ConflictError
from core.tickets.models import TicketState


class Act(StrEnum):
    """What somebody does to a ticket; the words say it in a refusal."""

    EDIT = "changed"
    ASSIGN = "assigned"
    RELEASE = "given back"
    ASK = "commented on"  # by its requester
    ANSWER = "answered"  # by staff, for its requester to read
    NOTE = "noted on"  # by staff, for staff
    RESOLVE = "resolved"
    REOPEN = "reopened"


OPEN: Final = TicketState.OPEN
IN_PROGRESS: Final = TicketState.IN_PROGRESS
RESOLVED: Final = TicketState.RESOLVED

# What is not here cannot be done.
TRANSITIONS: Final[Mapping[tuple[TicketState, Act], TicketState]] = {
    (OPEN, Act.EDIT): OPEN,
    (OPEN, Act.ASSIGN): IN_PROGRESS,
    (OPEN, Act.RELEASE): OPEN,  # one that was reopened keeps its assignee
    (OPEN, Act.ASK): OPEN,
    (OPEN, Act.ANSWER): IN_PROGRESS,
    (OPEN, Act.NOTE): OPEN,
    (OPEN, Act.RESOLVE): RESOLVED,
    (IN_PROGRESS, Act.EDIT): IN_PROGRESS,
    (IN_PROGRESS, Act.ASSIGN): IN_PROGRESS,
    (IN_PROGRESS, Act.RELEASE): OPEN,
    (IN_PROGRESS, Act.ASK): IN_PROGRESS,
    (IN_PROGRESS, Act.ANSWER): IN_PROGRESS,
    (IN_PROGRESS, Act.NOTE): IN_PROGRESS,
    (IN_PROGRESS, Act.RESOLVE): RESOLVED,
    (RESOLVED, Act.ASK): RESOLVED,  # "thank you" opens nothing
    (RESOLVED, Act.ANSWER): RESOLVED,
    (RESOLVED, Act.NOTE): RESOLVED,
    (RESOLVED, Act.REOPEN): OPEN,
}


def becomes(state: str, act: Act) -> TicketState:
    """The state after an act; ConflictError where it cannot be done."""
    found = TRANSITIONS.get((TicketState(state), act))
    if found is None:
        words = TicketState(state).replace("_", " ")
        raise ConflictError(f"This ticket is {words}; it cannot be {act} now.")
    return found


def can(state: str, act: Act) -> bool:
    """Whether an act is possible in a state."""
    return (TicketState(state), act) in TRANSITIONS
