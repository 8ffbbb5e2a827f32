"""How much of a request's body is taken in: counted while it comes, before Django stores it.

Django's ASGI handler writes a body of any length to disk before a view may refuse it, and takes a
form without Content-Length, as chunked requests have, for an empty one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.http.answers import answer_to, is_api, problem
from core.http.uploads import UNREADABLE, close_unfinished, largest_file

FORM: Final = "multipart/form-data"
TOO_LARGE: Final = "schoolbell.too_large"  # set in the scope of a request that is refused
LONGEST_LENGTH: Final = 18  # digits of a Content-Length; the server lets only digits through
ROOM: Final = 2**20  # bytes of a form beside its file: other fields, boundaries

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Scope, Receive, Any], Awaitable[None]]


def limited(application: Application) -> Application:
    """The application, which gets no more of a body than the limit."""

    async def limit(scope: Scope, receive: Receive, send: Any) -> None:
        if scope["type"] == "http":
            receive = Intake(scope, receive).receive
        await application(scope, receive, send)

    return limit


class Intake:
    """What is received of one request's body."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"")
        self._scope = scope
        self._receive = receive
        self._limit = limit_for(headers.get(b"content-type", b""))
        self._is_declared = bool(declared)
        self._count = 0
        self._is_over = len(declared) > LONGEST_LENGTH or int(declared or 0) > self._limit
        self._is_told = False

    async def receive(self) -> Message:
        """The next message; the end at once when the body is too large."""
        if self._is_told:
            # Nothing more is asked of the server, so it sends no `100 Continue`, and throws away
            # what the client still sends once the answer is out.
            await asyncio.Event().wait()
        message = {} if self._is_over else await self._receive()
        self._count += len(message.get("body", b""))
        if self._is_over or self._count > self._limit:
            self._is_told = True
            self._scope[TOO_LARGE] = True
            return {"type": "http.request", "body": b"", "more_body": False}
        if message["type"] == "http.request" and not message.get("more_body"):
            self._declare()
        return message

    def _declare(self) -> None:
        """Say how long the body was; Django reads the headers when it has the whole body."""
        if not self._is_declared:
            length = str(self._count).encode()
            self._scope["headers"] = [*self._scope["headers"], (b"content-length", length)]


def limit_for(content_type: bytes) -> int:
    """How many bytes a body may have."""
    if content_type.lower().startswith(FORM.encode()):
        return int(settings.LARGEST_FILE) + ROOM
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


class IntakeMiddleware:
    """Answers for bodies that cannot be taken in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "scope", {}).get(TOO_LARGE):
            return problem(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why_too_large(request))
        try:
            return self.get_response(request)
        finally:
            if is_form_with_files(request):
                close_unfinished(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        """Read a page's form where a failure has an answer: CSRF's check would be next to do so."""
        if is_api(request) or not is_form_with_files(request):
            return None
        try:
            request.FILES  # noqa: B018 - reads the form
        except UNREADABLE as error:
            return answer_to(request, error)
        return None


def is_form_with_files(request: HttpRequest) -> bool:
    """Whether the body is of the kind that may carry files."""
    return request.method == "POST" and request.content_type == FORM


def why_too_large(request: HttpRequest) -> str:
    """What may be sent instead, where a person would ask."""
    return largest_file() if is_form_with_files(request) else ""
