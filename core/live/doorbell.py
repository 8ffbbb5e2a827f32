"""Having the sockets of people looked at again, whose rights have just become others."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction

from core.live.broadcast import broadcast_tick

PREFIX: Final = "door:"


def doorbell_of(user_id: int) -> str:
    """Where it is said to look again; no client can watch it."""
    return f"{PREFIX}{user_id}"


def rung_for(stream: str) -> int | None:
    """Whose doorbell it is; None for a stream that is none."""
    return int(stream.removeprefix(PREFIX)) if stream.startswith(PREFIX) else None


def look_again(user_ids: Iterable[int]) -> None:
    """Once the present transaction has committed, have looked at what these people may still read.

    It may be lost with Redis; the next heartbeat finds out by itself.
    """
    rung = sorted(set(user_ids))
    transaction.on_commit(lambda: _ring(rung), robust=True)


def _ring(user_ids: list[int]) -> None:
    for user_id in user_ids:
        broadcast_tick(doorbell_of(user_id), "look", {})
