"""Waking workers after a commit, from a thread, so that nobody waits for Redis.

A nudge may be lost at any point: the relay sends another by the clock. It only makes things fast.
"""

import logging
import os
import socket
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from redis import Redis, RedisError

from core.env import env
from core.events.context import current
from core.events.wire import nudge_message, queue_of

BROKER: Final = 2  # Redis database
WAITING_SECONDS: Final = 5  # a nudge lost together with its worker blocks others for this long
ENOUGH: Final = 20  # messages in a queue: while nobody reads it, more would only pile up

# At most one nudge per handler waits: the mark and the message in one round trip.
SEND: Final = """
if redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[3]) then
    return 0
end
if redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[2]) then
    redis.call('LPUSH', KEYS[2], ARGV[1])
    return 1
end
return 0
"""

logger = logging.getLogger(__name__)


def broker() -> "Redis":
    """A client of the broker that gives up soon: a frozen Redis holds nobody for long."""
    return Redis.from_url(
        env().redis_url(BROKER),
        socket_connect_timeout=1,
        socket_timeout=2,
        socket_keepalive=True,
        health_check_interval=10,
    )


def waiting_key(handler: str, *args: str) -> str:
    """Redis key that says a nudge for the handler is on its way."""
    return ":".join(("nudge", handler, *args))


class Nudger:
    """A daemon thread that sends a Celery message for each handler it is told of."""

    def __init__(self) -> None:
        self._redis = broker()
        self._send = self._redis.register_script(SEND)
        self._origin = f"{os.getpid()}@{socket.gethostname()}"
        self._told = threading.Condition()
        self._pending: dict[str, dict[str, str]] = {}
        self._thread: threading.Thread | None = None

    def wake(self, handlers: Iterable[str], woken_by: Mapping[str, str]) -> None:
        """Leave word and return at once."""
        with self._told:
            for handler in handlers:
                self._pending.setdefault(handler, dict(woken_by))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nudge", daemon=True)
                self._thread.start()
            self._told.notify()

    def _run(self) -> None:
        while True:
            with self._told:
                self._told.wait_for(lambda: self._pending)
                pending, self._pending = self._pending, {}
            for handler, woken_by in pending.items():
                self.send(handler, woken_by)

    def send(self, handler: str, woken_by: Mapping[str, str], *args: str) -> bool:
        """Send now, with these arguments for the task; False when it could not be sent."""
        message = nudge_message(handler, self._origin, dict(woken_by), args)
        keys = [waiting_key(handler, *args), queue_of(handler)]
        try:
            self._send(keys=keys, args=[message, WAITING_SECONDS, ENOUGH])
        except RedisError as error:
            logger.warning("No nudge for %s, the relay will send it: %s", handler, error)
            return False
        return True

    def arrived(self, handler: str, *args: str) -> None:
        """The nudge has reached a worker: from now on the next commit sends another."""
        try:
            self._redis.delete(waiting_key(handler, *args))
        except RedisError as error:
            logger.warning("Could not note the arrival of %s's nudge: %s", handler, error)


@cache
def nudger() -> Nudger:
    """This process's nudger."""
    return Nudger()


os.register_at_fork(after_in_child=nudger.cache_clear)  # threads and sockets do not survive it


def wake(handlers: Iterable[str]) -> None:
    """Have workers told, in the background, that there is something for these handlers."""
    context = current()
    woken_by = {"request_id": context.request_id}
    if context.event_id:
        woken_by["event_id"] = str(context.event_id)
    nudger().wake(handlers, woken_by)
