"""What there is to be recorded, in the words of those who record it."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Final

from core.metrics import table
from core.metrics.registry import counter, gauge, histogram


class Outcome(StrEnum):
    """What came of an attempt at a delivery."""

    DONE = "done"
    SKIPPED = "skipped"
    POSTPONED = "postponed"  # not counted as an attempt
    CANCELLED = "cancelled"
    FAILED = "failed"
    DEAD = "dead"


class Posted(StrEnum):
    """What the mail server said."""

    SENT = "sent"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"


class Nudged(StrEnum):
    """What became of a nudge."""

    SENT = "sent"
    SPARED = "spared"
    FAILED = "failed"


NO_ROUTE: Final = "none"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CLASSES: Final = ("", "1xx", "2xx", "3xx", "4xx", "5xx")

# To find a series by its labels takes prometheus_client longer than to count.
_http_seconds = cache(histogram(table.HTTP_SECONDS).labels)
_http_requests = cache(counter(table.HTTP_REQUESTS).labels)
_sockets = gauge(table.LIVE_SOCKETS)
_entries = counter(table.LIVE_ENTRIES)
_lag = histogram(table.LIVE_LAG)
_nudges = counter(table.NUDGES)
_wait = cache(histogram(table.DELIVERY_WAIT).labels)
_run = cache(histogram(table.HANDLER_RUN).labels)
_deliveries = cache(counter(table.DELIVERIES).labels)
_mails = counter(table.MAILS)
_smtp = histogram(table.SMTP_SECONDS)
_slow = counter(table.SLOW_STATEMENTS)
_slots = counter(table.SLOTS_FIRED)

# A series that begins with its first failure shows no increase: these are there from the start.
_POSTED: Final = {each: _mails.labels(each) for each in Posted}
_NUDGED: Final = {each: _nudges.labels(each) for each in Nudged}


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """A request was answered; `route` is a template, never a path, and '' for none."""
    method = method if method in METHODS else "other"
    _http_seconds(method, route or NO_ROUTE).observe(seconds)
    _http_requests(method, route or NO_ROUTE, CLASSES[status // 100]).inc()


def socket_opened() -> None:
    """A socket was accepted."""
    _sockets.inc()


def socket_closed() -> None:
    """An accepted socket has gone."""
    _sockets.dec()


def entries_sent(count: int) -> None:
    """A socket was sent so many entries."""
    _entries.inc(count)


def lagged(seconds: float) -> None:
    """An entry was passed on so long after it was written."""
    _lag.observe(max(0.0, seconds))


def nudged(outcome: Nudged) -> None:
    """A nudge was to be sent."""
    _NUDGED[outcome].inc()


def claimed(handler: str, waited: float) -> None:
    """A batch was claimed, whose first delivery was due `waited` seconds ago."""
    _wait(handler).observe(max(0.0, waited))


def ran(handler: str, seconds: float) -> None:
    """A handler ran for a batch."""
    _run(handler).observe(seconds)


def came_to(handler: str, outcome: Outcome, count: int = 1) -> None:
    """So many attempts came to this."""
    if count:
        _deliveries(handler, outcome).inc(count)


def posted(outcome: Posted, seconds: float) -> None:
    """A mail was handed over, or was not taken."""
    _POSTED[outcome].inc()
    _smtp.observe(seconds)


def slow_statement() -> None:
    """A statement took too long."""
    _slow.inc()


def fires(schedules: Iterable[str]) -> None:
    """These schedules may fire in this process."""
    for schedule in schedules:
        _slots.labels(schedule)


def fired(schedule: str) -> None:
    """A slot of the schedule was fired."""
    _slots.labels(schedule).inc()
