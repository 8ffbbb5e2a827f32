"""Taking a step with a ticket: its row of the history, and its entry in the streams."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import clock
from core.live.entries import NewEntry, append
from core.people.actor import Actor
from core.tickets.models import Ticket, TicketComment, TicketStep, What
from core.tickets.streams import desks_stream, requesters_stream, staffs_stream


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody has just done; `detail` says what it was and became."""

    what: What
    comment: TicketComment | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_internal(self) -> bool:
        """Whether only staff may know of it."""
        return self.comment is not None and self.comment.internal


def take_step(ticket: Ticket, step: Step, *, by: Actor) -> None:
    """Save the ticket and write the step down, late in the transaction: streams stay locked."""
    now = clock.now()
    if not step.is_internal:
        ticket.updated_at = now
    ticket.save()
    written = TicketStep.objects.create(
        centre_id=ticket.centre_id,
        ticket=ticket,
        at=now,
        by_id=by.user_id,
        what=step.what,
        internal=step.is_internal,
        detail=step.detail,
        comment=step.comment,
    )
    append([NewEntry(stream, "ticket", _shown(written)) for stream in _streams_of(written)])


def _streams_of(step: TicketStep) -> list[str]:
    streams = [desks_stream(step.centre_id), staffs_stream(step.ticket_id)]
    return streams if step.internal else [*streams, requesters_stream(step.ticket_id)]


def _shown(step: TicketStep) -> dict[str, str]:
    """Ids and the kind: a stream holds nobody's words."""
    return {"ticket_id": str(step.ticket_id), "step_id": str(step.pk), "what": step.what}
