"""What can happen on boards."""

from uuid import UUID

from core.events.event import Event


class BoardOpened(Event):
    """The people of a room have a new board to draw on together."""

    about = "board_id"
    board_id: int
    room_id: int
    by_id: int


class StrokeDrawn(Event):
    """Somebody drew a line."""

    about = "board_id"
    board_id: int
    stroke_id: UUID
    by_id: int


class StrokeRemoved(Event):
    """A line was taken away, by who drew it or by who keeps the room in order."""

    about = "board_id"
    board_id: int
    stroke_id: UUID
    by_id: int


class BoardCleared(Event):
    """All that was on a board was taken away."""

    about = "board_id"
    board_id: int
    by_id: int
