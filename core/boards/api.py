"""Boards and what is drawn on them, over HTTP."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from core.boards import actions, queries
from core.boards.bodies import BoardDraft, BoardMore, BoardTold, StrokeDraft, StrokeTold
from core.boards.models import Board
from core.boards.state import state_of
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting
from core.people.actor import Actor
from core.rooms.queries import get_room

router = Router(tags=["boards"])

NEWEST_FIRST: Final = Order(Board, "-id")


@router.get(
    "rooms/{int:room_id}/boards",
    response=Page[BoardTold],
    operation_id="list_boards",
    summary="Boards",
)
def list_boards(request: HttpRequest, room_id: int, wanted: Query[Wanted]) -> Page[BoardTold]:
    """The boards of a room, the newest first."""
    by = acting(request)
    room = get_room(room_id, by=by)
    return read_page(queries.boards_for(by).filter(room=room), NEWEST_FIRST, wanted, BoardTold.of)


@router.post(
    "rooms/{int:room_id}/boards",
    response={201: BoardMore},
    operation_id="open_board",
    summary="Open a board",
)
def open_board(request: HttpRequest, room_id: int, given: BoardDraft) -> Status[BoardMore]:
    """An empty one to draw on together, for all whose room it is; 20 in a room at most."""
    by = acting(request)
    return Status(201, told(actions.open_board(room_id=room_id, name=given.name, by=by).pk, by))


@router.get(
    "boards/{int:board_id}", response=BoardMore, operation_id="get_board", summary="A board"
)
def get_board(request: HttpRequest, board_id: int) -> BoardMore:
    """What is on it, and the number from which on its stream tells what comes next."""
    return told(board_id, acting(request))


@router.post(
    "boards/{int:board_id}/strokes",
    response={201: StrokeTold},
    operation_id="draw_stroke",
    summary="Draw a line",
)
def draw_stroke(request: HttpRequest, board_id: int, given: StrokeDraft) -> Status[StrokeTold]:
    """Whoever looks at the board sees it at once; sent again under the same id, it is drawn once.

    From (0, 0), top left, to (1600, 900), in whole numbers; 1 to 500 points.
    """
    stroke = actions.draw_stroke(board_id=board_id, given=given, by=acting(request))
    return Status(201, StrokeTold.of(stroke))


@router.delete(
    "boards/{int:board_id}/strokes/{uuidstr:stroke_id}",
    response={204: None},
    operation_id="remove_stroke",
    summary="Remove a line",
)
def remove_stroke(request: HttpRequest, board_id: int, stroke_id: UUID) -> Status[None]:
    """Takes it away: one's own, or in a room that one keeps in order."""
    actions.remove_stroke(board_id=board_id, stroke_id=stroke_id, by=acting(request))
    return Status(204, None)


@router.post(
    "boards/{int:board_id}/clear",
    response={204: None},
    operation_id="clear_board",
    summary="Clear a board",
)
def clear_board(request: HttpRequest, board_id: int) -> Status[None]:
    """Takes all lines away: who keeps the room in order."""
    actions.clear_board(board_id=board_id, by=acting(request))
    return Status(204, None)


def told(board_id: int, by: Actor) -> BoardMore:
    """A board with what is on it at one moment."""
    board = queries.get_board(board_id, by=by)
    return BoardMore.seen(board, state_of(board), by=by)
