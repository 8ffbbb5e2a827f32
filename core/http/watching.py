"""Each request is timed, by its route's template, and is the first span of its trace."""

import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.http.request_id import id_of
from core.metrics import recording
from core.tracing import doors


class WatchingMiddleware:
    """Outside of all that takes time; inside of the request's id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with doors.request(id_of(request)) as end:
            response = self.get_response(request)
            route = request.resolver_match.route if request.resolver_match else ""
            method = request.method or ""
            end(method, route, response.status_code)
        recording.answered(method, route, response.status_code, time.perf_counter() - began)
        return response
