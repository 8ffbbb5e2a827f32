"""Tickets over HTTP."""

from typing import Annotated, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from core.files.attachments import files_of, files_of_many
from core.http.bodies import id_from
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting
from core.people.actor import Actor
from core.people.models import User
from core.tickets import actions, queries, subjects
from core.tickets.bodies import (
    Assignment,
    CommentDraft,
    CommentTold,
    LastWord,
    StepTold,
    TicketChange,
    TicketDraft,
    TicketMore,
    TicketPersonTold,
    TicketTold,
)
from core.tickets.models import Ticket, TicketComment, TicketState, TicketStep

router = Router(tags=["tickets"])

LATEST_FIRST: Final = Order(Ticket, "-updated_at", "-id")
COMMENTS_OLDEST_FIRST: Final = Order(TicketComment, "id")
STEPS_OLDEST_FIRST: Final = Order(TicketStep, "id")
PEOPLE_BY_NAME: Final = Order(User, "name", "id")

NOBODY: Final = "nobody"


class TicketsWanted(Wanted):
    """Which tickets are asked for."""

    state: TicketState | None = None
    mine: Annotated[bool, Field(description="only those that one opened oneself")] = False
    assignee: Annotated[
        str | None, Field(description="the id of who looks after them, or `nobody`")
    ] = None
    category: Annotated[str | None, Field(description="the id of a category")] = None
    q: Annotated[
        str | None,
        Field(max_length=200, description="words of subject, text or name, or a number"),
    ] = None


@router.get("tickets", response=Page[TicketTold], operation_id="list_tickets", summary="Tickets")
def list_tickets(request: HttpRequest, wanted: Query[TicketsWanted]) -> Page[TicketTold]:
    """One's own tickets; for the centre's staff all of them. What happened last comes first."""
    by = acting(request)
    rows = chosen(queries.tickets_for(by), wanted, by)
    return read_page(rows, LATEST_FIRST, wanted, TicketTold.of)


def chosen(rows: QuerySet[Ticket], wanted: TicketsWanted, by: Actor) -> QuerySet[Ticket]:
    """The tickets that fit what is asked for."""
    exactly: dict[str, object] = {}
    if wanted.state is not None:
        exactly["state"] = wanted.state
    if wanted.mine:
        exactly["requester"] = by.user_id
    if wanted.assignee == NOBODY:
        exactly["assignee__isnull"] = True
    elif wanted.assignee is not None:
        exactly["assignee__in"] = [id_from(wanted.assignee)]
    if wanted.category is not None:
        exactly["category__in"] = [id_from(wanted.category)]
    rows = rows.filter(**exactly)
    return queries.searched(rows, wanted.q) if wanted.q else rows


@router.post(
    "tickets", response={201: TicketMore}, operation_id="open_ticket", summary="Open a ticket"
)
def open_ticket(request: HttpRequest, given: TicketDraft) -> Status[TicketMore]:
    """Asks the centre's staff to see to something; each of them is told."""
    by = acting(request)
    ticket = actions.open_ticket(
        category_id=id_from(given.category_id),
        subject=given.subject,
        body=given.body,
        priority=given.priority,
        files=[int(each) for each in given.files],
        by=by,
    )
    return Status(201, told(ticket.pk, by))


@router.get(
    "tickets/{int:ticket_id}",
    response=TicketMore,
    operation_id="get_ticket",
    summary="A ticket",
)
def get_ticket(request: HttpRequest, ticket_id: int) -> TicketMore:
    """One of the tickets that one may see."""
    return told(ticket_id, acting(request))


@router.patch(
    "tickets/{int:ticket_id}",
    response=TicketMore,
    operation_id="edit_ticket",
    summary="Change a ticket",
)
def edit_ticket(request: HttpRequest, ticket_id: int, given: TicketChange) -> TicketMore:
    """Gives it another category, priority or subject. A resolved one stays as it is (409)."""
    by = acting(request)
    changes = given.model_dump(exclude_unset=True)
    if "category_id" in changes:  # -1 is none: not "leave it as it is"
        changes["category_id"] = id_from(given.category_id) or -1
    actions.edit_ticket(ticket_id=ticket_id, by=by, **changes)
    return told(ticket_id, by)


@router.get(
    "tickets/{int:ticket_id}/comments",
    response=Page[CommentTold],
    operation_id="list_ticket_comments",
    summary="Comments on a ticket",
)
def list_comments(request: HttpRequest, ticket_id: int, wanted: Query[Wanted]) -> Page[CommentTold]:
    """What was said, oldest first; internal comments are told to staff alone."""
    by = acting(request)
    rows = queries.comments_of(queries.get_ticket(ticket_id, by=by), by=by)
    page = read_page(rows, COMMENTS_OLDEST_FIRST, wanted, lambda row: row)
    files = files_of_many([subjects.of_comment(each.pk) for each in page.items])
    told = [CommentTold.of(each, files[subjects.of_comment(each.pk)]) for each in page.items]
    return Page(items=told, next=page.next)


@router.post(
    "tickets/{int:ticket_id}/comments",
    response={201: CommentTold},
    operation_id="comment_ticket",
    summary="Comment on a ticket",
)
def comment_ticket(
    request: HttpRequest, ticket_id: int, given: CommentDraft
) -> Status[CommentTold]:
    """Says something about it; those who follow it are told. Only staff may say it internally."""
    by = acting(request)
    comment = actions.comment_ticket(
        ticket_id=ticket_id,
        body=given.body,
        internal=given.internal,
        files=[int(each) for each in given.files],
        by=by,
    )
    return Status(201, CommentTold.of(comment, files_of(subjects.of_comment(comment.pk))))


@router.get(
    "tickets/{int:ticket_id}/history",
    response=Page[StepTold],
    operation_id="list_ticket_steps",
    summary="A ticket's history",
)
def list_steps(request: HttpRequest, ticket_id: int, wanted: Query[Wanted]) -> Page[StepTold]:
    """Every step since it was opened, oldest first; internal ones are told to staff alone."""
    by = acting(request)
    rows = queries.steps_of(queries.get_ticket(ticket_id, by=by), by=by)
    return read_page(rows, STEPS_OLDEST_FIRST, wanted, StepTold.of)


@router.post(
    "tickets/{int:ticket_id}/assign",
    response=TicketMore,
    operation_id="assign_ticket",
    summary="Assign a ticket",
)
def assign_ticket(request: HttpRequest, ticket_id: int, given: Assignment) -> TicketMore:
    """Has one of the staff look after it, or with null nobody; its requester is told who does."""
    by = acting(request)
    if given.assignee_id is None:
        actions.release_ticket(ticket_id=ticket_id, by=by)
    else:
        actions.assign_ticket(ticket_id=ticket_id, assignee_id=id_from(given.assignee_id), by=by)
    return told(ticket_id, by)


@router.post(
    "tickets/{int:ticket_id}/resolve",
    response=TicketMore,
    operation_id="resolve_ticket",
    summary="Resolve a ticket",
)
def resolve_ticket(
    request: HttpRequest, ticket_id: int, given: LastWord | None = None
) -> TicketMore:
    """Settles it, with a last word if there is one: its requester may, and any of the staff."""
    by = acting(request)
    word = given or LastWord()
    files = [int(each) for each in word.files]
    actions.resolve_ticket(ticket_id=ticket_id, by=by, comment=word.comment, files=files)
    return told(ticket_id, by)


@router.post(
    "tickets/{int:ticket_id}/reopen",
    response=TicketMore,
    operation_id="reopen_ticket",
    summary="Reopen a ticket",
)
def reopen_ticket(
    request: HttpRequest, ticket_id: int, given: LastWord | None = None
) -> TicketMore:
    """Has it looked at again; its requester may within 30 days of its resolution (409 later)."""
    by = acting(request)
    word = given or LastWord()
    files = [int(each) for each in word.files]
    actions.reopen_ticket(ticket_id=ticket_id, by=by, comment=word.comment, files=files)
    return told(ticket_id, by)


@router.get(
    "ticket-assignees",
    response=Page[TicketPersonTold],
    operation_id="list_ticket_assignees",
    summary="Who may look after tickets",
)
def list_assignees(request: HttpRequest, wanted: Query[Wanted]) -> Page[TicketPersonTold]:
    """The centre's active staff by name: whom a ticket can be assigned to."""
    rows = queries.assignees_of(acting(request).centre_id)
    return read_page(rows, PEOPLE_BY_NAME, wanted, TicketPersonTold.of)


def told(ticket_id: int, by: Actor) -> TicketMore:
    """The ticket as it is now."""
    return TicketMore.of(queries.get_ticket(ticket_id, by=by))
