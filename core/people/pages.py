"""Choosing in which centre one acts."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from core.people.acting import SESSION_KEY, own_memberships
from core.people.language import KNOWN, keep_language
from core.people.signed_in import signed_in


def choose_centre(request: HttpRequest) -> HttpResponse:
    """Remembers in which of their centres the person acts from now on."""
    chosen = request.POST.get("centre_id", "")
    if chosen not in {str(each.centre_id) for each in own_memberships(request)}:
        raise Http404
    request.session[SESSION_KEY] = chosen
    return redirect(local_path(request.POST.get("next", "")))


def choose_language(request: HttpRequest) -> HttpResponse:
    """Remembers the language that a person has chosen: with their account, and in the browser."""
    chosen = request.POST.get("language", "")
    if chosen not in KNOWN:
        raise BadRequest
    if request.user.is_authenticated:
        keep_language(user_id=signed_in(request).pk, language=chosen)
    response = redirect(local_path(request.POST.get("next", "")))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    return response


def local_path(given: str) -> str:
    """A path of the portal that is safe to lead to; the home page for anything else."""
    is_safe = given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if is_safe else "/"
