"""Every request has an id: in its answer, in its log lines and in the events it records."""

import re
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.events.context import working_on

HEADER: Final = "X-Request-ID"
FIT: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)  # fits in a log line, a header, a column


class RequestIdMiddleware:
    """Takes the id that the caller gave, or makes one, and gives it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = taken_or_made(request.headers.get(HEADER, ""))
        request.request_id = request_id  # type: ignore[attr-defined]  # read by `id_of`
        with working_on(request_id=request_id):
            response = self.get_response(request)
        response.headers[HEADER] = request_id
        return response


def taken_or_made(given: str) -> str:
    """The given id where it is safe to repeat, else a new one."""
    return given if FIT.fullmatch(given) else uuid4().hex


def id_of(request: HttpRequest) -> str:
    """The request's id; empty before the middleware has run."""
    return str(getattr(request, "request_id", ""))
