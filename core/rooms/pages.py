"""The pages on which rooms are found, opened and kept in order."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.http.bodies import id_from
from core.http.forms import save, sent, status_of
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.actor import Actor
from core.refusals import ConflictError, NotAllowedError
from core.rooms import actions, queries
from core.rooms.directory import CLOSED, OPEN, directory_of
from core.rooms.forms import RoomForm, TopicForm
from core.rooms.models import STAFF, Room, RoomAudience
from core.rooms.topics import topic_of


@never_cache
def rooms(request: HttpRequest) -> HttpResponse:
    """One's rooms by topic, with what is new in each. For htmx the list alone."""
    by = acting(request)
    show = CLOSED if request.GET.get("show") == CLOSED else OPEN
    shown = {
        "frame": frame_of(request),
        "show": show,
        "lists": {OPEN: _("Open"), CLOSED: _("Closed")},
        "directory": directory_of(by, show=show, number=request.GET.get("page")),
        "opens": by.is_any(*STAFF),
        "here": request.get_full_path(),
    }
    is_part = HtmxDetails(request).target == "rooms-list"
    return render(request, "rooms/list.html" if is_part else "rooms/rooms.html", shown)


@never_cache
def open_room(request: HttpRequest) -> HttpResponse:
    """A new room, and its topic if there is none of that name."""
    by = acting(request)
    frame = frame_of(request)
    classes = list(queries.classes_to_open_for(by))
    is_office = queries.is_office(by)
    topics = list(queries.topics_of(by).order_by("name"))
    form = RoomForm(sent(request), topics=topics, classes=classes, is_office=is_office)
    if room := _saved(form, lambda: _opened(form, by)):
        messages.success(request, _("The room is open. Whose it is finds it under “Rooms”."))
        return redirect("room", room.pk)
    shown = {"frame": frame, "form": form, "can_open": bool(classes) or is_office}
    return render(request, "rooms/open.html", shown, status=status_of(form))


@never_cache
def edit_room(request: HttpRequest, room_id: int) -> HttpResponse:
    """What it is called and is about; whether it is closed."""
    by = acting(request)
    frame = frame_of(request)
    room = queries.get_room(room_id, by=by)
    if not queries.keeps_order(room, by):
        raise NotAllowedError("Only the room's teachers and the centre's staff can do this.")
    form = TopicForm(sent(request), topics=list(queries.topics_of(by).order_by("name")), room=room)
    if _saved(form, lambda: _changed(form, room, by)):
        messages.success(request, _("Changes saved."))
        return redirect("room", room_id)
    shown = {"frame": frame, "form": form, "room": room}
    return render(request, "rooms/edit.html", shown, status=status_of(form))


def close_room(request: HttpRequest, room_id: int) -> HttpResponse:
    """Ends the writing in a room."""
    actions.close_room(room_id=room_id, by=acting(request))
    messages.success(request, _("The room is closed. It can still be read."))
    return redirect("room", room_id)


def reopen_room(request: HttpRequest, room_id: int) -> HttpResponse:
    """Lets people write in a closed room again."""
    actions.reopen_room(room_id=room_id, by=acting(request))
    messages.success(request, _("The room is open again."))
    return redirect("room", room_id)


def _saved(form: TopicForm, action: Callable[[], Room]) -> Room | None:
    """The room, or None: the form is not sent, or says what is wrong."""
    try:
        return save(form, action)
    except ConflictError:  # somebody else has added the topic at this very moment
        form.add_error("new_topic", _("There is a topic of this name already."))
        return None


@transaction.atomic
def _opened(form: RoomForm, by: Actor) -> Room:
    given = form.cleaned_data
    return actions.open_room(
        topic_id=topic_of(given["topic_id"], given["new_topic"], by=by),
        name=given["name"],
        audience=RoomAudience(given["audience"]),
        class_id=id_from(given["class_id"]),
        by=by,
    )


@transaction.atomic
def _changed(form: TopicForm, room: Room, by: Actor) -> Room:
    given = form.cleaned_data
    topic_id = topic_of(given["topic_id"], given["new_topic"], by=by)
    return actions.change_room(room_id=room.pk, name=given["name"], topic_id=topic_id, by=by)
