"""TABLE: how often somebody may try in vain, and the counting.

The counts are in PostgreSQL: they outlive Redis and hold for all processes. A try is counted before
it is made, so that however many are made at once, no more fail than may.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.db import connection
from django.utils.crypto import salted_hmac

from core import clock
from core.refusals import TryLaterError


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within the window, then none for as long as the window from the last."""

    name: str
    failures: int
    window: timedelta


QUARTER: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)

# A thousand pupils who come at half past eight share the school's address, and some mistype.
ACCOUNT: Final = Limit("account", 10, QUARTER)
ADDRESS: Final = Limit("address", 1_000, QUARTER)
CODE: Final = Limit("code", 10, QUARTER)  # of the second factor, by person
# Here each request counts, for each may send a mail.
RESET: Final = Limit("reset", 5, HOUR)
RESET_ADDRESS: Final = Limit("reset-address", 200, HOUR)
NEW_ADDRESS: Final = Limit("new-address", 5, HOUR)  # mails to confirm another address, by person

LONGEST_WINDOW: Final = HOUR

# Tries that have not ended take up the places of failures; somebody who finds none looks again
# after each of these.
PAUSES: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)  # seconds

# Who waits holds a thread and a connection to the database. So many of a process may; whoever comes
# when they do is asked to come again, so that guesses in parallel leave the portal to others.
MOST_WAITING: Final = 8
_waiting_room = threading.BoundedSemaphore(MOST_WAITING)

TAKE_PLACE: Final = """
INSERT INTO try_count AS kept (key, failures, open, since) VALUES (%(key)s, 0, 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN kept.since < %(oldest)s THEN 0 ELSE kept.failures END,
    open = CASE WHEN kept.since < %(oldest)s THEN 1 ELSE kept.open + 1 END,
    since = CASE WHEN kept.since < %(oldest)s THEN %(now)s ELSE kept.since END
WHERE kept.since < %(oldest)s OR kept.failures + kept.open < %(most)s
RETURNING key
"""
LOCKED_SINCE: Final = "SELECT since FROM try_count WHERE key = %(key)s AND failures >= %(most)s"
GIVE_BACK: Final = "UPDATE try_count SET open = greatest(open - 1, 0) WHERE key = %(key)s"
COUNT_FAILURE: Final = """
UPDATE try_count SET
    open = greatest(open - 1, 0),
    failures = failures + 1,
    since = CASE WHEN failures + 1 >= %(most)s THEN %(now)s ELSE since END
WHERE key = %(key)s
RETURNING failures
"""
FORGIVE: Final = "UPDATE try_count SET failures = 0 WHERE key = %(key)s"
FORGET: Final = "DELETE FROM try_count WHERE since < %(oldest)s"


class Try:
    """One try that is being made; it counts as failed only if somebody says so."""

    def __init__(self) -> None:
        self.has_failed = False
        self.has_locked = False  # whether it was the last that a limit allowed

    def fail(self) -> None:
        """It was in vain."""
        self.has_failed = True


@contextmanager
def trying(*bounds: tuple[Limit, str]) -> Iterator[Try]:
    """Make a try within limits, each for whom it counts. Raises TryLaterError where one is spent.

    Must not be used inside a transaction, which would hold others up, and undo the count.
    """
    this = Try()
    with ExitStack() as stack:
        for limit, whose in bounds:
            stack.enter_context(_counted(limit, key_of(limit, whose), this))
        yield this


def forgive(limit: Limit, whose: str) -> None:
    """Forget the failures: it was the right person after all."""
    _execute(FORGIVE, key=key_of(limit, whose))


def forget_old() -> None:
    """Remove what no limit looks at any more."""
    _execute(FORGET, oldest=clock.now() - LONGEST_WINDOW)


def key_of(limit: Limit, whose: str) -> str:
    """The key of a count."""
    digest = salted_hmac("core.access.limits", whose, algorithm="sha256").hexdigest()[:40]
    return f"{limit.name}:{digest}"


@contextmanager
def _counted(limit: Limit, key: str, this: Try) -> Iterator[None]:
    _take_place(limit, key)
    try:
        yield
    finally:
        if this.has_failed:
            failures = _execute(COUNT_FAILURE, key=key, most=limit.failures, now=clock.now())
            this.has_locked |= failures == limit.failures
        else:
            _execute(GIVE_BACK, key=key)


def _take_place(limit: Limit, key: str) -> None:
    if _is_place_taken(limit, key):
        return
    _refuse_locked(limit, key)
    if not _waiting_room.acquire(blocking=False):
        raise TryLaterError(1)
    try:
        _wait_for_place(limit, key)
    finally:
        _waiting_room.release()


def _wait_for_place(limit: Limit, key: str) -> None:
    for pause in PAUSES:
        time.sleep(pause)
        if _is_place_taken(limit, key):
            return
        _refuse_locked(limit, key)
    raise TryLaterError(1)


def _refuse_locked(limit: Limit, key: str) -> None:
    locked_since = _execute(LOCKED_SINCE, key=key, most=limit.failures)
    if isinstance(locked_since, datetime):
        left = locked_since + limit.window - clock.now()
        raise TryLaterError(max(1, ceil(left.total_seconds())))


def _is_place_taken(limit: Limit, key: str) -> bool:
    now = clock.now()
    oldest, most = now - limit.window, limit.failures
    return _execute(TAKE_PLACE, key=key, now=now, oldest=oldest, most=most) is not None


def _execute(statement: str, **values: str | int | datetime) -> object:
    """The first value that a statement returns; None for none."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None
