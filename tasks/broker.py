"""Celery's connection to Redis, made to outlive what is not a message and what was an outage.

Nudges have no content, so dropping one is always right: the relay sends another.
"""

import logging
from collections.abc import Callable
from queue import Empty
from typing import Any, Final, Self

from celery.app.amqp import AMQP
from celery.worker.consumer import Consumer
from celery.worker.state import active_requests
from celery.worker.strategy import default
from kombu import Connection
from kombu.transport import redis
from redis import Connection as Wire

from tasks.alive import RATE, sign

AFTERWARDS: Final = 0.01  # seconds in which the main loop has passed a message on
# What kombu and Celery raise on a message that is none: not JSON, no object, a part left out.
MALFORMED: Final = (ValueError, TypeError, KeyError, AttributeError, IndexError)

logger = logging.getLogger(__name__)


class QuickConnection(Connection):
    """A connection that is tried again soon: by default the pauses grow to 30 seconds."""

    def ensure_connection(self, *args: Any, **options: Any) -> Self:
        pauses = {"interval_start": 0.2, "interval_step": 0.3, "interval_max": 2.0}
        super().ensure_connection(*args, **pauses | options)
        return self


class QuickAMQP(AMQP):
    """Celery's own, with that connection."""

    Connection = QuickConnection


class WatchedWire(Wire):
    """A socket to Redis whose loss is a sign of life: whoever notices it is not stuck."""

    def disconnect(self, *args: Any, **options: Any) -> None:
        sign.give()
        super().disconnect(*args, **options)  # type: ignore[no-untyped-call]


class SturdyChannel(redis.Channel):
    """A channel that drops what is no message; kombu lets it end the worker."""

    connection_class = WatchedWire
    do_restore = False  # what was in hand when the connection broke is nudged again by the relay

    def _brpop_read(self, **options: Any) -> bool:
        sign.give()  # Redis has answered the question for work, if only with "nothing"
        try:
            return bool(super()._brpop_read(**options))  # type: ignore[misc]  # it has no types
        except MALFORMED as error:
            logger.error("Dropped from a queue what is no message: %r", error)  # noqa: TRY400
            raise Empty from error


class SturdyTransport(redis.Transport):
    """Celery's transport over Redis, with that channel."""

    Channel = SturdyChannel

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        super().register_with_event_loop(connection, loop)
        loop.call_repeatedly(RATE, give_sign_if_busy)


def give_sign_if_busy() -> None:
    """A worker with all hands full asks for nothing more, and is well."""
    if active_requests:
        sign.give()


class QuickConsumer(Consumer):
    """Celery's own, but Flower hears of a task only after a worker process has it.

    And it forgets no task that a worker process has.
    """

    hub: Any  # its types do not tell
    event_dispatcher: Any
    _is_flushing = False

    def on_close(self) -> None:
        """The connection ends: what no worker process has is forgotten."""
        count_as_begun(self)
        super().on_close()

    def on_send_event_buffered(self) -> None:  # type: ignore[override]  # they are wrong
        if self.hub and not self._is_flushing:
            self._is_flushing = True
            self.hub.call_later(AFTERWARDS, self._flush)

    def _flush(self) -> None:
        self._is_flushing = False
        if self.event_dispatcher:
            self.event_dispatcher.flush()


def sturdy_strategy(task: Any, app: Any, consumer: Any) -> Callable[..., Any]:
    """Celery's way from a message to a task, but a message without a body is rejected.

    Celery would end the worker and put the message back for the next one. Once a worker process has
    the message, the task's `taken` is called: not before, as somebody may be waiting.
    """
    handle = default(task, app, consumer)
    taken = getattr(task, "taken", lambda: None)

    def take(message: Any, *args: Any, **options: Any) -> Any:
        consumer.hub.call_later(AFTERWARDS, taken)
        try:
            handle(message, *args, **options)
        except MALFORMED as error:
            logger.error("Rejected a message for %s: %r", task.name, error)  # noqa: TRY400
            message.reject()
        else:
            hand_on(consumer)

    return take


def count_as_begun(consumer: Any) -> None:
    """Have Celery wait for what a worker process was given, whether or not it has said so yet.

    Celery would forget it; a worker that stops then listens no more, and the process that has the
    task waits 30 seconds to be heard before it ends.
    """
    for job in getattr(consumer.pool._pool, "_cache", {}).values():  # noqa: SLF001
        if job._write_to is not None:  # noqa: SLF001
            job._accepted = True  # noqa: SLF001


def hand_on(consumer: Any) -> None:
    """Write to a free worker process now: the loop would first ask Redis for the next message."""
    # Only Celery's default pool has pipes, and it has no other name for them.
    pipes = getattr(consumer.pool._pool, "_all_inqueues", None)  # noqa: SLF001
    if pipes and consumer.hub.consolidate_callback:
        consumer.hub.consolidate_callback(list(pipes))
