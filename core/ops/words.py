"""What operators read: figures, and how things stand, in their language."""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Final

from babel.numbers import format_decimal, format_percent
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.language.dates import lasting, spoken
from core.ops.models import DrainForecast, FaultKind, OpsAction
from core.ops.queries import Fate
from core.ops.queues import Queue

FEW: Final = 10  # below this a figure has a decimal
STILL: Final = 15.0  # seconds in which a served queue with work should have done something

FAULTS: Final[Mapping[str, Promise]] = {
    FaultKind.NO_WORKER: lazy("Nobody serves a queue"),
    FaultKind.CANARY_LATE: lazy("A queue gives no answer"),
    FaultKind.LEASE_RAN_OUT: lazy("What a worker had in hand was left"),
    FaultKind.DEAD_LETTERS: lazy("Dead letters wait for a person"),
    FaultKind.WORKER_GONE: lazy("A worker fell silent"),
    FaultKind.SCHEDULE_LATE: lazy("A schedule is late"),
    FaultKind.REDIS_AWAY: lazy("Redis does not answer"),
    FaultKind.MAIL_AWAY: lazy("The mail server does not answer"),
}
FATES: Final[Mapping[str, Promise]] = {
    Fate.RUN: lazy("would run"),
    Fate.DONE: lazy("have arrived meanwhile"),
    Fate.EXPIRED: lazy("come too late by now"),
    Fate.UNDECIDED: lazy("may have arrived, and are confidential"),
}
ACTS: Final[Mapping[str, Promise]] = {
    OpsAction.REDRIVE: lazy("Ran dead letters again"),
    OpsAction.RELEASE: lazy("The others followed the first"),
    OpsAction.STOP: lazy("The first failed, the others stayed"),
    OpsAction.DISCARD: lazy("Gave dead letters up"),
    OpsAction.PAUSE: lazy("Paused a queue"),
    OpsAction.RESUME: lazy("Resumed a queue"),
    OpsAction.RUN: lazy("Ran a schedule"),
}
STATES: Final[Mapping[str, Promise]] = {  # what needs somebody most comes first
    "unserved": lazy("No worker"),
    "still": lazy("Stands still"),
    "paused": lazy("Paused"),
    "working": lazy("At work"),
    "idle": lazy("Nothing to do"),
}


def state_of(queue: Queue) -> str:
    """How a queue stands: one of STATES."""
    if queue.paused_at:
        return "paused"
    if not queue.due:
        return "working" if queue.running else "idle"
    if not queue.workers:
        return "unserved"
    is_old = (queue.oldest_age or 0.0) > STILL
    return "still" if is_old and not queue.running and not queue.lately_per_second else "working"


def by_need(queues: Iterable[Queue]) -> list[Queue]:
    """Those first that need somebody; among equals by name."""
    places = list(STATES)
    return sorted(queues, key=lambda queue: (places.index(state_of(queue)), queue.name))


def number(value: float) -> str:
    """`5,000`, `0.4`."""
    return str(format_decimal(round(value, 1) if value < FEW else round(value), locale=spoken()))


def rate(per_second: float | None) -> str:
    """`12 per second`, or per minute where that is less than one."""
    if per_second is None:
        return _("not known yet")
    if per_second and per_second < 1:
        return _("%(count)s per minute") % {"count": number(per_second * 60)}
    return _("%(count)s per second") % {"count": number(per_second)}


def span(seconds: float | None) -> str:
    """`4 minutes`; in words too where nobody knows."""
    if seconds is None:
        return _("not known yet")
    return lasting(ceil(seconds))


def off_by(forecast: DrainForecast) -> str:
    """How far a forecast was off what came: `+12%` where it took longer; '' while it is open.

    Where it was corrected, the correction counts: the page shows both.
    """
    actual, said = forecast.actual_seconds, forecast.corrected_seconds or forecast.predicted_seconds
    if actual is None or not said:
        return ""
    off = round(actual / said - 1, 2)
    return ("+" if off > 0 else "") + str(format_percent(off, locale=spoken()))
