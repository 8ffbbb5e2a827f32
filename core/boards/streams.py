"""The stream of a board, `board:ID`: what is drawn there as entries, for who may read its room.

What clients publish to it: core/boards/publishing.py.
"""

from core.boards import queries
from core.boards.models import Board
from core.isolation.scope import within_centre
from core.people.naming import as_member
from core.refusals import NotFoundError


def stream_of(board_id: int) -> str:
    """The name under which its entries are stored."""
    return f"board:{board_id}"


def find_board(user_id: int, ident: str) -> str | None:
    """The stream of a board that this person may read."""
    found = as_member(user_id, ident, Board)
    if found is None:
        return None
    board_id, by = found
    with within_centre(by.centre_id, person_id=user_id):
        try:
            queries.get_board(board_id, by=by)
        except NotFoundError:
            return None
    return stream_of(board_id)
