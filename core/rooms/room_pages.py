"""The page of a room: what was said there, saying something, and what is new."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.http import reswap, retarget, trigger_client_event
from django_htmx.middleware import HtmxDetails

from core.files.forms import picked_files, shown_again
from core.http.bodies import id_from
from core.http.forms import status_of
from core.live.entries import StoredEntry, heads, kept, read
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.actor import Actor
from core.refusals import ConflictError, InvalidError, TooLargeError, WrongTypeError
from core.rooms import message_actions, queries, talk
from core.rooms.forms import MessageForm
from core.rooms.models import Room
from core.rooms.streams import stream_of

MOST_NEWS: Final = 100  # entries that are shown one by one; of more the page reads itself anew
MOST_NAMES: Final = 60  # people to choose from
CHANGES: Final = ("message_edited", "message_removed")


@never_cache
def room(request: HttpRequest, room_id: int) -> HttpResponse:
    """What was said last, or before a message; and saying something."""
    by = acting(request)
    if request.method == "POST":
        return say(request, room_id, by)
    before = id_from(request.GET.get("before", ""))
    if before is not None:
        return show_earlier(request, room_id, before, by)
    return show(request, room_id, MessageForm(), by)


def show(request: HttpRequest, room_id: int, form: MessageForm, by: Actor) -> HttpResponse:
    """The room's page."""
    stream = stream_of(room_id)
    after = heads([stream])[stream]  # before what the page shows is read
    shown = room_shown(request, queries.get_room(room_id, by=by), by)
    shown |= latest_shown(shown["reader"], after) | write_shown(request, form, shown["reader"])
    return render(request, "rooms/room.html", shown, status=status_of(form))


def show_earlier(request: HttpRequest, room_id: int, before: int, by: Actor) -> HttpResponse:
    """What was said before a message: for htmx to be put in front of it, otherwise a page."""
    shown = room_shown(request, queries.get_room(room_id, by=by), by)
    shown["talk"] = talk.earlier(shown["reader"], before)
    is_part = HtmxDetails(request).target == "earlier"
    return render(request, "rooms/earlier.html" if is_part else "rooms/past.html", shown)


def say(request: HttpRequest, room_id: int, by: Actor) -> HttpResponse:
    """Says something; htmx gets an empty form for what is to be said next."""
    found = queries.get_room(room_id, by=by)
    form = MessageForm(request.POST)
    is_said = form.is_valid() and say_from(form, request, room_id, by)
    if HtmxDetails(request).target != "room-write":
        return redirect("room", room_id) if is_said else show(request, room_id, form, by)
    shown = room_shown(request, found, by)
    shown |= write_shown(request, MessageForm() if is_said else form, shown["reader"])
    # Whatever is wrong: of what is no success htmx would show nothing.
    answer = render(request, "rooms/write.html", shown)
    return trigger_client_event(answer, "schoolbell:said") if is_said else answer


def say_from(form: MessageForm, request: HttpRequest, room_id: int, by: Actor) -> bool:
    """Say what the form says; False, and the form says why, when it cannot be said."""
    try:
        files = picked_files(request, by=by)
        body = form.cleaned_data["body"]
        message_actions.post_message(room_id=room_id, body=body, files=files, by=by)
    except ConflictError:
        form.add_error(None, _("The room has been closed meanwhile. Nothing more can be said."))
    except (InvalidError, TooLargeError, WrongTypeError) as error:
        form.complain_of_files(_(str(error)))
    return form.is_valid()


@never_cache
def news(request: HttpRequest, room_id: int) -> HttpResponse:
    """What has happened in a room since a number: parts for its page to put where they belong."""
    by = acting(request)
    found = queries.get_room(room_id, by=by)
    after = id_from(request.GET.get("after", ""))
    entries = entries_behind(room_id, after)
    if entries == []:
        return HttpResponse(status=204)
    shown = room_shown(request, found, by) | {"part": True, "writes": "writes" in request.GET}
    reader: talk.Reader = shown["reader"]
    if after is None or entries is None:
        return show_anew(request, shown)
    first = id_from(request.GET.get("from", "")) or 0
    ids = {UUID(each.data["id"]) for each in entries if each.type in CHANGES}
    shown |= {
        "live_after": entries[-1].seq,
        "new": talk.since(reader, after, entries[-1].seq),
        "changed": talk.these(reader, ids, shown=range(first, after + 1)),
        "is_room_changed": any(each.type == "room" for each in entries),
    }
    if shown["is_room_changed"]:
        shown |= write_shown(request, MessageForm(), reader)
    return render(request, "rooms/news.html", shown)


def show_anew(request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    """All that was said last, in the place of what the page shows."""
    reader: talk.Reader = shown["reader"]
    stream = stream_of(reader.room.pk)
    shown |= latest_shown(reader, heads([stream])[stream])
    shown |= write_shown(request, MessageForm(), reader)
    answer = render(request, "rooms/anew.html", shown)
    return reswap(retarget(answer, "#room-now"), "outerHTML")


def entries_behind(room_id: int, after: int | None) -> list[StoredEntry] | None:
    """What the room's stream holds behind a number; None when that is too much, or not all."""
    stream = stream_of(room_id)
    if after is None or not kept(stream).follows(after):
        return None
    entries = read(stream, after, MOST_NEWS + 1)
    return entries if len(entries) <= MOST_NEWS else None


def room_shown(request: HttpRequest, room: Room, by: Actor) -> dict[str, Any]:
    """What all templates of a room need."""
    frame = frame_of(request)
    reader = talk.reader_of(room, by=by, zone=frame.zone)
    return {"frame": frame, "room": room, "reader": reader, "part": False}


def latest_shown(reader: talk.Reader, after: int) -> dict[str, Any]:
    """What was said last, up to a number of the stream."""
    return {
        "live_after": after,
        "talk": talk.latest(reader, after),
        "read_up_to": queries.read_up_to(reader.room, reader.by),
    }


def write_shown(request: HttpRequest, form: MessageForm, reader: talk.Reader) -> dict[str, Any]:
    """What the form for a message needs: what was sent already, and whom it can name."""
    names: list[str] = []
    if reader.is_open:
        people = queries.people_of(reader.room).exclude(pk=reader.by.user_id)
        names = list(people.order_by("name", "pk").values_list("name", flat=True)[: MOST_NAMES + 1])
    return {
        "form": form,
        "files": shown_again(request, by=reader.by) if form.is_bound else [],
        "names": list(dict.fromkeys(names)) if len(names) <= MOST_NAMES else [],
    }
