"""The stream of a board, `board:ID`: what is drawn there as entries, for who may read its room.

What clients publish to it: core/boards/publishing.py.
"""

from core.boards import queries
from core.boards.models import Board
from core.http.bodies import id_from
from core.isolation.scope import everywhere, within_centre
from core.people.actor import Actor, actor_of
from core.people.models import Membership
from core.refusals import NotFoundError


def stream_of(board_id: int) -> str:
    """The name under which its entries are stored."""
    return f"board:{board_id}"


def find_board(user_id: int, ident: str) -> str | None:
    """The stream of a board that this person may read."""
    found = as_member(user_id, ident)
    if found is None:
        return None
    board_id, by = found
    with within_centre(by.centre_id, person_id=user_id):
        try:
            queries.get_board(board_id, by=by)
        except NotFoundError:
            return None
    return stream_of(board_id)


def as_member(user_id: int, ident: str) -> tuple[int, Actor] | None:
    """The board that a client names, and the person as who they are in its centre.

    None for a board that is nowhere, or in a centre that is not theirs. Whether they may read it is
    not asked yet.
    """
    board_id = id_from(ident)
    if board_id is None or str(board_id) != ident:
        return None
    with everywhere():  # a socket is of no centre; the board says which one counts
        of_board = Board.objects.filter(pk=board_id).values("centre_id")
        members = Membership.objects.select_related("user").filter(user_id=user_id, is_active=True)
        member = members.filter(centre_id__in=of_board).first()
    return (board_id, actor_of(member)) if member else None
