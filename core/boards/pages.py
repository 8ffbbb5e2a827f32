"""The pages on which people of a room draw together."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.boards import actions, queries
from core.boards.forms import BoardForm
from core.boards.models import HEIGHT, LONGEST, WIDTH, Board, Colour
from core.boards.palette import GROUND
from core.boards.shapes import shapes_of
from core.boards.state import sketches_of, state_of
from core.boards.streams import stream_of
from core.files.names import tidy
from core.files.serving import SAFE
from core.http.forms import save, sent, status_of
from core.live.entries import heads
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.actor import Actor
from core.refusals import ConflictError
from core.rooms import queries as rooms
from core.rooms.models import Room
from core.rooms.streams import stream_of as stream_of_room

# TABLE: how broad a line can be.
WIDTHS: Final = (
    (4, gettext_lazy("Thin")),
    (8, gettext_lazy("Medium")),
    (16, gettext_lazy("Thick")),
)
SIZE: Final = {"width": WIDTH, "height": HEIGHT}


@never_cache
def boards(request: HttpRequest, room_id: int) -> HttpResponse:
    """The boards of a room, each with a small picture, and a new one. For htmx the list alone."""
    by = acting(request)
    frame = frame_of(request)
    followed = followed_room(room_id)
    room = rooms.get_room(room_id, by=by)
    form = BoardForm(sent(request))
    if opened := open_from(form, room, by):
        return redirect("board", opened.pk)
    found = list(queries.boards_for(by).filter(room=room).order_by("-pk"))
    sketches = sketches_of(found)
    shown = {
        "frame": frame,
        "room": room,
        "form": form,
        "boards": [(each, shapes_of(sketches[each.pk])) for each in found],
        "is_open": rooms.is_open(room),
        "size": SIZE,
        "here": request.path,
        **followed,
    }
    is_part = HtmxDetails(request).target == "boards-list"
    template = "boards/list.html" if is_part else "boards/boards.html"
    return render(request, template, shown, status=status_of(form))


def open_from(form: BoardForm, room: Room, by: Actor) -> Board | None:
    """The board of a form; None where it was not sent, or says what is wrong."""
    try:
        return save(
            form,
            lambda: actions.open_board(room_id=room.pk, name=form.cleaned_data["name"], by=by),
        )
    except ConflictError as error:
        form.add_error(None, _(str(error)))
        return None


@never_cache
def board(request: HttpRequest, board_id: int) -> HttpResponse:
    """A board: what is on it, and what it takes to draw."""
    by = acting(request)
    frame = frame_of(request)
    found = queries.get_board(board_id, by=by)
    followed = followed_room(found.room_id)
    found = queries.get_board(board_id, by=by)  # as its room is behind that number
    state = state_of(found)
    may_draw = queries.may_draw(found)
    shown = {
        "frame": frame,
        "board": found,
        "stream": stream_of(found.pk),
        "seq": state.seq,
        "shapes": shapes_of(state.strokes),
        "names": {str(each.author_id): each.author.name for each in state.strokes},
        "may_draw": may_draw,
        "may_clear": may_draw and rooms.keeps_order(found.room, by),
        "colours": Colour.choices,
        "widths": WIDTHS,
        "size": SIZE,
        "longest": LONGEST,
        **followed,
    }
    return render(request, "boards/board.html", shown)


def clear(request: HttpRequest, board_id: int) -> HttpResponse:
    """Takes all lines off a board."""
    actions.clear_board(board_id=board_id, by=acting(request))
    messages.success(request, _("The board is cleared."))
    return redirect("board", board_id)


def picture(request: HttpRequest, board_id: int) -> HttpResponse:
    """A board as a picture, to be saved."""
    found = queries.get_board(board_id, by=acting(request))
    shapes = shapes_of(state_of(found).strokes)
    shown = {"board": found, "shapes": shapes, "size": SIZE, "ground": GROUND.light}
    answer = render(request, "boards/picture.svg", shown, content_type="image/svg+xml")
    name = f"{tidy(found.name.replace('/', '-')) or 'board'}.svg"
    saved = {"Content-Disposition": content_disposition_header(True, name) or ""}  # noqa: FBT003 - Django's own
    for header, value in (SAFE | saved).items():
        answer.headers[header] = value
    return answer


def followed_room(room_id: int) -> dict[str, Any]:
    """How a page follows what becomes of its room; to be read before the page's own queries."""
    stream = stream_of_room(room_id)
    return {"room_stream": stream, "room_after": heads([stream])[stream]}
