"""Which handlers an event has. The table itself stands in tasks/subscriptions.py."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from core.events.event import Event


class Named(Protocol):
    """What core knows of a handler."""

    @property
    def name(self) -> str:
        """`queue.function`, as in Flower and in the delivery rows."""


@cache
def subscriptions() -> Mapping[type[Event], Sequence[Named]]:
    """The table that settings name; read once, so core need not import the handlers."""
    table: Mapping[type[Event], Sequence[Named]] = import_string(settings.EVENT_SUBSCRIPTIONS)
    return table


@cache
def handlers_of(event: type[Event]) -> tuple[str, ...]:
    """Names of the handlers that must run for an event; KeyError when the table has no line."""
    return tuple(handler.name for handler in subscriptions()[event])


@cache
def handler_names() -> tuple[str, ...]:
    """Names of all handlers, each once."""
    return tuple(sorted({handler.name for line in subscriptions().values() for handler in line}))
