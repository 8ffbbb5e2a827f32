"""The Redis side of the hub: joining the groups of the streams it watches, and what they say.

Redis may be frozen, gone or wiped at any time; then hints are late or lost and nothing else.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from core.live import groups
from core.tracing import doors

PATIENCE: Final = 2.0  # seconds for one join
SILENCE: Final = 30.0  # seconds after which a connection on which nothing came is made anew
FIRST_PAUSE: Final = 0.1  # seconds

Heard = Callable[[Mapping[str, int]], None]
Joined = Callable[[Collection[str]], None]
Ticks = Iterable[tuple[str, str, dict[str, Any]]]  # stream, type, data
Ticked = Callable[[Ticks], None]

logger = logging.getLogger(__name__)


class Hints:
    """This process's one channel, and its membership of the groups."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer
        self._channel = ""
        self._fresh: set[str] = set()
        self._known: set[str] = set()
        self._asked = asyncio.Event()

    def join(self, stream: str) -> None:
        """Join a stream's group, soon."""
        self._fresh.add(stream)
        self._asked.set()

    def rejoin(self, streams: Collection[str]) -> None:
        """Join these again, soon: groups may have been wiped, and membership runs out."""
        self._known.update(streams)
        if self._known:
            self._asked.set()

    async def run(self, heard: Heard, joined: Joined, ticked: Ticked) -> None:
        """Join and listen for as long as the process lives.

        `heard` is called with the heads of streams that have grown, `ticked` with what is said and
        not stored, `joined` with streams of which hints come from now on, so that what came before
        can be looked up.
        """
        self._channel = await self._layer.new_channel("live")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_for_ever(lambda: self._join_asked(joined)))
            tasks.create_task(_for_ever(lambda: self._listen(heard, ticked)))

    async def _join_asked(self, joined: Joined) -> None:
        await self._asked.wait()
        self._asked.clear()
        fresh, self._fresh = self._fresh, set()
        known, self._known = self._known, set()
        async with asyncio.timeout(PATIENCE):
            await groups.join(self._layer, fresh | known, self._channel)
        joined(fresh)

    async def _listen(self, heard: Heard, ticked: Ticked) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SILENCE):
                hint = await self._layer.receive(self._channel)
            doors.expect(hint.get("traces", ()))
            heard(hint["heads"])
            ticked(hint.get("ticks", ()))  # none from code that knows no ticks


async def _for_ever(turn: Callable[[], Awaitable[None]]) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            await turn()
            pause = FIRST_PAUSE
        except Exception as error:  # noqa: BLE001 - the loop outlives whatever Redis does
            logger.warning("No hints for %.1f s at least: %r", pause, error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, PATIENCE)
