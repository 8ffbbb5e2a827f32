"""The pages on which tickets are opened, looked through, talked about and settled."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.files.forms import picked_files, shown_again
from core.http.bodies import id_from
from core.live.entries import heads
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.actor import Actor
from core.people.models import Role
from core.refusals import ConflictError, InvalidError, TooLargeError, WrongTypeError
from core.tickets import actions, queries
from core.tickets.category_actions import offer_categories
from core.tickets.desk import default_show, listed
from core.tickets.forms import ChoiceForm, ManageForm, TicketForm, WordForm
from core.tickets.models import Ticket, TicketState
from core.tickets.streams import desks_stream, requesters_stream, staffs_stream
from core.tickets.timeline import timeline_of
from core.tickets.transitions import Act, can

PER_PAGE: Final = 30
REFUSED: Final = (InvalidError, TooLargeError, WrongTypeError)
FIELDS: Final = {"category_id": "category_id", "comment": "body"}  # by where the action finds fault


@never_cache
def tickets(request: HttpRequest) -> HttpResponse:
    """One's own tickets; for staff the centre's desk. For htmx the list alone."""
    by = acting(request)
    frame = frame_of(request)
    stream = desks_stream(by.centre_id)
    live_after = heads([stream])[stream]
    categories = list(queries.categories_of(by.centre_id))
    form = ChoiceForm(request.GET, categories=categories, is_desk=queries.is_desk(by))
    shown = {
        "frame": frame,
        "form": form,
        "show": form.wanted("show") or default_show(by),
        "is_desk": queries.is_desk(by),
        "is_admin": by.is_any(Role.ADMIN),
        "stream": stream,
        "live_after": live_after,
        "page": Paginator(listed(form, by=by), PER_PAGE).get_page(request.GET.get("page")),
        "here": request.get_full_path(),
        "asked": asked(request),
    }
    is_part = HtmxDetails(request).target == "tickets-list"
    return render(request, "tickets/list.html" if is_part else "tickets/tickets.html", shown)


def asked(request: HttpRequest) -> str:
    """The query without the page, to put another page's number behind it."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"?{query.urlencode()}&" if query else "?"


@never_cache
def write(request: HttpRequest) -> HttpResponse:
    """A new ticket."""
    by = acting(request)
    frame = frame_of(request)
    form = TicketForm(sent(request), categories=offer_categories(centre_id=by.centre_id))
    if form.is_valid() and (opened := open_from(form, request, by)):
        messages.success(request, _("Sent. You are told here and by email as it goes on."))
        return redirect("ticket", opened.pk)
    shown = {"frame": frame, "form": form, "files": shown_again(request, by=by)}
    return render(request, "tickets/form.html", shown, status=422 if form.is_bound else 200)


def open_from(form: TicketForm, request: HttpRequest, by: Actor) -> Ticket | None:
    """The ticket of a form; None, and the form says why, when there is something wrong with it."""
    try:
        return actions.open_ticket(by=by, files=picked_files(request, by=by), **form.given)
    except REFUSED as error:
        refuse(form, error)
        return None


def refuse(form: TicketForm | WordForm, error: Exception) -> None:
    """Say in a form what is wrong: at its field, and about files above all."""
    loc = getattr(error, "loc", None)
    form.add_error(FIELDS.get(str(loc)), _(str(error)))


@never_cache
def ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """One ticket, and what can be said and done about it; for htmx what changes by itself."""
    by = acting(request)
    if request.method == "POST":
        return say(request, ticket_id, by)
    return show(request, ticket_id, WordForm(), by)


def say(request: HttpRequest, ticket_id: int, by: Actor) -> HttpResponse:
    """Says something, resolves or reopens; the page says what is missing."""
    queries.get_ticket(ticket_id, by=by)
    form = WordForm(request.POST)
    if form.is_valid() and say_from(form, request, ticket_id, by):
        return redirect("ticket", ticket_id)
    return show(request, ticket_id, form, by)


def say_from(form: WordForm, request: HttpRequest, ticket_id: int, by: Actor) -> bool:
    """Do what the form says; False, and the form says why, when it cannot be done."""
    words, then = form.cleaned_data["body"], form.cleaned_data["then"]
    try:
        given: dict[str, Any] = {"ticket_id": ticket_id, "by": by}
        given["files"] = picked_files(request, by=by)
        if then == WordForm.RESOLVE:
            actions.resolve_ticket(comment=words, **given)
        elif then == WordForm.REOPEN:
            actions.reopen_ticket(comment=words, **given)
        else:
            actions.comment_ticket(body=words, internal=then == WordForm.NOTE, **given)
    except ConflictError:
        form.add_error(None, changed_meanwhile())
    except REFUSED as error:
        refuse(form, error)
    return form.is_valid()


def show(request: HttpRequest, ticket_id: int, form: WordForm, by: Actor) -> HttpResponse:
    """The ticket's page, or what of it changes by itself."""
    frame = frame_of(request)
    is_desk = queries.is_desk(by)
    stream = staffs_stream(ticket_id) if is_desk else requesters_stream(ticket_id)
    live_after = heads([stream])[stream]  # before what the page shows is read
    found = queries.get_ticket(ticket_id, by=by)
    is_theirs = found.assignee_id == by.user_id and found.state == TicketState.IN_PROGRESS
    shown = {
        "frame": frame,
        "form": form,
        "ticket": found,
        "timeline": timeline_of(found, by=by),
        "files": shown_again(request, by=by),
        "is_desk": is_desk,
        "is_requester": found.requester_id == by.user_id,
        "can_take": is_desk and can(found.state, Act.ASSIGN) and not is_theirs,
        "can_edit": is_desk and can(found.state, Act.EDIT),
        "can_resolve": can(found.state, Act.RESOLVE),
        "can_reopen": can(found.state, Act.REOPEN) and queries.is_reopenable(found, by),
        "live_after": live_after,
        "part": HtmxDetails(request).target == "ticket-now",
    }
    template = "tickets/now.html" if shown["part"] else "tickets/ticket.html"
    return render(request, template, shown, status=422 if form.is_bound else 200)


def assign(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Takes a ticket on, gives it to a colleague, or back to the desk."""
    by = acting(request)
    assignee = request.POST.get("assignee_id", "")
    try:
        give(ticket_id, id_from(assignee) if assignee else None, by)
    except ConflictError:
        messages.error(request, changed_meanwhile())
    return redirect("ticket", ticket_id)


@never_cache
def edit(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Category, urgency and subject, and who looks after it."""
    by = acting(request)
    frame = frame_of(request)
    found = queries.get_ticket(ticket_id, by=by)
    if not can(found.state, Act.EDIT):
        raise ConflictError("A resolved ticket cannot be changed: reopen it first.")
    form = ManageForm(
        sent(request),
        ticket=found,
        categories=offer_categories(centre_id=by.centre_id),
        staff=list(queries.assignees_of(by.centre_id).order_by("name", "pk")),
    )
    if form.is_valid() and manage(form, found, by):
        messages.success(request, _("Changes saved."))
        return redirect("ticket", ticket_id)
    shown = {"frame": frame, "form": form, "ticket": found}
    return render(request, "tickets/edit.html", shown, status=422 if form.is_bound else 200)


def manage(form: ManageForm, ticket: Ticket, by: Actor) -> bool:
    """Do what the form says; False when it says what is wrong."""
    try:
        if "assignee_id" in form.changed_data:
            give(ticket.pk, form.assignee, by)
        if form.changes:
            actions.edit_ticket(ticket_id=ticket.pk, by=by, **form.changes)
    except InvalidError as error:
        form.add_error(error.loc, _(error.msg))
    except ConflictError:
        form.add_error(None, changed_meanwhile())
    return form.is_valid()


def give(ticket_id: int, assignee_id: int | None, by: Actor) -> None:
    """To somebody of the staff, or with None back to the desk."""
    if assignee_id is None:
        actions.release_ticket(ticket_id=ticket_id, by=by)
    else:
        actions.assign_ticket(ticket_id=ticket_id, assignee_id=assignee_id, by=by)


def changed_meanwhile() -> str:
    """What is said when somebody else was faster."""
    return _("The ticket has changed meanwhile, and this is not possible any more.")


def sent(request: HttpRequest) -> QueryDict | None:
    """What was filled in; None while the form is only being asked for."""
    return request.POST if request.method == "POST" else None
