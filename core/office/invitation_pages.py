"""The page on which people are asked in, and on which invitations are looked after."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core import clock
from core.notices.frame import frame_of
from core.office.forms import InviteForm
from core.office.pages import attempt
from core.people import invitations, queries
from core.people.acting import acting
from core.people.models import Role
from core.refusals import ConflictError, InvalidError

MOST = 200  # invitations on the page


@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Asks for whom to invite, above the invitations that wait; for htmx those alone."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and invite_from(request, form):
        return redirect("invite")
    by, now = acting(request), clock.now()
    waiting = queries.open_invitations(by).order_by("-created_at", "-pk")[:MOST]
    shown = {
        "frame": frame_of(request),
        "form": form,
        "invitations": [(each, each.state_at(now)) for each in waiting],
    }
    if HtmxDetails(request).target == "invitations":
        return render(request, "office/invitations.html", shown)
    return render(request, "office/invite.html", shown, status=422 if form.is_bound else 200)


def invite_from(request: HttpRequest, form: InviteForm) -> bool:
    """Invite as the form says; where that is not possible, it says why."""
    given = form.cleaned_data
    try:
        invitations.invite_person(
            email=given["email"],
            name=given["name"],
            roles=[Role(role) for role in given["roles"]],
            by=acting(request),
        )
    except (ConflictError, InvalidError) as error:
        form.add_error("email", _(str(error)))
        return False
    messages.success(request, _("Invited. A mail with a link is on its way to %(email)s.") % given)
    return True


def resend(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Sends an invitation again, with a new link."""
    attempt(
        request,
        lambda: invitations.resend_invitation(invitation_id=invitation_id, by=acting(request)),
        _("Sent again. The link of the earlier mail is dead."),
    )
    return redirect("invite")


def revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Takes an invitation back."""
    attempt(
        request,
        lambda: invitations.revoke_invitation(invitation_id=invitation_id, by=acting(request)),
        _("Taken back. The link is dead."),
    )
    return redirect("invite")
