"""The page that shows who was told of a homework."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from core.http.lists import Wanted
from core.notices.frame import frame_of
from core.people.acting import acting
from core.trace import reached

SHOWN: Final = 100  # people on a page


@never_cache
def told(request: HttpRequest, homework_id: int) -> HttpResponse:
    """Everyone whom it concerns, with how they were told, or why not."""
    frame = frame_of(request)
    homework = reached.homework_for(homework_id, by=acting(request))
    wanted = Wanted(limit=SHOWN, cursor=request.GET.get("cursor"))
    shown = {"frame": frame, "homework": homework, "reach": reached.reach_of(homework, wanted)}
    return render(request, "homework/told.html", shown)
