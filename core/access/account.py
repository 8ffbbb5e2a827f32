"""The pages of one's own account: password, second factor, and where one is signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.access import actions, identity, second_factor, sign_outs
from core.access.actions import Change
from core.access.caller import caller_of
from core.access.entering import present_place
from core.access.forms import ChangePasswordForm, CodeForm
from core.access.pages import too_many
from core.notices.frame import frame_of
from core.people.acting import own_memberships
from core.people.models import User
from core.people.signed_in import signed_in
from core.refusals import ConflictError, InvalidError, NotFoundError, TryLaterError

PASSWORD_PAGE = "access/password.html"  # noqa: S105 - a template's name
FACTOR_PAGE = "access/second_factor.html"


@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """What there is to one's account."""
    frame = frame_of(request)
    shown = {
        "frame": frame,
        "has_second_factor": second_factor.is_on(frame.person),
        "must_have_second_factor": second_factor.is_required(
            frame.person, own_memberships(request)
        ),
        "places": sign_outs.places_of(frame.person, present_place(request)),
    }
    return render(request, "access/account.html", shown)


@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """Changes the password, and ends all sign-ins but this one."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    shown = {"frame": frame_of(request), "form": form}
    try:
        if form.is_valid() and _change_password(request, form):
            messages.success(
                request, _("Your password is changed. Everywhere else you are signed out.")
            )
            return redirect("account")
    except TryLaterError as error:
        return too_many(request, PASSWORD_PAGE, shown, error)
    return render(request, PASSWORD_PAGE, shown, status=422 if form.is_bound else 200)


def _change_password(request: HttpRequest, form: ChangePasswordForm) -> bool:
    user, given = signed_in(request), form.cleaned_data
    knows = identity.confirm_password(
        user=user, password=given["old_password"], caller=caller_of(request)
    )
    if not knows:
        form.add_error("old_password", _("This is not your present password."))
        return False
    try:
        change = Change(given["new_password"], present_place(request))
        actions.change_password(change=change, by=user)
    except InvalidError as error:
        form.add_error(error.loc, _(error.msg))
        return False
    update_session_auth_hash(request, user)
    return True


@never_cache
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """How far one is: off, begun with a secret to scan, or on. A POST begins with a new secret."""
    if request.method == "POST":
        second_factor.begin(by=signed_in(request))
        return redirect("second-factor")
    return _factor_page(request, CodeForm())


@never_cache
def confirm_second_factor(request: HttpRequest) -> HttpResponse:
    """Turns it on, and shows the recovery codes this once."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _factor_page(request, form)
    user, keep = signed_in(request), present_place(request)
    try:
        codes = second_factor.confirm(by=user, code=form.cleaned_data["code"], keep=keep)
    except InvalidError:
        return _wrong_code(request, form)
    except ConflictError:  # another tab was faster
        return redirect("second-factor")
    return _show_codes(request, codes)


@never_cache
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Shows new recovery codes this once."""
    form = CodeForm(request.POST)
    refused = _unless_code(request, form)
    if refused:
        return refused
    return _show_codes(request, second_factor.renew_recovery_codes(by=signed_in(request)))


@never_cache
def turn_off_second_factor(request: HttpRequest) -> HttpResponse:
    """Signing in asks for no code any more."""
    form = CodeForm(request.POST)
    refused = _unless_code(request, form)
    if refused:
        return refused
    second_factor.turn_off(by=signed_in(request))
    messages.success(request, _("The second factor is off."))
    return redirect("account")


def end_sign_in(request: HttpRequest, sign_in_id: str) -> HttpResponse:
    """Ends one of the sign-ins."""
    try:
        sign_outs.end_one(user=signed_in(request), ident=sign_in_id)
    except NotFoundError:  # it ended in the meantime
        messages.info(request, _("That sign-in had ended already."))
    else:
        messages.success(request, _("You are signed out there."))
    return redirect("account")


def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Ends all sign-ins, this one too."""
    actions.sign_out_everywhere(by=signed_in(request))
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("sign-in")


def _unless_code(request: HttpRequest, form: CodeForm) -> HttpResponse | None:
    """The page again unless the form has a right code, which is then used up."""
    if not form.is_valid():
        return _factor_page(request, form)
    user, caller = signed_in(request), caller_of(request)
    try:
        identity.confirm_code(user=user, code=form.cleaned_data["code"], caller=caller)
    except InvalidError:
        return _wrong_code(request, form)
    except TryLaterError as error:
        return too_many(request, FACTOR_PAGE, _factor(request, form), error)
    return None


def _wrong_code(request: HttpRequest, form: CodeForm) -> HttpResponse:
    form.add_error("code", _("The code is wrong, or was used before."))
    return _factor_page(request, form)


def _factor_page(request: HttpRequest, form: CodeForm) -> HttpResponse:
    shown = _factor(request, form)
    return render(request, FACTOR_PAGE, shown, status=422 if form.is_bound else 200)


def _factor(request: HttpRequest, form: CodeForm) -> dict[str, Any]:
    """What the page of the second factor shows. Without one that must be, it leads nowhere else."""
    user = signed_in(request)
    is_missing = second_factor.is_missing(user, own_memberships(request))
    is_on = second_factor.is_on(user)
    return {
        "frame": None if is_missing else frame_of(request),
        "form": form,
        "is_on": is_on,
        "codes_left": second_factor.count_recovery_codes(user) if is_on else 0,
        **_secret(user),
    }


def _secret(user: User) -> dict[str, Any]:
    device = second_factor.begun(user)
    if device is None:
        return {"picture": "", "secret": "", "app_url": ""}
    return {
        "picture": mark_safe(second_factor.picture_of(device)),  # noqa: S308 - our own SVG
        "secret": second_factor.secret_of(device),
        "app_url": device.config_url,
    }


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    shown = {"frame": frame_of(request), "codes": codes}
    return render(request, "access/recovery_codes.html", shown)
