"""The database connection of processes that live long and work in turns."""

import time
from typing import Final

from django.db import close_old_connections, connection

FRESH: Final = 1.0  # seconds for which a connection that worked is believed to work still
_last_turn = 0.0


def new_turn() -> None:
    """Drop the connection if it broke; check it before its next use, unless it was used just now.

    To open one per task took 58% of plain Celery's worker time. One that broke in that second fails
    once more, and is dropped at the next turn.
    """
    global _last_turn  # noqa: PLW0603 - one connection per process, so one time
    close_old_connections()
    now = time.monotonic()
    if now - _last_turn < FRESH:
        connection.health_check_done = True  # type: ignore[attr-defined]  # it has no types
    _last_turn = now
