"""Changing and removing what one has said, on its own page and, by htmx, in its room's."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.http.forms import sent, status_of
from core.people.acting import acting
from core.people.actor import Actor
from core.refusals import ConflictError, NotAllowedError
from core.rooms import message_actions, queries, talk
from core.rooms.forms import MessageForm
from core.rooms.models import Message
from core.rooms.room_pages import room_shown


@never_cache
def change(request: HttpRequest, said_id: UUID) -> HttpResponse:
    """Says it otherwise. With `as_it_is` htmx gets the message back instead of the form."""
    by = acting(request)
    message = queries.get_message(said_id, by=by)
    if message.author_id != by.user_id:
        raise NotAllowedError("Only who wrote a message can change it.")
    if "as_it_is" in request.GET:
        return answer(request, message, by)
    is_over = message.removed_at is not None or not queries.is_open(message.room)
    if is_over and request.method == "GET":
        raise ConflictError("The message cannot be changed any more.")
    initial = {"body": message.body}
    form = MessageForm(sent(request), initial=initial, auto_id=f"words-{said_id}-%s")
    if form.is_valid() and change_from(form, message, by):
        return answer(request, message, by)
    shown = {**room_shown(request, message.room, by), "form": form, "message": message}
    if is_part(request, message):
        return render(request, "rooms/change_here.html", shown)
    return render(request, "rooms/change.html", shown, status=status_of(form))


def change_from(form: MessageForm, message: Message, by: Actor) -> bool:
    """Change it as the form says; False, and the form says why, when that cannot be."""
    body = form.cleaned_data["body"]
    try:
        message_actions.edit_message(message_id=message.pk, body=body, by=by)
    except ConflictError:
        form.add_error(
            None, _("This is not possible any more: it was removed, or the room closed.")
        )
    return form.is_valid()


def remove(request: HttpRequest, said_id: UUID) -> HttpResponse:
    """Takes a message away."""
    by = acting(request)
    message = queries.get_message(said_id, by=by)
    with suppress(ConflictError):  # somebody else was faster, and it is gone
        message_actions.remove_message(message_id=said_id, by=by)
    return answer(request, message, by)


def answer(request: HttpRequest, message: Message, by: Actor) -> HttpResponse:
    """The message as it is now: alone, or in its room."""
    if not is_part(request, message):
        return redirect(f"{reverse('room', args=[message.room_id])}#message-{message.pk}")
    shown = room_shown(request, message.room, by)
    every = range(message.seq, message.seq + 1)
    (said,) = talk.these(shown["reader"], [message.pk], shown=every)
    return render(request, "rooms/changed.html", {**shown, "said": said})


def is_part(request: HttpRequest, message: Message) -> bool:
    """Whether htmx asks, to put the answer in the message's place."""
    return HtmxDetails(request).target == f"message-{message.pk}"
