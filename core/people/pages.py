"""Signing in and out, and choosing in which centre one acts."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from core.people.acting import SESSION_KEY, own_memberships
from core.people.language import KNOWN, keep_language
from core.people.models import User
from core.people.signed_in import signed_in

WRONG = "The email or the password is wrong."


class SignInForm(forms.Form):
    """Who signs in, and with what."""

    email = forms.CharField(
        label="Email", max_length=254, error_messages={"required": "Enter your email address."}
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=1000,  # hashing takes time
        error_messages={"required": "Enter your password."},
    )


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Asks for email and password, and leads to where the person was going."""
    if HtmxDetails(request):  # a part of a page asked, and was sent here: the whole page must go
        return HttpResponseClientRefresh()
    return_to = local_path(request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(return_to)
    form = SignInForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and start_session(request, form):
        return redirect(return_to)
    status = 422 if form.is_bound else 200
    return render(request, "sign_in.html", {"form": form, "next": return_to}, status=status)


def start_session(request: HttpRequest, form: SignInForm) -> bool:
    """Sign the person in; the form says why not, without telling which of the two was wrong."""
    given = form.cleaned_data
    user = authenticate(request, username=given["email"], password=given["password"])
    if not isinstance(user, User):
        form.add_error(None, WRONG)
        return False
    login(request, user)
    return True


def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    messages.success(request, "You are signed out.")
    return redirect("sign-in")


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
