"""The first page: what is due, what is new, what waits for the person."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from core import clock
from core.home.panels import get_panel, panels_for
from core.home.queries import board_of
from core.notices.frame import Frame, frame_of
from core.people.acting import acting


@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What concerns them, panel by panel; without a centre, where they may go instead."""
    frame = frame_of(request)
    if frame.centre is None:
        return no_centre(request, frame)
    shown = {"frame": frame, "today": clock.now(), "panels": panels_for(acting(request))}
    return render(request, "home/home.html", shown)


def no_centre(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The page of operators, and of people whom no centre has taken in yet."""
    shown = {"frame": frame, "flower_url": settings.FLOWER_URL}
    return render(request, "home/no_centre.html", shown)


@never_cache
def panel(request: HttpRequest, name: str) -> HttpResponse:
    """One part of the first page, to be put in place of an outdated one."""
    shown = get_panel(name, by=acting(request))
    return render(request, "home/panel.html", {"frame": frame_of(request), "shown": shown})


@never_cache
def homework_list(request: HttpRequest) -> HttpResponse:
    """The list alone, for the page to put in place of an outdated one."""
    return render(request, "home/homework.html", {"content": board_of(acting(request))})
