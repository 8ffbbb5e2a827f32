"""The list of tickets as people look through it: what waits first, then what was settled."""

from typing import Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from core.people.actor import Actor
from core.tickets import queries
from core.tickets.forms import ChoiceForm
from core.tickets.models import Priority, Ticket, TicketState

WAITING: Final = ~Q(state=TicketState.RESOLVED)
RANKS: Final = {TicketState.OPEN: 0, TicketState.IN_PROGRESS: 1, TicketState.RESOLVED: 2}


def listed(form: ChoiceForm, *, by: Actor) -> QuerySet[Ticket]:
    """The tickets that were chosen: by state, urgent ones first, what happened last first."""
    rows = _shown(queries.tickets_for(by), form.wanted("show") or default_show(by), by)
    if category := form.wanted("category"):
        rows = rows.filter(category_id=int(category))
    if words := form.wanted("q"):
        rows = queries.searched(rows, words)
    state = Case(*(When(state=each, then=rank) for each, rank in RANKS.items()), default=Value(3))
    urgency = Case(When(priority=Priority.URGENT, then=0), default=1, output_field=IntegerField())
    return rows.order_by(state, urgency, "-updated_at", "-pk")


def default_show(by: Actor) -> str:
    """Staff see what waits for them; others everything that they ever asked."""
    return ChoiceForm.WAITING if queries.is_desk(by) else ChoiceForm.ALL


def _shown(rows: QuerySet[Ticket], show: str, by: Actor) -> QuerySet[Ticket]:
    wanted = {
        ChoiceForm.ALL: Q(),
        ChoiceForm.MINE: WAITING & Q(assignee_id=by.user_id),
        ChoiceForm.NOBODYS: WAITING & Q(assignee=None),
        ChoiceForm.ASKED: Q(requester_id=by.user_id),
        TicketState.RESOLVED.value: ~WAITING,
    }
    return rows.filter(wanted.get(show, WAITING))
