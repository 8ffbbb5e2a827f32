"""What one socket is sent, when its client is slow."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from consumers import outlet
from consumers.outlet import MOST, Outlet


class Client:
    """Takes frames while it is awake."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.code: int | None = None
        self.awake = asyncio.Event()
        self.awake.set()
        self.outlet = Outlet(self._take, self._close)

    async def _take(self, frame: str) -> None:
        await self.awake.wait()
        self.taken.append(frame)

    async def _close(self, code: int) -> None:
        await self.awake.wait()
        self.code = code


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, timeout=5))


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_frames_go_out_in_order() -> None:
    async def story() -> None:
        client = Client()
        for number in range(5):
            client.outlet.put(str(number))
        await settle()
        assert client.taken == ["0", "1", "2", "3", "4"]

    run(story())


def test_a_client_that_lets_too_many_wait_is_closed() -> None:
    async def story() -> None:
        client = Client()
        client.awake.clear()
        for number in range(MOST + 2):
            client.outlet.put(str(number))
        client.awake.set()
        await settle()
        assert client.code == 1013
        assert client.taken == []

    run(story())


def test_a_client_that_takes_nothing_for_long_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        monkeypatch.setattr(outlet, "STALL", 0.01)
        client = Client()
        client.awake.clear()
        client.outlet.put("frame")
        await asyncio.sleep(0.05)
        client.awake.set()
        await settle()
        assert client.code == 1013
        assert client.outlet._sending.cancelled(), "not ended by an error"

    run(story())


def test_half_the_queue_is_left_to_others() -> None:
    async def story() -> None:
        client = Client()
        client.awake.clear()
        assert client.outlet.has_room(MOST // 2)
        for number in range(MOST // 2 + 2):
            client.outlet.put(str(number))
        assert not client.outlet.has_room(1)
        drained = asyncio.create_task(client.outlet.drained())
        await settle()
        assert not drained.done()
        client.awake.set()
        await drained

    run(story())


def test_the_last_frame_comes_before_the_close_and_nothing_after() -> None:
    async def story() -> None:
        client = Client()
        client.outlet.put("dropped")
        client.outlet.close(4401, last="last")
        client.outlet.close(4429)
        client.outlet.put("late")
        await settle()
        assert client.taken == ["last"]
        assert client.code == 4401

    run(story())


def test_a_socket_that_is_gone_is_no_error() -> None:
    async def story() -> None:
        async def gone(_: object) -> None:
            raise OSError

        lost = Outlet(gone, gone)
        lost.put("frame")
        await settle()
        lost.close(1013)
        await settle()

    run(story())
