"""What is being worked on at this moment: the ids that go into logs, events and headers."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Context:
    """Ids of the present request, and of the event and delivery being handled, if any."""

    request_id: str = ""
    actor_id: int | None = None
    event_id: UUID | None = None
    delivery_id: int | None = None


_current: ContextVar[Context] = ContextVar("schoolbell_context", default=Context())


def current() -> Context:
    """The ids of what is being worked on."""
    return _current.get()


@contextmanager
def working_on(**ids: Any) -> Iterator[None]:
    """Within the block, `current()` carries these ids too."""
    token = _current.set(replace(_current.get(), **ids))
    try:
        yield
    finally:
        _current.reset(token)


class IdsInLogs(logging.Filter):
    """Gives each log record the ids of what is being worked on."""

    def filter(self, record: logging.LogRecord) -> bool:
        context = current()
        record.request_id = context.request_id or "-"
        record.event_id = context.event_id or "-"
        record.delivery_id = context.delivery_id or "-"
        return True
