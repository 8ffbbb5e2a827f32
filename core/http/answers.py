"""The answer to what is not done: problem+json for programs, a page for people (RFC 9457)."""

import json
import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final, TypedDict

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from core.http.request_id import id_of
from core.refusals import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    TooLargeError,
    TryLaterError,
    WrongTypeError,
)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER: Final = 5  # seconds; about what a database needs to come back after a fail-over

DETAILS: Final = {
    400: _("The request could not be understood."),
    403: _("This is not allowed."),
    404: _("There is nothing at this address."),
    405: _("This method is not possible here."),
    413: _("The request is too large."),
    415: _("Send JSON, with Content-Type: application/json."),
    500: _("Something went wrong on our side. It has been noted."),
    503: _("The portal cannot reach its database just now. Try again in a moment."),
}
TITLES: Final = {  # as a page says them; the API has those of the RFCs
    400: _("That was not understood"),
    403: _("This is not allowed"),
    404: _("There is nothing here"),
    405: _("That is not possible here"),
    409: _("That is not possible now"),
    413: _("That is too large"),
    422: _("That cannot be accepted"),
    429: _("That was too often"),
    500: _("Something went wrong"),
    503: _("The portal is not ready"),
}

# Only a refusal speaks for itself; what the others say may be nobody's business.
REFUSALS: Final[dict[type[Exception], int]] = {
    NotFoundError: 404,
    NotAllowedError: 403,
    ConflictError: 409,
    TooLargeError: 413,
    WrongTypeError: 415,
    InvalidError: 422,
    NotSignedInError: 401,
    TryLaterError: 429,
}
# The first that fits counts: RequestDataTooBig is a SuspiciousOperation.
FAILURES: Final[dict[type[Exception], int]] = {
    Http404: 404,
    PermissionDenied: 403,
    RequestDataTooBig: 413,
    TooManyFilesSent: 413,
    SuspiciousOperation: 400,
    BadRequest: 400,
    MultiPartParserError: 400,
    UnreadablePostError: 400,
    OperationalError: 503,
    InterfaceError: 503,
}

logger = logging.getLogger(__name__)


class Fault(TypedDict):
    """One thing that is wrong with a request: where, and what."""

    loc: list[str | int]
    msg: str


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, not a person."""
    return request.path == "/api" or request.path.startswith("/api/")


def problem(
    request: HttpRequest, status: int, detail: str = "", errors: Iterable[Fault] = ()
) -> HttpResponse:
    """The answer with this status: problem+json under /api/, elsewhere a page."""
    detail = detail or DETAILS.get(status, HTTPStatus(status).phrase)
    make = _document if is_api(request) else _page
    response = make(request, status, detail, list(errors))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _document(request: HttpRequest, status: int, detail: str, errors: list[Fault]) -> HttpResponse:
    document = {
        "type": "about:blank",  # the status says the kind
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": errors,
        "request_id": id_of(request),
    }
    return HttpResponse(json.dumps(document), status=status, content_type=MEDIA_TYPE)


def _page(request: HttpRequest, status: int, detail: str, _errors: list[Fault]) -> HttpResponse:
    title = gettext(TITLES.get(status, HTTPStatus(status).phrase))
    detail = gettext(detail)
    shown = {"status": status, "title": title, "detail": detail, "request_id": id_of(request)}
    try:
        return render(request, "error.html", shown, status=status)
    except Exception:
        logger.exception("The error page itself failed.")
        text = f"{status} {title}\n\n{detail}\n"
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def is_foreseen(error: BaseException | None) -> bool:
    """Whether an exception means something else than a fault of ours."""
    return isinstance(error, (*REFUSALS, *FAILURES))


def is_database_away(error: BaseException | None) -> bool:
    """Whether it was not us but the database, which may answer again soon."""
    return isinstance(error, (OperationalError, InterfaceError))


def answer_to(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """The problem that an exception means for the caller; what nobody foresaw is logged."""
    for kind, status in REFUSALS.items():
        if isinstance(error, kind):
            return _refusal(request, status, error)
    if is_database_away(error):
        logger.warning("The database is away or too slow: %s", error)
    for kind, status in FAILURES.items():
        if isinstance(error, kind):
            return problem(request, status)
    logger.error("A request failed.", exc_info=error)
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _refusal(request: HttpRequest, status: int, error: BaseException) -> HttpResponse:
    response = problem(request, status, str(error), _faults(error))
    if isinstance(error, TryLaterError):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _faults(error: BaseException) -> list[Fault]:
    if not isinstance(error, InvalidError):
        return []
    return [{"loc": [error.source, error.loc], "msg": error.msg}]
