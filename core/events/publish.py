"""The one door for events."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from uuid_utils.compat import uuid7

from core.events import nudge
from core.events.context import current
from core.events.database.base import carry
from core.events.event import Event
from core.events.registry import handlers_of
from core.tracing import doors

# core/events/publish.sql
RECORD: Final = """
SELECT record_event(
    %(id)s, %(kind)s, %(version)s, %(centre)s, %(subject)s, %(payload)s, %(actor)s, %(request)s,
    %(cause)s, %(handlers)s
)
"""
RECORD_FOR_LATER: Final = """
SELECT record_event_for_later(
    %(id)s, %(kind)s, %(version)s, %(centre)s, %(subject)s, %(payload)s, %(actor)s, %(request)s,
    %(cause)s, %(handlers)s, %(due_at)s
)
"""


class NoTransactionError(RuntimeError):
    """An event was published outside the transaction of the action it belongs to."""


def publish(event: Event, *, due_at: datetime | None = None) -> UUID:
    """Record an event and a delivery for each of its handlers in the present transaction.

    Workers are woken after the commit, by a thread, so this never waits for Redis. With `due_at`
    the handlers run from then on, woken by the relay: what they do must still be wanted then, so
    they look first.

    Returns the event's id. Raises NoTransactionError outside a transaction and KeyError for an
    event without a line in the table of subscriptions.
    """
    if not connection.in_atomic_block:
        raise NoTransactionError(
            f"{event.kind()} must be published inside its action's transaction."
        )
    handlers = handlers_of(type(event))
    context = current()
    event_id = uuid7()
    row: dict[str, Any] = {
        "id": str(event_id),
        "kind": event.kind(),
        "version": event.version,
        "centre": event.centre_id,
        "subject": event.subject(),
        "payload": event.payload(),
        "actor": context.actor_id,
        "request": context.request_id,
        "cause": context.event_id,
        "handlers": list(handlers),
        "due_at": due_at,
    }
    carry(RECORD_FOR_LATER if due_at else RECORD, row)
    doors.published(event_id, event.kind(), context.request_id, context.event_id)
    if handlers and not due_at:
        transaction.on_commit(nudge.Following(handlers, event_id).wake, robust=True)
    return event_id
