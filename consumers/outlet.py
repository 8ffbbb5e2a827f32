"""What one socket is sent: its frames in order, as fast as the client takes them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from consumers.close_codes import TRY_AGAIN

MOST: Final = 1_000  # frames that may wait
STALL: Final = 10.0  # seconds for which a client may take nothing at all
LAST_WORD: Final = 30.0  # seconds in which the close code must be taken

Send = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]

# What an ASGI server raises for a socket that is gone, or that it has closed by itself.
GONE: Final = (OSError, RuntimeError)


class Outlet:
    """A bounded queue and the task that empties it, so that a slow client holds up nobody."""

    def __init__(self, send: Send, close: Close) -> None:
        self._send = send
        self._close = close
        self._frames: deque[str] = deque()
        self._filled = asyncio.Event()
        self._spare = asyncio.Event()
        self._spare.set()
        self._sending = asyncio.create_task(self._run())
        self._closing: asyncio.Task[None] | None = None

    def put(self, frame: str) -> None:
        """Send a frame when its turn comes; a client that lets too many wait is closed."""
        if self._closing is not None:
            return
        if len(self._frames) >= MOST:
            self.close(TRY_AGAIN)
            return
        self._frames.append(frame)
        self._filled.set()
        if len(self._frames) > MOST // 2:
            self._spare.clear()

    def has_room(self, frames: int) -> bool:
        """Whether so many more frames leave half of the queue to others."""
        return len(self._frames) + frames <= MOST // 2

    async def drained(self) -> None:
        """Wait until at least half of the queue is free."""
        await self._spare.wait()

    def close(self, code: int, last: str = "") -> None:
        """Close the socket, with one last frame if there is one; what waits is dropped."""
        if self._closing is None:
            self._frames.clear()
            self._filled.clear()
            self._sending.cancel()
            self._closing = asyncio.create_task(self._say_goodbye(code, last))

    def stop(self) -> None:
        """The socket has gone."""
        self._sending.cancel()

    async def _run(self) -> None:
        with suppress(*GONE):
            while True:
                await self._filled.wait()
                await self._send_next()

    async def _send_next(self) -> None:
        try:
            async with asyncio.timeout(STALL):
                await self._send(self._frames.popleft())
        except TimeoutError:
            self.close(TRY_AGAIN)
            return
        if not self._frames:
            self._filled.clear()
        if len(self._frames) <= MOST // 2:
            self._spare.set()

    async def _say_goodbye(self, code: int, last: str) -> None:
        with suppress(*GONE):  # a TimeoutError is an OSError
            async with asyncio.timeout(LAST_WORD):
                if last:
                    await self._send(last)
                await self._close(code)
