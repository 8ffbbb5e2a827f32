"""Files as the pages link to them; whoever follows a link gets a page when there is nothing."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.files import queries
from core.files.serving import send_file, send_thumbnail
from core.people.acting import acting


def content(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """The content of a file, to be saved."""
    return send_file(request, queries.get_file(file_id, by=acting(request)))


def thumbnail(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """The small picture of a file."""
    return send_thumbnail(request, queries.get_thumbnailed(file_id, by=acting(request)))
