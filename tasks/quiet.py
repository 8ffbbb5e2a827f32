"""Mails that wait for the end of their centre's quiet hours."""

from typing import TypeVar

from core.events.claims import Claimed
from core.events.event import NO_CENTRE, Event
from core.notices.quiet import Quiet, quiet_for

E = TypeVar("E", bound=Event)


def quiet_before(delivery: Claimed[E]) -> Quiet | None:
    """The quiet for which a mail is to wait, if any; to be asked in its transaction."""
    if delivery.centre_id == NO_CENTRE:
        return None
    return quiet_for(delivery.event_id, delivery.centre_id)
