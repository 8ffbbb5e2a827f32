"""What is on a board, and up to which number of its stream: read as one moment.

Both are read by one statement, so of one snapshot of the database. Whoever follows the stream from
that number on gets exactly what is drawn later, however many draw meanwhile.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from core.boards.models import Board, Stroke
from core.boards.streams import stream_of
from core.people.models import User

# One row at least: of a board on which nothing is drawn there is the number all the same.
STATE: Final = """
SELECT coalesce((SELECT head FROM live_stream WHERE name = %(stream)s), 0),
    stroke.id, stroke.seq, stroke.points, stroke.colour, stroke.width, author.id, author.name
FROM (SELECT) AS board
LEFT JOIN (boards_stroke AS stroke JOIN people_user AS author ON author.id = stroke.author_id)
    ON stroke.board_id = %(board)s AND stroke.removed_at IS NULL
ORDER BY stroke.seq
"""
NEWEST: Final = """
SELECT stroke.board_id, stroke.points, stroke.colour, stroke.width
FROM unnest(%(boards)s::bigint[]) AS wanted(id)
CROSS JOIN LATERAL (
    SELECT * FROM boards_stroke
    WHERE boards_stroke.board_id = wanted.id AND removed_at IS NULL
    ORDER BY seq DESC LIMIT %(limit)s
) AS stroke
ORDER BY stroke.board_id, stroke.seq
"""
SKETCHED: Final = 300  # strokes of a small picture: the newest
COARSE: Final = 24  # points of each


@dataclass(frozen=True, slots=True)
class State:
    """The strokes of a board in order, and the number of its stream's newest entry."""

    seq: int
    strokes: list[Stroke]


def state_of(board: Board) -> State:
    """What is on the board at this moment; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"stream": stream_of(board.pk), "board": board.pk})
        rows = cursor.fetchall()
    drawn = [_stroke(board, *row[1:]) for row in rows if row[1] is not None]
    return State(seq=rows[0][0], strokes=drawn)


def sketches_of(boards: Iterable[Board]) -> dict[int, list[Stroke]]:
    """For small pictures: of each board the newest strokes, coarsely, in order; one query."""
    found: dict[int, list[Stroke]] = {board.pk: [] for board in boards}
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, {"boards": list(found), "limit": SKETCHED})
        for board_id, points, colour, width in cursor.fetchall():
            coarse = _coarse(json.loads(points))
            found[board_id].append(Stroke(points=coarse, colour=colour, width=width))
    return found


def _stroke(board: Board, *row: Any) -> Stroke:
    pk, seq, points, colour, width, author_id, name = row
    return Stroke(
        pk=pk,
        centre_id=board.centre_id,
        board=board,
        seq=seq,
        points=json.loads(points),
        colour=colour,
        width=width,
        author=User(pk=author_id, name=name),
    )


def _coarse(points: list[list[int]]) -> list[list[int]]:
    """Every so many points, and the last one."""
    step = -(-len(points) // COARSE)
    return [*points[:-1:step], points[-1]]
