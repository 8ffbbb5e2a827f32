"""One socket's place in one stream: the next number and no other."""

import json
from typing import Any, cast

import pytest

from consumers.outlet import Outlet
from consumers.watch import Numbered, Watch


class Kept:
    """An outlet that keeps what it is given."""

    def __init__(self) -> None:
        self.frames: list[str] = []

    def put(self, frame: str) -> None:
        self.frames.append(frame)


def watching(last: int) -> tuple[Watch, list[str]]:
    kept = Kept()
    return Watch(cast(Outlet, kept), "me:1", "me", last), kept.frames


def news(*numbers: int) -> list[Numbered]:
    return [Numbered(number, str(number)) for number in numbers]


@pytest.mark.parametrize(
    ("last", "read", "sent"),
    [
        (0, [1, 2], ["1", "2"]),
        (1, [1, 2, 3], ["2", "3"]),
        (3, [1, 2, 3], []),
        (3, [], []),
    ],
)
def test_only_what_comes_next(last: int, read: list[int], sent: list[str]) -> None:
    watch, frames = watching(last)

    watch.send(news(*read))

    assert frames == sent
    assert watch.last == max([last, *read])


def test_a_gap_is_a_resync() -> None:
    watch, frames = watching(3)

    watch.send(news(6, 7))
    watch.send(news(8))

    resync: dict[str, Any] = json.loads(frames[0])
    assert resync == {"op": "resync", "stream": "me", "seq": 7}
    assert frames[1:] == ["8"]
