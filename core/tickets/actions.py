"""All that changes tickets. Each action is one transaction that also publishes its event."""

from collections.abc import Sequence

from django.db import transaction

from core import clock
from core.events.publish import publish
from core.files.attachments import attach_files
from core.people.actor import Actor
from core.people.models import User
from core.refusals import ConflictError, InvalidError, NotAllowedError
from core.tickets import queries, subjects
from core.tickets.events import (
    TicketAssigned,
    TicketChanged,
    TicketCommented,
    TicketOpened,
    TicketReleased,
    TicketReopened,
    TicketResolved,
)
from core.tickets.models import Priority, Ticket, TicketCategory, TicketComment, TicketState, What
from core.tickets.numbers import next_number
from core.tickets.steps import Step, take_step
from core.tickets.transitions import Act, becomes


@transaction.atomic
def open_ticket(  # noqa: PLR0913 - a ticket has that many parts
    *,
    category_id: int | None,
    subject: str,
    body: str,
    by: Actor,
    priority: str = Priority.NORMAL,
    files: Sequence[int] = (),
) -> Ticket:
    """Ask the centre's staff to see to something; InvalidError for a category out of use."""
    category = _category(category_id, by)
    now = clock.now()
    ticket = Ticket(
        centre_id=by.centre_id,
        number=next_number(by.centre_id),
        requester_id=by.user_id,
        category=category,
        subject=subject,
        body=body,
        priority=priority,
        created_at=now,
        updated_at=now,
    )
    ticket.save()
    if files:
        attach_files(files, subject=subjects.of_ticket(ticket.pk), by=by)
    publish(TicketOpened(centre_id=by.centre_id, ticket_id=ticket.pk, by_id=by.user_id))
    take_step(ticket, Step(What.OPENED), by=by)
    return ticket


@transaction.atomic
def edit_ticket(
    *,
    ticket_id: int,
    by: Actor,
    category_id: int | None = None,
    priority: str | None = None,
    subject: str | None = None,
) -> Ticket:
    """Change what is given of a ticket. What stays as it was is no change, and tells nobody."""
    ticket = _lock(ticket_id, by)
    _check_desk(by)
    before = {"category": ticket.category.name, "priority": ticket.priority}
    before["subject"] = ticket.subject
    if category_id not in (None, ticket.category_id):
        ticket.category = _category(category_id, by)
    ticket.priority = priority or ticket.priority
    ticket.subject = subject or ticket.subject
    after = {"category": ticket.category.name, "priority": ticket.priority}
    after["subject"] = ticket.subject
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        return ticket
    ticket.state = becomes(ticket.state, Act.EDIT)
    publish(TicketChanged(centre_id=by.centre_id, ticket_id=ticket.pk, by_id=by.user_id))
    take_step(ticket, Step(What.CHANGED, detail=changed), by=by)
    return ticket


@transaction.atomic
def assign_ticket(*, ticket_id: int, assignee_id: int | None, by: Actor) -> Ticket:
    """Have one of the staff look after a ticket; the same one again changes nothing."""
    ticket = _lock(ticket_id, by)
    _check_desk(by)
    assignee = queries.assignees_of(by.centre_id).filter(pk__in=[assignee_id]).first()
    if assignee is None:
        raise InvalidError("assignee_id", "must be one of the centre's staff")
    if ticket.assignee_id == assignee.pk and ticket.state == TicketState.IN_PROGRESS:
        return ticket
    ticket.state = becomes(ticket.state, Act.ASSIGN)
    detail = {"assignee": [_name_of(ticket.assignee), assignee.name]}
    ticket.assignee = assignee
    publish(
        TicketAssigned(
            centre_id=by.centre_id, ticket_id=ticket.pk, by_id=by.user_id, assignee_id=assignee.pk
        )
    )
    take_step(ticket, Step(What.ASSIGNED, detail=detail), by=by)
    return ticket


@transaction.atomic
def release_ticket(*, ticket_id: int, by: Actor) -> Ticket:
    """Give a ticket back to the desk; one that nobody looks after stays as it is."""
    ticket = _lock(ticket_id, by)
    _check_desk(by)
    if ticket.assignee is None:
        return ticket
    ticket.state = becomes(ticket.state, Act.RELEASE)
    detail = {"assignee": [ticket.assignee.name, None]}
    ticket.assignee = None
    publish(TicketReleased(centre_id=by.centre_id, ticket_id=ticket.pk, by_id=by.user_id))
    take_step(ticket, Step(What.RELEASED, detail=detail), by=by)
    return ticket


@transaction.atomic
def comment_ticket(
    *, ticket_id: int, body: str, by: Actor, internal: bool = False, files: Sequence[int] = ()
) -> TicketComment:
    """Say something about a ticket; an internal comment is by staff and for staff alone."""
    ticket = _lock(ticket_id, by)
    if internal:
        _check_desk(by)
    ticket.state = becomes(ticket.state, _act_of_comment(ticket, by, internal=internal))
    comment = _write(ticket, body, by=by, internal=internal, files=files)
    publish(
        TicketCommented(
            centre_id=by.centre_id, ticket_id=ticket.pk, by_id=by.user_id, comment_id=comment.pk
        )
    )
    take_step(ticket, Step(What.NOTED if internal else What.COMMENTED, comment), by=by)
    return comment


@transaction.atomic
def resolve_ticket(
    *, ticket_id: int, by: Actor, comment: str = "", files: Sequence[int] = ()
) -> Ticket:
    """Settle a ticket, with a last word if there is one: its requester, or any of the staff."""
    ticket = _lock(ticket_id, by)
    ticket.state = becomes(ticket.state, Act.RESOLVE)
    ticket.resolved_at = clock.now()
    said = _write_if_any(ticket, comment, by=by, files=files)
    publish(
        TicketResolved(
            centre_id=by.centre_id,
            ticket_id=ticket.pk,
            by_id=by.user_id,
            comment_id=said.pk if said else None,
        )
    )
    take_step(ticket, Step(What.RESOLVED, said), by=by)
    return ticket


@transaction.atomic
def reopen_ticket(
    *, ticket_id: int, by: Actor, comment: str = "", files: Sequence[int] = ()
) -> Ticket:
    """Have a resolved ticket looked at again; its requester may for 30 days (ConflictError)."""
    ticket = _lock(ticket_id, by)
    state = becomes(ticket.state, Act.REOPEN)
    if not queries.is_reopenable(ticket, by):
        days = queries.REOPENED_WITHIN.days
        raise ConflictError(f"It was resolved more than {days} days ago. Open a new ticket.")
    ticket.state = state
    ticket.resolved_at = None
    said = _write_if_any(ticket, comment, by=by, files=files)
    publish(
        TicketReopened(
            centre_id=by.centre_id,
            ticket_id=ticket.pk,
            by_id=by.user_id,
            comment_id=said.pk if said else None,
        )
    )
    take_step(ticket, Step(What.REOPENED, said), by=by)
    return ticket


def _write_if_any(
    ticket: Ticket, body: str, *, by: Actor, files: Sequence[int]
) -> TicketComment | None:
    """The last word, if there is one; files do not come without."""
    if files and not body:
        raise InvalidError("comment", "must say something about the files")
    return _write(ticket, body, by=by, internal=False, files=files) if body else None


def _write(
    ticket: Ticket, body: str, *, by: Actor, internal: bool, files: Sequence[int]
) -> TicketComment:
    comment = TicketComment.objects.create(
        centre_id=ticket.centre_id,
        ticket=ticket,
        author_id=by.user_id,
        body=body,
        internal=internal,
        created_at=clock.now(),
    )
    if files:
        attach_files(files, subject=subjects.of_comment(comment.pk), by=by)
    return comment


def _act_of_comment(ticket: Ticket, by: Actor, *, internal: bool) -> Act:
    if internal:
        return Act.NOTE
    return Act.ASK if ticket.requester_id == by.user_id else Act.ANSWER


def _category(category_id: int | None, by: Actor) -> TicketCategory:
    active = queries.categories_of(by.centre_id).filter(active=True)
    found = active.filter(pk__in=[category_id]).first()
    if found is None:
        raise InvalidError("category_id", "must be a category that is in use")
    return found


def _check_desk(by: Actor) -> None:
    if not queries.is_desk(by):
        raise NotAllowedError("Only the centre's staff can do this.")


def _name_of(person: User | None) -> str | None:
    return person.name if person else None


def _lock(ticket_id: int, by: Actor) -> Ticket:
    """A ticket that the actor may see, locked for this transaction."""
    locked = queries.tickets_for(by).select_for_update(of=("self",))
    return queries.one_of(locked, ticket_id)
