"""The pages on the way in and out: password, code, forgotten password."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from core.access import actions, identity
from core.access.actions import Change
from core.access.caller import caller_of
from core.access.entering import start_session, wait_for_code, who_waits
from core.access.forms import CodeForm, ForgottenForm, ResetForm, SignInForm
from core.access.identity import (
    CodeNeededError,
    Credentials,
    WrongCodeError,
    WrongCredentialsError,
)
from core.people.pages import local_path
from core.refusals import InvalidError, TryLaterError


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Asks for email and password, and leads to where the person was going."""
    if HtmxDetails(request):  # a part of a page asked, and was sent here: the whole page must go
        return HttpResponseClientRefresh()
    return_to = local_path(request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(return_to)
    form = SignInForm(request.POST if request.method == "POST" else None)
    return _identify(request, form, return_to)


def _identify(request: HttpRequest, form: SignInForm, return_to: str) -> HttpResponse:
    """Let in whose form is right, and show it again to others."""
    shown = {"form": form, "next": return_to}
    try:
        if form.is_valid():
            return _let_in(request, form, return_to)
    except WrongCredentialsError:
        form.add_error(None, _("The email or the password is wrong."))
    except TryLaterError as error:
        return too_many(request, "access/sign_in.html", shown, error)
    return _answer(request, "access/sign_in.html", shown)


def _let_in(request: HttpRequest, form: SignInForm, return_to: str) -> HttpResponse:
    """Begin the session, or ask for the code first."""
    given = Credentials(form.cleaned_data["email"], form.cleaned_data["password"])
    caller = caller_of(request)
    try:
        user = identity.identify(given=given, caller=caller)
    except CodeNeededError as error:
        wait_for_code(request, error.user)
        request.session["next"] = return_to
        return redirect("sign-in-code")
    start_session(request, user, caller)
    return redirect(return_to)


@never_cache
def enter_code(request: HttpRequest) -> HttpResponse:
    """Asks for the code of the second factor, of somebody whose password was right."""
    user = who_waits(request)
    if user is None:
        messages.error(request, _("That took too long. Sign in again."))
        return redirect("sign-in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    caller = caller_of(request)
    try:
        if form.is_valid():
            identity.check_code(user=user, code=form.cleaned_data["code"], caller=caller)
            identity.welcome(user=user, caller=caller)
            return_to = local_path(request.session.pop("next", ""))
            start_session(request, user, caller)
            return redirect(return_to)
    except WrongCodeError:
        form.add_error("code", _("The code is wrong, or was used before."))
    except TryLaterError as error:
        return too_many(request, "access/code.html", {"form": form}, error)
    return _answer(request, "access/code.html", {"form": form})


def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("sign-in")


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for an email, and says the same whether somebody here has it."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            email = form.cleaned_data["email"]
            actions.request_reset(email=email, caller=caller_of(request))
            return redirect("new-password")
    except TryLaterError as error:
        return too_many(request, "access/forgotten.html", {"form": form}, error)
    return _answer(request, "access/forgotten.html", {"form": form})


@never_cache
def new_password(request: HttpRequest) -> HttpResponse:
    """Takes the code out of the mail and the new password.

    The mail's link has the code behind its `#`, which no browser sends: so it is in no log.
    """
    form = ResetForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            given = form.cleaned_data
            actions.reset_password(code=given["code"], change=Change(given["new_password"]))
            messages.success(request, _("Your password is changed. Sign in with it."))
            return redirect("sign-in")
    except InvalidError as error:
        form.add_error(error.loc, _(error.msg))
    return _answer(request, "access/new_password.html", {"form": form})


def _answer(request: HttpRequest, template: str, shown: dict[str, Any]) -> HttpResponse:
    """The page, 422 when its form was sent."""
    return render(request, template, shown, status=422 if shown["form"].is_bound else 200)


def too_many(
    request: HttpRequest, template: str, shown: dict[str, Any], error: TryLaterError
) -> HttpResponse:
    """The page again, with how long to wait."""
    form: forms.Form = shown["form"]
    minutes = -(-error.seconds // 60)
    wait = ngettext(
        "There were too many tries. Wait a minute and try again.",
        "There were too many tries. Wait %(minutes)s minutes and try again.",
        minutes,
    )
    form.add_error(None, wait % {"minutes": minutes})
    response = render(request, template, shown, status=429)
    response.headers["Retry-After"] = str(error.seconds)
    return response
