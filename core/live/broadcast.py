"""The one door to Channels: hints that streams have grown, and ticks, sent from a thread.

A hint carries numbers only and may be lost at any point: hubs ask PostgreSQL at each heartbeat. A
tick (core/live/tick.py) that is lost is followed by the next one.
"""

import asyncio
import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from redis.exceptions import ConnectionError as RedisConnectionError

from core.live import groups
from core.tracing import doors
from core.tracing.doors import Place, Traces

PATIENCE: Final = 2.0  # seconds for which a Redis that is frozen holds the thread
MOST_TICKS: Final = 10_000  # that wait while Redis is frozen; what more comes is not sent
BREATH: Final = 0.01  # seconds between two sendings: under load, what comes meanwhile goes together

logger = logging.getLogger(__name__)

Said = tuple[str, str, dict[str, Any]]  # stream, type, data


@dataclass
class Word:
    """What waits to be sent: the newest number of each stream, the latest tick of each thing."""

    heads: dict[str, int] = field(default_factory=dict)
    ticks: dict[tuple[str, str, Any], Said] = field(default_factory=dict)
    traces: dict[Place, str] = field(default_factory=dict)  # by stream and number

    def __bool__(self) -> bool:
        return bool(self.heads or self.ticks)

    def grew(self, heads: Mapping[str, int]) -> None:
        """Streams have grown to these numbers."""
        for stream, seq in heads.items():
            self.heads[stream] = max(seq, self.heads.get(stream, 0))

    def follows(self, traces: Traces) -> None:
        """What is told belongs to these traces."""
        if len(self.traces) < MOST_TICKS:
            self.traces.update(traces)

    def ticked(self, stream: str, type_: str, data: dict[str, Any]) -> None:
        """A tick takes the place of the one before it."""
        thing = (stream, type_, data.get("id"))
        if thing in self.ticks or len(self.ticks) < MOST_TICKS:
            self.ticks[thing] = (stream, type_, data)

    def said(self) -> dict[str, list[Said]]:
        """The ticks by stream."""
        found = defaultdict(list)
        for each in self.ticks.values():
            found[each[0]].append(each)
        return found


class Broadcaster:
    """A daemon thread that tells the processes that watch a stream what is new there."""

    def __init__(self) -> None:
        self._told = threading.Condition()
        self._pending = Word()
        self._thread: threading.Thread | None = None

    def tell(self, heads: Mapping[str, int], traces: Traces) -> None:
        """Leave word and return at once; only the newest number of a stream waits."""
        with self._told:
            self._pending.grew(heads)
            self._pending.follows(traces)
            self._wake()

    def tick(self, stream: str, type_: str, data: dict[str, Any]) -> None:
        """Leave word and return at once; only the latest tick of a thing waits."""
        with self._told:
            self._pending.ticked(stream, type_, data)
            self._wake()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="broadcast", daemon=True)
            self._thread.start()
        self._told.notify()

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            while True:
                with self._told:
                    self._told.wait_for(lambda: self._pending)
                    word, self._pending = self._pending, Word()
                runner.run(self._try_to_send(word))
                time.sleep(BREATH)

    async def _try_to_send(self, word: Word) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                with doors.broadcasting(word.traces) as traces:
                    await _send_even_if_cut(replace(word, traces=dict(traces)))
        except Exception as error:  # noqa: BLE001 - the thread outlives whatever Redis does
            logger.warning(
                "%d hints lost, the heartbeat makes up for it: %r", len(word.heads), error
            )


async def send(layer: Any, word: Word) -> None:
    """Send each process that watches any of the streams one message for all of them.

    `group_send` for each would take 10,000 streams a second of CPU, nearly all of it to learn that
    nobody watches, and a busy process would be sent more messages than its channel holds.
    """
    said = word.said()
    for chunk in groups.chunks(word.heads | said):
        watched = await groups.members(layer, chunk)
        hints = [
            layer.send(channel, _message(word, said, streams))
            for channel, streams in watched.items()
        ]
        for result in await asyncio.gather(*hints, return_exceptions=True):
            if isinstance(result, Exception) and not isinstance(result, ChannelFull):
                raise result  # a full channel is one of a process that is busy or gone


def _message(word: Word, said: Mapping[str, list[Said]], streams: list[str]) -> dict[str, Any]:
    message: dict[str, Any] = {
        "type": "hint",
        "heads": {name: word.heads[name] for name in streams if name in word.heads},
        "ticks": [each for name in streams for each in said.get(name, ())],
    }
    if word.traces:
        message["traces"] = [(*at, ids) for at, ids in word.traces.items() if at[0] in streams]
    return message


async def _send_even_if_cut(word: Word) -> None:
    layer = get_channel_layer()
    try:
        await send(layer, word)
    except RedisConnectionError:  # of a connection that was cut while it was idle
        await send(layer, word)


_broadcaster = Broadcaster()


def _begin_anew() -> None:
    global _broadcaster  # noqa: PLW0603 - threads and sockets do not survive a fork
    _broadcaster = Broadcaster()


os.register_at_fork(after_in_child=_begin_anew)


def broadcast(heads: Mapping[str, int], traces: Traces) -> None:
    """Have those who watch told, in the background, how far these streams have grown."""
    _broadcaster.tell(heads, traces)


def broadcast_tick(stream: str, type_: str, data: dict[str, Any]) -> None:
    """Have those who watch told this, in the background; see core/live/tick.py."""
    _broadcaster.tick(stream, type_, data)
