"""Ticks: what is said to those who watch a stream at this moment, and stored nowhere."""

from collections.abc import Mapping
from typing import Any

from core.live.broadcast import broadcast_tick


def tick(stream: str, type_: str, data: Mapping[str, Any]) -> None:
    """Say something to whoever watches the stream now: progress, a cursor.

    It may be lost, and waits for nobody: it is sent from a thread, at once, whatever becomes of a
    transaction around it. Of several that wait, only the latest with the same stream, type and
    `data["id"]` is sent. `data` is what msgpack can write; ids, numbers and words of ours, never a
    pupil's data, for it passes through Redis.
    """
    broadcast_tick(stream, type_, dict(data))
