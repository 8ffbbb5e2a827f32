"""The relay: by the clock, nudges every handler that has something due. The guarantee.

Commits nudge at once, but a nudge can be lost in a dozen ways; a row that is due cannot. Any number
of relays may run, and each may be killed at any time.
"""

import logging
import signal
import threading
from typing import Final

import django
from django.db import DatabaseError, InterfaceError

from core.events import claims
from core.events.nudge import nudger
from core.events.registry import handler_names
from tasks import database

TURN: Final = 1.0  # seconds between two looks

logger = logging.getLogger("tasks.relay")


def look() -> list[str]:
    """Nudge each handler with deliveries due or leases run out; returns those nudged."""
    nudged = []
    for handler in claims.due_handlers(handler_names()):
        if not nudger().send(handler, {}):
            break  # Redis is away: the next turn tries again
        nudged.append(handler)
    return nudged


def run(stop: threading.Event) -> None:
    """Look once a turn until told to stop."""
    database.keep_open()
    logger.info("relay ready")
    while not stop.wait(TURN):
        database.new_turn()
        try:
            look()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database is away: %s", error)
    logger.info("relay stopped")


def main() -> None:
    """`python -m tasks.relay`: until SIGTERM or SIGINT."""
    django.setup()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(stop)


if __name__ == "__main__":
    main()
