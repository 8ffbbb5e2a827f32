"""Ways to have boards and to draw on them."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from core.boards.actions import draw_stroke, open_board
from core.boards.bodies import StrokeDraft
from core.boards.models import Board, Stroke
from core.live.entries import StoredEntry, read
from core.rooms.models import Room, RoomAudience
from tests.flow.conftest import School
from tests.flow.people import STUDENT, client_of, post
from tests.flow.rooms import Rooms

LINE: Final[dict[str, Any]] = {"points": [[10, 20], [30, 40]], "colour": "red", "width": 6}


@dataclass(frozen=True)
class Boards:
    """Boards of the demo school; `centre` is a slug."""

    school: School
    centre: str = "oakwood"

    @property
    def rooms(self) -> Rooms:
        return Rooms(self.school, self.centre)

    def open(self, room: Room | None = None, *, by: str = "teacher") -> Board:
        """A board, in a room of the class if in no other."""
        room = room or self.rooms.open(RoomAudience.CLASS)
        by_whom = self.school.actor(self.rooms.email(by))
        return open_board(room_id=room.pk, name="Fractions", by=by_whom)

    def draw(
        self, board: Board, *, by: str = "student1", stroke_id: UUID | None = None, **line: Any
    ) -> Stroke:
        """A line on it."""
        given = StrokeDraft.model_validate({"id": stroke_id, **LINE, **line})
        by_whom = self.school.actor(self.rooms.email(by))
        return draw_stroke(board_id=board.pk, given=given, by=by_whom)


def entries(board: Board) -> list[StoredEntry]:
    """All that was told on a board's stream."""
    return read(f"board:{board.pk}", 0, 1_000)


def replayed(found: list[dict[str, Any]], told: list[StoredEntry]) -> list[str]:
    """The ids of what is on a board for a client that has the strokes, and then hears these."""
    ids = [each["id"] for each in found]
    for entry in told:
        if entry.type == "stroke":
            ids.append(entry.data["id"])
        elif entry.type == "stroke_removed":
            ids.remove(entry.data["id"])
        else:
            ids.clear()
    return ids


def draw(board: Board, email: str = STUDENT, **line: Any) -> Any:
    """The answer to a line that is sent to the API."""
    return post(client_of(email), f"/api/boards/{board.pk}/strokes", {**LINE, **line})


def seen(board: Board, email: str = STUDENT) -> dict[str, Any]:
    """The board as the API tells it."""
    found: dict[str, Any] = client_of(email).get(f"/api/boards/{board.pk}").json()
    return found
