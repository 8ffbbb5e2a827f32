"""The hub: what all sockets of a process share, one for each process."""

import asyncio
from typing import Final

from channels.layers import get_channel_layer
from django.conf import settings

from consumers.desk import Desk
from consumers.door import Door
from consumers.feed import Feed
from consumers.hints import Hints, Ticks

DESKS: Final = 4  # database connections for all sockets of the process


class Hub:
    """One listener in Redis, five database connections, three tasks: for any number of sockets."""

    def __init__(self) -> None:
        heartbeat = settings.LIVE_HEARTBEAT
        self.desk = Desk(DESKS)  # for single sockets
        self._own_desk = Desk(1)  # for what is read for all of them
        self._hints = Hints(get_channel_layer())
        self.feed = Feed(self._own_desk, heartbeat, self._hints)
        self.door = Door(self.desk, heartbeat, self._hints)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, if it has not: with the first socket, when there is an event loop."""
        if not self._tasks:
            runs = (
                self.feed.run(),
                self.door.run(),
                self._hints.run(
                    heard=self.feed.heard, joined=self.feed.look_at, ticked=self._ticked
                ),
            )
            self._tasks = [asyncio.create_task(run) for run in runs]

    def _ticked(self, ticks: Ticks) -> None:
        said = list(ticks)
        self.feed.ticked(said)
        self.door.ticked(said)

    async def stop(self) -> None:
        """End all tasks and close the connections to the database."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.desk.close()
        await self._own_desk.close()
