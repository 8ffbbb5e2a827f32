"""All that reads boards. Whoever reads the room reads them."""

from django.db.models import QuerySet

from core.boards.models import Board
from core.people.actor import Actor
from core.refusals import NotFoundError
from core.rooms import queries as rooms


def boards_for(by: Actor) -> QuerySet[Board]:
    """The boards that the actor may read, each with its room and who opened it."""
    boards = Board.objects.filter(centre_id=by.centre_id, room__in=rooms.rooms_for(by))
    return boards.select_related("room__school_class", "opened_by")


def get_board(board_id: int, *, by: Actor) -> Board:
    """One of `boards_for`; NotFoundError otherwise."""
    return one_of(boards_for(by), board_id)


def one_of(boards: QuerySet[Board], board_id: int) -> Board:
    """The board of this id among them; NotFoundError otherwise."""
    found = boards.filter(pk=board_id).first()
    if found is None:
        raise NotFoundError("There is no such board.")
    return found


def may_draw(board: Board) -> bool:
    """Whether whoever reads it may draw on it: as long as the room can be written in."""
    return rooms.is_open(board.room)
