"""`Authorization: Bearer`: an API request that a token lets in."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja.security.http import HttpAuthBase

from core.access import families
from core.access.models import TokenFamily
from core.access.tokens import TokenError
from core.http.answers import is_api

SCHEME: Final = "bearer"


class BearerMiddleware:
    """Sets `request.user` by the token, for what comes behind: the permission table above all.

    A token that does not count leaves nobody signed in, whatever cookie came along. A request with
    a token needs no CSRF token: no other site can make a browser send one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = token_in(request)
        if token is not None and is_api(request):
            admit(request, token)
        return self.get_response(request)


def token_in(request: HttpRequest) -> str | None:
    """The token that a request brings; None when it brings none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == SCHEME else None


def admit(request: HttpRequest, token: str) -> None:
    """Have the request be the token's person's, or nobody's."""
    told: Any = request
    told.token_family = None
    try:
        bearer = families.bearer_of(token)
    except TokenError:
        request.user = AnonymousUser()
    else:
        request.user = bearer.user
        told.token_family = bearer.family
        told._dont_enforce_csrf_checks = True  # noqa: SLF001 - Django's own way to say so


def family_behind(request: HttpRequest) -> TokenFamily | None:
    """The family of the token that let the request in; None for a session's request."""
    family: TokenFamily | None = getattr(request, "token_family", None)
    return family


def brought_token(request: HttpRequest) -> bool:
    """Whether the request came with a token, be it a good one."""
    return hasattr(request, "token_family")


class BearerAuth(HttpAuthBase):
    """Ninja's side of it: the middleware has looked at the token already."""

    openapi_scheme = SCHEME

    def __call__(self, request: HttpRequest) -> Any:
        return request.user if family_behind(request) else None
