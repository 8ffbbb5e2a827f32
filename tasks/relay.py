"""The relay: by the clock, nudges every handler that has something due. The guarantee.

Commits nudge at once, but a nudge can be lost in a dozen ways; a row that is due cannot. Any number
of relays may run, and each may be killed at any time. What operators watch is written down here
too, as it must be true when no worker runs (tasks/watch.py).
"""

import logging
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Final

import django
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.db.backends.signals import connection_created
from django.utils.log import configure_logging

from core.events import claims
from core.events.nudge import nudger
from core.events.registry import handler_names
from core.garbage import look_seldom
from core.isolation.connection import follow_scope
from core.isolation.scope import outbox
from core.metrics.server import serve_metrics
from tasks import database
from tasks.alive import sign
from tasks.watch import Watch

TURN: Final = 1.0  # seconds between two looks

logger = logging.getLogger("tasks.relay")


def look(handlers: Sequence[str]) -> list[str]:
    """Nudge each of the handlers with deliveries due or leases run out; returns all those."""
    due = claims.due_handlers(handlers)
    for handler in due:
        if not nudger().send(handler, {}):
            break  # Redis is away: the next turn tries again
    return due


@outbox()
def run(handlers: Sequence[str], stop: threading.Event) -> None:
    """Look once a turn until told to stop."""
    watch = Watch(handlers)
    logger.info("relay ready")
    while not stop.wait(TURN):
        sign.give()
        database.new_turn()
        try:
            watch.turn(look(handlers))
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database is away: %s", error)
    logger.info("relay stopped")


def known_handlers() -> tuple[str, ...]:
    """The names in the table of subscriptions, which needs all of Django, Celery and the school."""
    django.setup()
    return handler_names()


def main() -> None:
    """`python -m tasks.relay`: until SIGTERM or SIGINT."""
    look_seldom()
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    connection_created.connect(follow_scope)  # as core/isolation does where all of Django is there
    with ProcessPoolExecutor(1) as once:  # whose memory goes with it: half of what this would take
        handlers = once.submit(known_handlers).result()
    serve_metrics()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(handlers, stop)


if __name__ == "__main__":
    main()
