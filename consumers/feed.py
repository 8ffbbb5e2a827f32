"""Carrying new entries from PostgreSQL to the sockets that watch.

Hints say when to look; a heartbeat looks anyway.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import groupby, islice
from operator import attrgetter
from typing import Final

from consumers import frames
from consumers.close_codes import TRY_AGAIN
from consumers.desk import Desk
from consumers.hints import Hints, Ticks
from consumers.outlet import Outlet
from consumers.watch import Watch, numbered
from core import clock
from core.live import entries
from core.live.entries import StoredEntry
from core.metrics import recording
from core.tracing import doors

PAGE: Final = 200  # entries of one stream in one reading
STREAMS: Final = 1_000  # streams in one reading
FIRST_PAUSE: Final = 0.1  # seconds; after each further failure twice as long

logger = logging.getLogger(__name__)


class Feed:
    """All that this process watches. One task reads for all; a watch far behind reads by itself."""

    def __init__(self, desk: Desk, heartbeat: float, hints: Hints) -> None:
        self._desk = desk
        self._heartbeat = heartbeat
        self._hints = hints
        self._watches: dict[str, set[Watch]] = {}
        self._grown: dict[str, None] = {}  # streams to look at, first come first
        self._wake = asyncio.Event()

    def watch(self, outlet: Outlet, stream: str, name: str, after: int) -> Watch:
        """Send the socket what comes after number `after`: what is stored, then what is written."""
        watch = Watch(outlet, stream, name, after)
        if stream not in self._watches:
            self._watches[stream] = set()
            self._hints.join(stream)
        self._watches[stream].add(watch)
        self._catch_up(watch)
        return watch

    def leave(self, watch: Watch) -> None:
        """Send no more."""
        if watch.catching_up:
            watch.catching_up.cancel()
        watches = self._watches.get(watch.stream, set())
        watches.discard(watch)
        if not watches:
            self._watches.pop(watch.stream, None)

    def heard(self, heads: Mapping[str, int]) -> None:
        """Streams are said to have grown to these numbers."""
        self.look_at(
            stream
            for stream, head in heads.items()
            if any(watch.last < head for watch in self._live(stream))
        )

    def ticked(self, ticks: Ticks) -> None:
        """Something was said that is not stored: a client that is slow just now misses it."""
        for stream, type_, data in ticks:
            for watch in self._watches.get(stream, ()):
                if watch.outlet.has_room(1):
                    watch.outlet.put(frames.tick(watch.name, type_, data))

    def look_at(self, streams: Iterable[str]) -> None:
        """Read these streams, soon."""
        self._grown.update(dict.fromkeys(streams))
        if self._grown:
            self._wake.set()

    async def run(self) -> None:
        """Read and send for as long as the process lives."""
        clock = asyncio.get_running_loop().time
        pause = FIRST_PAUSE
        beat_at = clock() + self._heartbeat
        while True:
            await self._wait_for_work(beat_at)
            try:
                await self._read_grown()
                if clock() >= beat_at:
                    await self._beat()
                    beat_at = clock() + self._heartbeat
                pause = FIRST_PAUSE
            except Exception as error:  # noqa: BLE001 - the loop outlives whatever PostgreSQL does
                logger.warning("Live entries wait for %.1f s at least: %r", pause, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._heartbeat)

    async def _wait_for_work(self, until: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._wake.wait()
        self._wake.clear()

    async def _read_grown(self) -> None:
        afters = self._take_grown()
        if not afters:
            return
        try:
            found = await self._desk.ask(entries.read_many, afters, PAGE)
        except Exception:
            self.look_at(afters)
            raise
        for stream, its in groupby(found, attrgetter("stream")):
            self._pass_on(stream, afters[stream], list(its))

    def _take_grown(self) -> dict[str, int]:
        """The streams whose turn it is, with the number from which on somebody needs them."""
        taken = list(islice(self._grown, STREAMS))
        for stream in taken:
            del self._grown[stream]
        self.look_at(())  # again for those that are left
        lasts = {stream: [watch.last for watch in self._live(stream)] for stream in taken}
        return {stream: min(each) for stream, each in lasts.items() if each}

    def _pass_on(self, stream: str, after: int, found: list[StoredEntry]) -> None:
        watches = [watch for watch in self._live(stream) if watch.last >= after]
        news = numbered(watches[0].name, found) if watches else []
        for watch in watches:
            if watch.outlet.has_room(len(news)):
                watch.send(news)
            else:
                self._catch_up(watch)
        if watches:
            _passed_on(found)
        if len(found) == PAGE:
            self.look_at([stream])

    def _catch_up(self, watch: Watch) -> None:
        watch.catching_up = asyncio.create_task(self._read_for(watch))

    async def _read_for(self, watch: Watch) -> None:
        """Send one watch what is stored, as fast as its client takes it; then it is live."""
        try:
            while found := await self._desk.ask(entries.read, watch.stream, watch.last, PAGE):
                await watch.outlet.drained()
                watch.send(numbered(watch.name, found))
        except Exception as error:  # noqa: BLE001 - PostgreSQL may be away: the client comes again
            logger.warning("A socket could not catch up: %r", error)
            watch.outlet.close(TRY_AGAIN)
            return
        watch.catching_up = None
        self.look_at([watch.stream])  # for what was written since the last reading

    async def _beat(self) -> None:
        """Find out what no hint told of, and tell all clients how far they should be."""
        self._hints.rejoin(list(self._watches))
        before = [(watch, watch.last) for stream in self._watches for watch in self._live(stream)]
        heads = await self._desk.ask(entries.heads, list(self._watches))
        for watch, last in before:
            if last > heads[watch.stream]:  # PostgreSQL was set back to an earlier state
                watch.restart(heads[watch.stream])
        self.look_at(watch.stream for watch, last in before if last < heads[watch.stream])
        await self._read_grown()
        for stream in self._watches:
            for watch in self._live(stream):
                watch.beat()

    def _live(self, stream: str) -> list[Watch]:
        return [watch for watch in self._watches.get(stream, ()) if watch.is_live]


def _passed_on(found: list[StoredEntry]) -> None:
    now = clock.now()
    for each in found:
        recording.lagged((now - each.at).total_seconds())
    doors.framed(found[0].stream, [each.seq for each in found])
