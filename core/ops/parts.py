"""TABLE: the parts of the operations page, each of which asks for itself anew every few seconds.

By request rather than over the socket: that needs Redis, and what is shown here must be true
without it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from core.ops import charts, queries, queues, schedules, watching, workers
from core.refusals import NotFoundError

Read = Callable[[HttpRequest], dict[str, Any]]

SHOWN: Final = 8  # of a list that goes on elsewhere
USUAL_HOURS: Final = 3


@dataclass(frozen=True, slots=True)
class Part:
    """What a part shows, and every how many seconds; its template is `ops/<name>.html`."""

    read: Read
    every: int


def hours_of(request: HttpRequest) -> int:
    """How far back charts look: `?hours=24`."""
    asked = request.GET.get("hours", "")
    known = {str(hours): hours for hours in charts.HOURS}
    return known.get(asked, USUAL_HOURS)


def _faults(_request: HttpRequest) -> dict[str, Any]:
    still = list(watching.faults(is_open=True).order_by("-began_at"))
    over = list(watching.faults(is_open=False).order_by("-ended_at")[:SHOWN])
    return {"still": still, "over": over}


def _queues(_request: HttpRequest) -> dict[str, Any]:
    return {"queues": queues.overview()}


def _forecasts(_request: HttpRequest) -> dict[str, Any]:
    return {"forecasts": list(watching.tried_forecasts()[:SHOWN])}


def _workers(_request: HttpRequest) -> dict[str, Any]:
    return {"workers": workers.workers()}


def _letters(_request: HttpRequest) -> dict[str, Any]:
    groups = queries.groups().order_by("-letters", "id")
    redrives = queries.redrives().order_by("-pk")[:SHOWN]
    return {"groups": list(groups[: 5 * SHOWN]), "redrives": list(redrives)}


def _schedules(_request: HttpRequest) -> dict[str, Any]:
    return {"schedules": schedules.schedules()}


def _charts(request: HttpRequest) -> dict[str, Any]:
    hours = hours_of(request)
    found = charts.charts_of(queues.queue_names(), hours)
    return {"charts": found, "hours": hours, "all_hours": charts.HOURS}


PARTS: Final[Mapping[str, Part]] = {
    "faults": Part(_faults, every=3),
    "queues": Part(_queues, every=3),
    "forecasts": Part(_forecasts, every=5),
    "workers": Part(_workers, every=3),
    "letters": Part(_letters, every=10),
    "schedules": Part(_schedules, every=10),
    "charts": Part(_charts, every=30),
}


def get_part(name: str) -> Part:
    """A part by its name; NotFoundError for none."""
    if name not in PARTS:
        raise NotFoundError("There is no such part.")
    return PARTS[name]
