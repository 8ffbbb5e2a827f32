"""What is being worked on at this moment: the ids that go into logs, events and headers."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Context:
    """Ids of the present request, and of the event and delivery being handled, if any."""

    request_id: str = ""
    actor_id: int | None = None
    event_id: UUID | None = None
    delivery_id: int | None = None


NOTHING: Final = Context()

_current: ContextVar[Context] = ContextVar("schoolbell_context", default=NOTHING)


def current() -> Context:
    """The ids of what is being worked on."""
    return _current.get()


def note(**ids: Any) -> None:
    """From now on `current()` carries these ids too, until the block around it ends."""
    _current.set(replace(_current.get(), **ids))


@contextmanager
def working_on(**ids: Any) -> Iterator[None]:
    """Within the block, `current()` carries these ids too."""
    token = _current.set(replace(_current.get(), **ids))
    try:
        yield
    finally:
        _current.reset(token)


class IdsInLogs(logging.Filter):
    """Gives each log record `ids`: those of what is being worked on, or nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        context = current()
        ids = {
            "request": context.request_id,
            "event": context.event_id,
            "delivery": context.delivery_id,
        }
        known = [f"{name}={value}" for name, value in ids.items() if value]
        record.ids = f"[{' '.join(known)}] " if known else ""
        return True
