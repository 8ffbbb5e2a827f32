"""Where Django and Ninja ask for the answer to what went wrong: middleware, handlers, hooks."""

import logging
import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from core.http.answers import (
    MEDIA_TYPE,
    Fault,
    answer_to,
    is_api,
    is_database_away,
    is_foreseen,
    problem,
)
from core.http.bodies import JsonParser, MediaTypeError
from core.http.openapi import describe

__all__ = ["ProblemMiddleware", "answer_problems", "csrf_failure", "problem"]

NO_NUL: Final = _("The request holds a NUL character.")
NO_CSRF: Final = _("The CSRF token is missing or out of date: fetch a new one and try again.")
FORM: Final = ("form", "file")  # parts of a body as well

logger = logging.getLogger(__name__)


class ProblemMiddleware:
    """Sees to it that no answer under /api/ is a page, and that no failure is without an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if holds_nul(request):  # PostgreSQL takes none, and sessions are looked up by cookie
            return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, NO_NUL)
        response = self.get_response(request)
        return replacement(request, response) or response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for a view; a page's unforeseen error keeps Django's report while DEBUG is on."""
        if settings.DEBUG and not is_api(request) and not is_foreseen(error):
            return None
        return answer_to(request, error)


def holds_nul(request: HttpRequest) -> bool:
    """Whether a NUL hides in the query or in a cookie."""
    queried = [text for name, texts in request.GET.lists() for text in (name, *texts)]
    return any("\0" in str(text) for text in (*queried, *request.COOKIES.values()))


def replacement(request: HttpRequest, response: HttpResponseBase) -> HttpResponse | None:
    """A problem in place of an answer that Django made itself, outside of any view."""
    status = response.status_code
    failure = getattr(request, "failure", None)
    if is_database_away(failure) and status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer_to(request, failure)
    if not is_foreign(request, response):
        return None
    replaced = problem(request, status)
    if response.has_header("Allow"):
        replaced.headers["Allow"] = response.headers["Allow"]
    return replaced


def is_foreign(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether a program would get an error that is no problem+json, or a person Django's 404."""
    status = response.status_code
    if is_api(request):
        kind = response.headers.get("Content-Type", "")
        return status >= HTTPStatus.BAD_REQUEST and kind != MEDIA_TYPE
    return settings.DEBUG and status == HTTPStatus.NOT_FOUND and request.resolver_match is None


@receiver(got_request_exception)
def keep_failure(request: HttpRequest | None = None, **_: object) -> None:
    """Keep what failed outside of a view: no middleware sees it, only Django's answer to it."""
    if request is not None:
        request.failure = sys.exc_info()[1]  # type: ignore[attr-defined]  # read in this module


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    logger.info("Refused for CSRF: %s", reason)
    return problem(request, HTTPStatus.FORBIDDEN, NO_CSRF)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return answer_to(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return answer_to(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    return answer_to(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    return answer_to(request, getattr(request, "failure", None))


def answer_problems(api: NinjaAPI) -> None:
    """Have an API answer all refusals and failures with problems, and say so in its description."""
    handlers: dict[type[Exception], Any] = {
        Exception: answer_to,
        HttpError: answer_http_error,
        ValidationError: answer_invalid,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
    api.parser = JsonParser()
    # Ninja has no hook for answers that all operations share.
    described = partial(describe, api.get_openapi_schema)
    api.get_openapi_schema = described  # type: ignore[method-assign, assignment]


def answer_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422 with everything that is wrong, by where it stands in the request."""
    faults = [fault_of(found) for found in error.errors]
    return problem(
        request, HTTPStatus.UNPROCESSABLE_ENTITY, "What was sent cannot be accepted.", faults
    )


def fault_of(found: dict[str, Any]) -> Fault:
    """Ninja's finding, without the name of the view's parameter, which no client knows."""
    source, *loc = found["loc"]
    place = "body" if source in FORM else source
    return {"loc": [place, *(loc[1:] if source == "body" else loc)], "msg": found["msg"]}


def answer_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja's own refusals: not signed in, no CSRF token, no JSON."""
    if isinstance(error.__cause__, MediaTypeError):
        return problem(request, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    words = {HTTPStatus.UNAUTHORIZED: "Sign in first.", HTTPStatus.FORBIDDEN: NO_CSRF}
    return problem(request, error.status_code, words.get(HTTPStatus(error.status_code), ""))
