"""The one door to Channels: hints that streams have grown, sent from a thread after the commit.

A hint carries numbers only and may be lost at any point: hubs ask PostgreSQL at each heartbeat.
"""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from redis.exceptions import ConnectionError as RedisConnectionError

from core.live import groups

PATIENCE: Final = 2.0  # seconds for which a Redis that is frozen holds the thread
BREATH: Final = 0.01  # seconds between two sendings: under load, what comes meanwhile goes together

logger = logging.getLogger(__name__)


class Broadcaster:
    """A daemon thread that tells the processes that watch a stream how far it has grown."""

    def __init__(self) -> None:
        self._told = threading.Condition()
        self._pending: dict[str, int] = {}
        self._thread: threading.Thread | None = None

    def tell(self, heads: Mapping[str, int]) -> None:
        """Leave word and return at once; only the newest number of a stream waits."""
        with self._told:
            for stream, seq in heads.items():
                self._pending[stream] = max(seq, self._pending.get(stream, 0))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="broadcast", daemon=True)
                self._thread.start()
            self._told.notify()

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            while True:
                with self._told:
                    self._told.wait_for(lambda: self._pending)
                    heads, self._pending = self._pending, {}
                runner.run(self._try_to_send(heads))
                time.sleep(BREATH)

    async def _try_to_send(self, heads: dict[str, int]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await _send_even_if_cut(heads)
        except Exception as error:  # noqa: BLE001 - the thread outlives whatever Redis does
            logger.warning("%d hints lost, the heartbeat makes up for it: %r", len(heads), error)


async def send(layer: Any, heads: Mapping[str, int]) -> None:
    """Send each process that watches any of the streams one message for all of them.

    `group_send` for each would take 10,000 streams a second of CPU, nearly all of it to learn that
    nobody watches, and a busy process would be sent more messages than its channel holds.
    """
    for chunk in groups.chunks(heads):
        watched = await groups.members(layer, chunk)
        hints = [
            layer.send(channel, {"type": "hint", "heads": {name: heads[name] for name in streams}})
            for channel, streams in watched.items()
        ]
        for result in await asyncio.gather(*hints, return_exceptions=True):
            if isinstance(result, Exception) and not isinstance(result, ChannelFull):
                raise result  # a full channel is one of a process that is busy or gone


async def _send_even_if_cut(heads: Mapping[str, int]) -> None:
    layer = get_channel_layer()
    try:
        await send(layer, heads)
    except RedisConnectionError:  # of a connection that was cut while it was idle
        await send(layer, heads)


_broadcaster = Broadcaster()


def _begin_anew() -> None:
    global _broadcaster  # noqa: PLW0603 - threads and sockets do not survive a fork
    _broadcaster = Broadcaster()


os.register_at_fork(after_in_child=_begin_anew)


def broadcast(heads: Mapping[str, int]) -> None:
    """Have those who watch told, in the background, how far these streams have grown."""
    _broadcaster.tell(heads)
