"""HEAD: answered as GET would be, without the body."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.http.answers import is_api


class HeadMiddleware:
    """Has the API answer HEAD wherever it answers GET; Ninja knows no HEAD."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "HEAD" or not is_api(request):
            return self.get_response(request)
        request.method = "GET"
        request.wants_head = True  # type: ignore[attr-defined]  # read by `wants_head`
        try:
            return self.get_response(request)
        finally:
            request.method = "HEAD"


def wants_head(request: HttpRequest) -> bool:
    """Whether only the headers are asked for, so that a view need not read what it would send."""
    return request.method == "HEAD" or getattr(request, "wants_head", False)
