"""What clients say to a board by the socket: lines, which are kept, and where they point."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from core.boards import actions, queries
from core.boards.bodies import Cursor, Published, StrokeDraft
from core.boards.models import Board
from core.boards.streams import find_board, stream_of
from core.events.context import working_on
from core.events.nudge import stir
from core.isolation.scope import within_centre
from core.live.streams import StreamKind
from core.live.tick import tick
from core.people.actor import Actor
from core.people.naming import as_member
from core.refusals import ConflictError, InvalidError, NotFoundError


def publish_to_board(user_id: int, ident: str, data: Mapping[str, Any]) -> int | None:
    """Draw a line and return its number, or tell who watches where the person points: then None.

    Whether they may is asked anew each time. Raises core/refusals.py, as a request's action does.
    """
    found = as_member(user_id, ident, Board)
    if found is None:
        raise NotFoundError("There is no such board.")
    board_id, by = found
    with within_centre(by.centre_id, person_id=user_id), working_on(actor_id=user_id):
        board = queries.get_board(board_id, by=by)
        said = _read(data)
        if said.cursor:
            _point(board, said.cursor, by)
        return _draw(board, said.stroke, by) if said.stroke else None


def _read(data: Mapping[str, Any]) -> Published:
    try:
        return Published.model_validate(data)
    except ValidationError as problems:
        fault = problems.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(each) for each in fault["loc"]) or "data"
        said = fault["msg"]
        raise InvalidError(place, said) from None


def _point(board: Board, cursor: Cursor, by: Actor) -> None:
    if not queries.may_draw(board):
        raise ConflictError(actions.CLOSED)
    tick(stream_of(board.pk), "cursor", {"id": str(by.user_id), "x": cursor.x, "y": cursor.y})


def _draw(board: Board, stroke: StrokeDraft, by: Actor) -> int:
    stir()  # as for a request that changes something: somebody waits for it
    return actions.draw_stroke(board_id=board.pk, given=stroke, by=by).seq


BOARD: Final = StreamKind(prefix="board", find=find_board, publish=publish_to_board)
