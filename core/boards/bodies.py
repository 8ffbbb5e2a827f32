"""What is sent and told of boards and strokes."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from core.boards import queries
from core.boards.models import (
    HEIGHT,
    LONGEST,
    THICKEST,
    THINNEST,
    WIDTH,
    Board,
    Colour,
    Stroke,
)
from core.boards.state import State
from core.http.bodies import STORABLE, Given, Id, Told, one_line
from core.people.actor import Actor
from core.people.models import User
from core.rooms import queries as rooms

BoardName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    STORABLE,
    AfterValidator(one_line),
]
# Strict: a pen is at whole numbers, and what is nearly one is not.
X = Annotated[int, Field(strict=True, ge=0, le=WIDTH)]
Y = Annotated[int, Field(strict=True, ge=0, le=HEIGHT)]
Points = Annotated[
    list[tuple[X, Y]],
    # One fault is enough said of so many numbers.
    Field(min_length=1, max_length=LONGEST, fail_fast=True, description="`[[x, y], ...]`"),
]
PenWidth = Annotated[int, Field(strict=True, ge=THINNEST, le=THICKEST)]


class BoardDraft(Given):
    """A board as it is to be called."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Fractions"}})

    name: BoardName


class StrokeDraft(Given):
    """A line from point to point. Sent again under the same `id`, it is drawn once."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"points": [[120, 80], [180, 120]], "colour": "blue", "width": 6}
        }
    )

    id: Annotated[UUID | None, Field(description="one of the client's own; or none")] = None
    points: Points
    colour: Colour
    width: PenWidth


class Cursor(Given):
    """Where somebody points."""

    x: X
    y: Y


class Published(Given):
    """What a client says to a board by the socket: a stroke, or where the person points."""

    stroke: StrokeDraft | None = None
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.stroke is None) == (self.cursor is None):
            raise ValueError("must hold either `stroke` or `cursor`")
        return self


class DrawerTold(Told):
    """Who drew a line, or opened a board."""

    id: Id
    name: str

    @classmethod
    def of(cls, person: User) -> Self:
        """The person in words."""
        return cls(id=str(person.pk), name=person.name)


class StrokeTold(Told):
    """A line on a board."""

    id: Id
    seq: Annotated[int, Field(description="its number in the board's stream, in order")]
    author: DrawerTold
    points: list[tuple[int, int]]
    colour: Colour
    width: int

    @classmethod
    def of(cls, stroke: Stroke) -> Self:
        """The stroke in words; its author should be selected."""
        return cls(
            id=str(stroke.pk),
            seq=stroke.seq,
            author=DrawerTold.of(stroke.author),
            points=stroke.points,
            colour=Colour(stroke.colour),
            width=stroke.width,
        )


def entry_of(stroke: Stroke) -> dict[str, Any]:
    """The stroke as the API tells it; its number is the entry's own."""
    return StrokeTold.of(stroke).model_dump(mode="json", exclude={"seq"})


class BoardTold(Told):
    """A board; what is drawn on it comes live on `stream`, `board:ID`."""

    id: Id
    room_id: Id
    name: str
    opened_by: DrawerTold
    created_at: datetime
    may_draw: bool
    stream: str

    @classmethod
    def of(cls, board: Board) -> Self:
        """A board of `queries.boards_for`."""
        return cls(
            id=str(board.pk),
            room_id=str(board.room_id),
            name=board.name,
            opened_by=DrawerTold.of(board.opened_by),
            created_at=board.created_at,
            may_draw=queries.may_draw(board),
            stream=f"board:{board.pk}",
        )


class BoardMore(BoardTold):
    """A board and what is on it; subscribe to its stream with `after: seq` to get the rest."""

    seq: Annotated[int, Field(description="the number of the newest entry of its stream")]
    strokes: list[StrokeTold]
    keeps_order: Annotated[
        bool, Field(description="whether one may clear it, and remove what others drew")
    ]

    @classmethod
    def seen(cls, board: Board, state: State, *, by: Actor) -> Self:
        """The board as it is at one moment."""
        return cls(
            **BoardTold.of(board).model_dump(),
            seq=state.seq,
            strokes=[StrokeTold.of(each) for each in state.strokes],
            keeps_order=rooms.keeps_order(board.room, by),
        )
