"""Files as the pages link to them; whoever follows a link gets a page when there is nothing."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from core.files import queries
from core.files.serving import send_file, send_thumbnail
from core.people.acting import acting

FIRST_WAIT: Final = 2  # seconds
WAITS: Final = frozenset(str(2**power) for power in range(1, 8))


def content(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """The content of a file, to be saved."""
    return send_file(request, queries.get_file(file_id, by=acting(request)))


def thumbnail(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """The small picture of a file."""
    return send_thumbnail(request, queries.get_thumbnailed(file_id, by=acting(request)))


@never_cache
def picture(request: HttpRequest, file_id: int) -> HttpResponse:
    """The small picture as a part of a page; as long as it is not drawn, a place that asks again.

    `?wait=4`: how many seconds that place waits, so that it asks less and less often.
    """
    wait = request.GET.get("wait", "")
    shown = {
        "file": queries.get_file(file_id, by=acting(request)),
        "wait": int(wait) if wait in WAITS else FIRST_WAIT,
    }
    return render(request, "files/picture.html", shown)
