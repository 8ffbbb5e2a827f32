"""Where mailed links lead: joining a centre, confirming an address; and asking for an address."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.access import identity, new_address
from core.access.caller import caller_of
from core.access.identity import Credentials, WrongCredentialsError
from core.access.pages import too_many
from core.notices.frame import frame_of
from core.office.forms import AddressForm, JoinForm, ShowPasswordForm
from core.people import addresses, invitations, queries
from core.people.models import Invitation
from core.people.signed_in import signed_in
from core.refusals import ConflictError, InvalidError, NotFoundError, TryLaterError

ADDRESS_PAGE: Final = "office/address.html"
JOIN_PAGE: Final = "office/join.html"


@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Asks an invited person for name and password, or for the password of their account."""
    invitation = queries.invitation_behind(token)
    if invitation is None:
        raise NotFoundError(_("This invitation is not valid any more. Ask for a new one."))
    account = queries.account_of(invitation.email)
    has_account = account is not None and account.has_usable_password()
    data = request.POST if request.method == "POST" else None
    form = (
        ShowPasswordForm(data)
        if has_account
        else JoinForm(data, email=invitation.email, name=invitation.name)
    )
    shown = {"form": form, "invitation": invitation, "has_account": has_account}
    try:
        if form.is_valid() and join_from(request, form, invitation, token):
            messages.success(request, _("Welcome. Sign in with your email and your password."))
            return redirect("sign-in")
    except TryLaterError as error:
        return too_many(request, JOIN_PAGE, shown, error)
    return render(request, JOIN_PAGE, shown, status=422 if form.is_bound else 200)


def join_from(
    request: HttpRequest, form: JoinForm | ShowPasswordForm, invitation: Invitation, token: str
) -> bool:
    """Join as the form says; where that is not possible, it says why.

    Nobody is signed in by this: that asks for the second factor too, where there is one.
    """
    account = None
    if isinstance(form, ShowPasswordForm):
        given = Credentials(invitation.email, form.cleaned_data["password"])
        try:
            account = identity.check_password(given=given, caller=caller_of(request))
        except WrongCredentialsError:
            form.add_error("password", _("The password is wrong."))
            return False
    try:
        invitations.accept_invitation(
            token=token,
            account=account,
            name=form.cleaned_data.get("name", ""),
            password=form.cleaned_data["password"],
        )
    except ConflictError as error:
        form.add_error(None, _(str(error)))
        return False
    return True


@never_cache
def change_address(request: HttpRequest) -> HttpResponse:
    """Asks for the email address that one wants, and for one's password."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    shown = {"frame": frame_of(request), "form": form}
    try:
        if form.is_valid() and ask_from(request, form):
            messages.success(
                request,
                _("Open the link in the mail to %(email)s to confirm it.") % form.cleaned_data,
            )
            return redirect("change-address")
    except TryLaterError as error:
        return too_many(request, ADDRESS_PAGE, shown, error)
    return render(request, ADDRESS_PAGE, shown, status=422 if form.is_bound else 200)


def ask_from(request: HttpRequest, form: AddressForm) -> bool:
    """Ask as the form says; where that is not possible, it says why."""
    given = form.cleaned_data
    try:
        new_address.ask_for_address(
            email=given["email"],
            password=given["password"],
            by=signed_in(request),
            caller=caller_of(request),
        )
    except InvalidError as error:
        form.add_error(error.loc, _said(error))
        return False
    return True


def _said(error: InvalidError) -> str:
    words = {
        "password": _("The password is wrong."),
        "email": _("This is your address already."),
    }
    return words.get(error.loc, error.msg)


@never_cache
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for a last click, since mail scanners open links by themselves; then applies it."""
    change = queries.email_change_behind(token)
    if change is None:
        raise NotFoundError(_("This link is not valid any more. Ask for a new one."))
    if request.method == "POST":
        addresses.confirm_address(token=token)
        messages.success(
            request, _("Your email address is now %(email)s.") % {"email": change.email}
        )
        return redirect("home")
    return render(request, "office/confirm_address.html", {"change": change})
