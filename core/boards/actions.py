"""All that changes boards and what is drawn on them.

Entries of what was removed are not rewritten: they leave soon (core/events/retention.py), and who
replays the stream gets them in order, the removal after the stroke, so it ends right.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _
from uuid_utils.compat import uuid7

from core import clock
from core.audit.actions import record
from core.boards import queries
from core.boards.bodies import StrokeDraft, entry_of
from core.boards.events import BoardCleared, BoardOpened, StrokeDrawn, StrokeRemoved
from core.boards.models import MOST_BOARDS, MOST_POINTS, MOST_STROKES, Board, Stroke
from core.boards.streams import stream_of
from core.events.publish import publish
from core.live.entries import NewEntry, append
from core.people.actor import Actor
from core.people.models import User
from core.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.rooms import queries as rooms
from core.rooms.models import Room
from core.rooms.streams import stream_of as stream_of_room

REMEMBERED: Final = timedelta(days=1)  # that a stroke was removed: nobody sends it again later
CLOSED: Final = _("The room is closed: its boards can be looked at, and not drawn on.")
TOO_MANY: Final = _("The room has as many boards as it can: clear one of them, and draw there.")
FULL: Final = "The board is full: clear it first, or draw on another one."
TAKEN: Final = "is taken: make up a new one"


@transaction.atomic
def open_board(*, room_id: int, name: str, by: Actor) -> Board:
    """Give the people of a room a board; ConflictError if it is closed, or has enough of them."""
    locked = rooms.rooms_for(by).select_for_update(of=("self",), no_key=True)
    room = rooms.one_of(locked, room_id)
    _check_open(room)
    if Board.objects.filter(room=room).count() >= MOST_BOARDS:
        raise ConflictError(TOO_MANY)
    board = Board(
        centre_id=room.centre_id,
        room=room,
        name=name,
        opened_by=User(pk=by.user_id, name=by.name),
        created_at=clock.now(),
    )
    board.save()
    publish(BoardOpened(room_id=room.pk, **_about(board, by)))
    entry = {"id": str(board.pk), "name": board.name}
    append([NewEntry(stream_of_room(room.pk), "board", entry)])
    return board


@transaction.atomic
def draw_stroke(*, board_id: int, given: StrokeDraft, by: Actor) -> Stroke:
    """Draw a line, seen at once by who looks at the board; what was drawn already stays as it is.

    Raises InvalidError for an id that is another stroke's, ConflictError on a closed or full board.
    """
    board = _lock(board_id, by)
    if given.id and (drawn := _drawn_before(given.id, board, by)):
        return drawn
    _check_open(board.room)
    if board.stroke_count >= MOST_STROKES or board.point_count + len(given.points) > MOST_POINTS:
        raise ConflictError(FULL)
    stroke = Stroke(
        id=given.id or uuid7(),
        centre_id=board.centre_id,
        board=board,
        seq=0,  # given with the entry
        author=User(pk=by.user_id, name=by.name),
        points=given.points,
        colour=given.colour,
        width=given.width,
        created_at=clock.now(),
    )
    _count(board, strokes=board.stroke_count + 1, points=board.point_count + len(given.points))
    publish(StrokeDrawn(stroke_id=stroke.pk, **_about(board, by)))
    _store(stroke)
    return stroke


@transaction.atomic
def remove_stroke(*, board_id: int, stroke_id: UUID, by: Actor) -> None:
    """Take a line away: one's own, or in a room that one keeps in order. In a closed room too.

    Of others' it is written down.
    """
    board = _lock(board_id, by)
    stroke = Stroke.objects.filter(board=board, removed_at=None, pk=stroke_id).first()
    if stroke is None:
        raise NotFoundError("There is no such stroke.")
    is_own = stroke.author_id == by.user_id
    if not (is_own or rooms.keeps_order(board.room, by)):
        raise NotAllowedError("Only who drew a line, or keeps the room in order, can remove it.")
    points = board.point_count - len(stroke.points)
    _count(board, strokes=board.stroke_count - 1, points=points)
    stroke.points, stroke.removed_at = [], clock.now()
    stroke.save()
    if not is_own:
        _note("stroke.removed", board, by, stroke=str(stroke.pk), author=str(stroke.author_id))
    publish(StrokeRemoved(stroke_id=stroke.pk, **_about(board, by)))
    append([NewEntry(stream_of(board.pk), "stroke_removed", {"id": str(stroke.pk)})])


@transaction.atomic
def clear_board(*, board_id: int, by: Actor) -> None:
    """Take all lines away, which is written down; on an empty board nothing changes."""
    board = _lock(board_id, by)
    if not rooms.keeps_order(board.room, by):
        raise NotAllowedError("Only who keeps the room in order can clear its boards.")
    _check_open(board.room)
    if not board.stroke_count:
        return
    now = clock.now()
    Stroke.objects.filter(board=board, removed_at__lt=now - REMEMBERED).delete()
    Stroke.objects.filter(board=board, removed_at=None).update(points=[], removed_at=now)
    _note("board.cleared", board, by, strokes=board.stroke_count)
    _count(board, strokes=0, points=0)
    publish(BoardCleared(**_about(board, by)))
    append([NewEntry(stream_of(board.pk), "cleared", {})])


def _lock(board_id: int, by: Actor) -> Board:
    """A board that the actor may read, locked: its strokes change one by one."""
    locked = queries.boards_for(by).select_for_update(of=("self",), no_key=True)
    return queries.one_of(locked, board_id)


def _drawn_before(stroke_id: UUID, board: Board, by: Actor) -> Stroke | None:
    """The stroke that the actor has drawn under this id; None where the id is free."""
    found = Stroke.objects.select_related("author").filter(pk=stroke_id).first()
    if found is None:
        return None
    if found.board_id != board.pk or found.author_id != by.user_id:
        raise InvalidError("id", TAKEN)
    if found.removed_at:
        raise ConflictError("The stroke was removed.")
    return found


def _store(stroke: Stroke) -> None:
    """Number the stroke by its entry, and keep it."""
    entry = NewEntry(stream_of(stroke.board_id), "stroke", entry_of(stroke))
    (stroke.seq,) = append([entry])
    try:
        stroke.save(force_insert=True)
    except IntegrityError as taken:  # by a stroke of another centre, which is not to be seen here
        raise InvalidError("id", TAKEN) from taken


def _count(board: Board, *, strokes: int, points: int) -> None:
    board.stroke_count, board.point_count = strokes, points
    board.save(update_fields=["stroke_count", "point_count"])


def _check_open(room: Room) -> None:
    if not rooms.is_open(room):
        raise ConflictError(CLOSED)


def _about(board: Board, by: Actor) -> dict[str, int]:
    return {"centre_id": board.centre_id, "board_id": board.pk, "by_id": by.user_id}


def _note(what: str, board: Board, by: Actor, **detail: str | int) -> None:
    """Write down what was done to what others drew."""
    subject = f"board:{board.pk}"
    record(what, centre_id=by.centre_id, by=by.user_id, subject=subject, detail=detail)
