"""The first page: homework, notices, and what one may do."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from core.home.queries import board_of, classes_to_write_for
from core.notices.frame import Frame, frame_of
from core.notices.latest import latest_notices
from core.people.acting import acting


@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Homework and notices; for a person without a centre, where they may go instead."""
    frame = frame_of(request)
    if frame.centre is None:
        return no_centre(request, frame)
    actor = acting(request)
    shown = {
        "frame": frame,
        "board": board_of(actor),
        "classes": list(classes_to_write_for(actor)),
        "notices": latest_notices(actor.user_id),
    }
    return render(request, "home/home.html", shown)


def no_centre(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The page of operators, and of people whom no centre has taken in yet."""
    shown = {"frame": frame, "flower_url": settings.FLOWER_URL}
    return render(request, "home/no_centre.html", shown)


@never_cache
def homework_list(request: HttpRequest) -> HttpResponse:
    """The list alone, for the page to put in place of an outdated one."""
    return render(request, "home/homework_list.html", {"board": board_of(acting(request))})
