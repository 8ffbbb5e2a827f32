"""The page on which operators follow what became of an event: ids and states, nobody's names."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from core.http.lists import Wanted
from core.notices.frame import frame_of
from core.ops import words
from core.people.signed_in import signed_in
from core.trace.bodies import TraceTold
from core.trace.finding import find_event
from core.trace.telling import tell_trace
from core.trace.viewer import Viewer

SHOWN: Final = 100  # deliveries on a page


@never_cache
def trace(request: HttpRequest) -> HttpResponse:
    """What led to an event, and what followed; `?id=` of an event, a task, a job, a delivery."""
    asked = request.GET.get("id", "")[:200]
    found = _trace(request, asked)
    shown = {"frame": frame_of(request), "asked": asked, "trace": found, "words": words}
    return render(request, "trace/ops.html", shown, status=404 if asked and not found else 200)


def _trace(request: HttpRequest, asked: str) -> TraceTold | None:
    event = find_event(asked) if asked else None
    if event is None:
        return None
    wanted = Wanted(limit=SHOWN, cursor=request.GET.get("cursor") or None)
    # As one who is nothing in any centre: who runs the system may also be somebody's parent.
    return tell_trace(event, wanted, by=Viewer(signed_in(request).pk, watches=True, roles={}))
