"""Waking workers as a commit sets out, and after it, from a thread: nobody waits for Redis.

A nudge may be lost at any point: the relay sends another by the clock. It only makes things fast.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha1
from typing import Any, Final
from uuid import UUID

from redis import Redis, RedisError
from redis.exceptions import NoScriptError

from core.env import env
from core.events.context import current
from core.events.wire import nudge_message, queue_of
from core.metrics import recording
from core.metrics.recording import Nudged
from core.tracing import doors

BROKER: Final = 2  # Redis database
WAITING: Final = 2000  # ms for which a nudge that is lost together with its worker blocks others
BUSY: Final = 100  # ms for which a worker that has not come back for more blocks them
INVITED: Final = 200  # ms between two invitations to other workers
ENOUGH: Final = 20  # messages in a queue: while nobody reads it, more would only pile up
AT_WORK: Final = "at-work"  # channel on which is said that somebody waits (tasks/gentle.py)
SAID: Final = 25  # ms between two such words, which name neither who nor what
# TABLE: the queues for which people wait. The work of others can stand still meanwhile.
INTERACTIVE: Final = frozenset({"notices", "email"})
PAUSE: Final = 0.01  # seconds in which commits gather: of many in a row, few are told one by one
MANY: Final = 10  # commits in a pause: workers whom such a stream keeps busy come back anyway
LONG_PAUSE: Final = 0.03  # seconds after so many

# Said to all who listen: a word is worth nothing later, so it is kept nowhere.
SAY: Final = f"""
if redis.call('SET', '{AT_WORK}', '', 'NX', 'PX', {SAID}) then
    redis.call('PUBLISH', '{AT_WORK}', '')
end
"""
# One nudge per handler waits, and none while a worker comes back for more every now and then: what
# is committed meanwhile is left to it. The mark and the message in one round trip.
SEND: Final = f"""
if ARGV[4] == '1' then {SAY} end
if redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[3]) then
    return 0
end
if redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[2]) then
    redis.call('LPUSH', KEYS[2], ARGV[1])
    return 1
end
return 0
"""
SHA: Final = sha1(SEND.encode(), usedforsecurity=False).hexdigest()  # by which Redis knows it

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


def mark_of(handler: str, *args: str) -> str:
    """Redis key that is there while a nudge waits, or while a worker is busy with the handler."""
    return ":".join(("nudge", handler, *args))


class Nudger:
    """A daemon thread that sends a Celery message for each handler it is told of."""

    def __init__(self, origin: str = "") -> None:
        self._redis = broker()
        self._origin = origin or f"{os.getpid()}@{socket.gethostname()}"
        self._told = threading.Condition()
        self._pending: dict[str, dict[str, str]] = {}
        self._ahead: dict[str, dict[str, str]] = {}
        self._count = 0  # of commits told since the last look
        self._sent_at = 0.0
        self._stirred = False
        self._stirred_at = 0.0
        self._thread: threading.Thread | None = None

    def wake(self, handlers: Iterable[str], woken_by: Mapping[str, str]) -> None:
        """Leave word and return at once."""
        with self._told:
            self._count += 1
            for handler in handlers:
                self._pending.setdefault(handler, dict(woken_by))
            self._notify()

    def wake_ahead(self, woken_by: Mapping[str, dict[str, str]]) -> None:
        """Leave word of a commit that sets out; in a row of many it would gain nothing."""
        if time.monotonic() - self._sent_at < 2 * PAUSE:
            return
        with self._told:
            self._ahead = {**woken_by, **self._ahead}
            self._notify()

    def stir(self) -> None:
        """Leave word that somebody waits, and return at once; again only after a while."""
        now = time.monotonic()
        if now - self._stirred_at < SAID / 1000:
            return
        self._stirred_at = now
        with self._told:
            self._stirred = True
            self._notify()

    def _notify(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="nudge", daemon=True)
            self._thread.start()
        self._told.notify()

    def _run(self) -> None:
        while True:
            with self._told:
                self._told.wait_for(lambda: self._pending or self._ahead or self._stirred)
                pending, self._pending = self._pending, {}
                count, self._count = self._count, 0
                ahead, self._ahead = self._ahead, {}
                stirred, self._stirred = self._stirred, False
            if stirred:
                self._say()
            for handler, woken_by in (ahead | pending).items():
                with doors.nudging(handler, woken_by):
                    self.send(handler, woken_by)
            if pending:  # after a word alone, or one ahead, a nudge may follow at once
                self._sent_at = time.monotonic()
                time.sleep(PAUSE if count < MANY else LONG_PAUSE)

    def _say(self) -> None:
        try:
            self._redis.eval(SAY, 0)
        except RedisError as error:
            logger.debug("Nobody could be told that somebody waits: %s", error)

    def send(self, handler: str, woken_by: Mapping[str, str], *args: str) -> bool:
        """Send now, with these arguments for the task; False when it could not be sent."""
        message = nudge_message(handler, self._origin, dict(woken_by), args)
        return self._push(handler, mark_of(handler, *args), WAITING, message)

    def invite(self, handler: str) -> bool:
        """Have another worker join one that is busy; False when it could not be sent."""
        message = nudge_message(handler, self._origin, {})
        return self._push(handler, mark_of(handler, "more"), INVITED, message)

    def _push(self, handler: str, mark: str, lasts: int, message: str) -> bool:
        is_awaited = str(int(queue_of(handler) in INTERACTIVE))
        given = (2, mark, queue_of(handler), message, str(lasts), str(ENOUGH), is_awaited)
        try:
            try:
                pushed = self._redis.evalsha(SHA, *given)
            except NoScriptError:  # a new Redis, or an emptied one
                pushed = self._redis.eval(SEND, *given)
        except RedisError as error:
            logger.warning("No nudge for %s, the relay will send it: %s", handler, error)
            recording.nudged(Nudged.FAILED)
            return False
        recording.nudged(Nudged.SENT if pushed else Nudged.SPARED)
        return True

    def arrived(self, handler: str) -> None:
        """A worker has the nudge, and will soon come back for more."""
        self._note(handler, lambda mark: self._redis.pexpire(mark, BUSY))

    def busy(self, handler: str) -> bool:
        """A worker has come back for more; True when another one does too, of two for one only."""
        try:
            with self._redis.pipeline(transaction=False) as both:
                both.set(mark_of(handler), self._origin, px=BUSY, get=True)
                if queue_of(handler) in INTERACTIVE:
                    both.eval(SAY, 0)
                before: Any = both.execute()[0]
        except RedisError as error:
            logger.warning("Could not note that a worker is busy with %s: %s", handler, error)
            return False
        return bool(before) and before < self._origin.encode()

    def over(self, handler: str, *args: str) -> None:
        """No worker will look by itself: from now on the next commit sends a nudge."""
        self._note(handler, self._redis.delete, *args)

    def _note(self, handler: str, write: Callable[[str], object], *args: str) -> None:
        try:
            write(mark_of(handler, *args))
        except RedisError as error:
            logger.warning("Could not note what became of %s's nudge: %s", handler, error)


@cache
def nudger() -> Nudger:
    """This process's nudger."""
    return Nudger()


os.register_at_fork(after_in_child=nudger.cache_clear)  # threads and sockets do not survive it


def stir() -> None:
    """Have it said, in the background, that a person waits: what can stand still then does."""
    nudger().stir()


def wake(handlers: Iterable[str], event_id: UUID | None = None) -> None:
    """Have workers told, in the background, that there is something for these handlers.

    `event_id` is what it is about; by default the event that is being handled.
    """
    nudger().wake(handlers, _woken_by(event_id))


@dataclass(frozen=True, slots=True)
class Following:
    """What follows an event."""

    handlers: tuple[str, ...]
    event_id: UUID

    def wake(self) -> None:
        """Have workers told, in the background, that it has been committed."""
        wake(self.handlers, self.event_id)


def announce(following: Iterable[Following]) -> None:
    """Have workers told, in the background, that the commit of these sets out.

    Whatever goes wrong here, the commit goes on: it needs nobody to know of it.
    """
    try:
        first = {name: each.event_id for each in following for name in each.handlers}
        nudger().wake_ahead({name: _woken_by(event_id) for name, event_id in first.items()})
    except Exception:
        logger.exception("Nobody could be told of a commit ahead")


def _woken_by(event_id: UUID | None) -> dict[str, str]:
    context = current()
    woken_by = {"request_id": context.request_id}
    if cause := event_id or context.event_id:
        woken_by["event_id"] = str(cause)
    return woken_by
