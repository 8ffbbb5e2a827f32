"""The pages on which operators open centres and look after them."""

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.centres import actions, queries
from core.centres.forms import AdminForm, CentreForm, OpenForm
from core.http.forms import save, sent, status_of
from core.notices.frame import frame_of
from core.people.models import Centre, Language, Role
from core.people.signed_in import signed_in
from core.refusals import ConflictError

PER_PAGE: Final = 50


@never_cache
def centres(request: HttpRequest) -> HttpResponse:
    """Every centre with how many people it has; who they are is not an operator's to know."""
    pages = Paginator(queries.all_centres().order_by("name", "pk"), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    shown = {
        "frame": frame_of(request),
        "page": page,
        "counts": queries.counts_by_role([centre.pk for centre in page]),
        "roles": list(Role),
        "language_names": dict(Language.choices),
    }
    return render(request, "centres/all.html", shown)


@never_cache
def open_centre(request: HttpRequest) -> HttpResponse:
    """Makes a centre, and has its first admin asked in."""
    frame = frame_of(request)
    form = OpenForm(sent(request), centre=Centre())
    made = save(
        form,
        lambda: actions.open_centre_with(
            admin=form.admin,
            slug=form.cleaned_data["slug"],
            by=signed_in(request),
            **form.settings,
        ),
    )
    if made:
        messages.success(
            request,
            _("Opened. A mail with a link is on its way to %(admin_email)s.") % form.cleaned_data,
        )
        return redirect("ops-centres")
    return render(
        request, "centres/open.html", {"frame": frame, "form": form}, status=status_of(form)
    )


@never_cache
def centre(request: HttpRequest, centre_id: int) -> HttpResponse:
    """What a centre is called and how it looks; and who is to run it, as long as nobody does."""
    form = CentreForm(sent(request), centre=queries.get_centre(centre_id))
    changed = save(
        form,
        lambda: actions.change_centre(
            centre_id=centre_id, by=signed_in(request).pk, **form.cleaned_data
        ),
    )
    if changed:
        messages.success(request, _("Changes saved."))
        return redirect("ops-centre", centre_id)
    return _page(request, centre_id, form, AdminForm())


@never_cache
def invite_admin(request: HttpRequest, centre_id: int) -> HttpResponse:
    """Asks in who is to run a centre that nobody runs."""
    form = AdminForm(request.POST)
    try:
        asked = save(
            form,
            lambda: actions.invite_first_admin(
                centre_id=centre_id, admin=form.admin, by=signed_in(request)
            ),
        )
    except ConflictError as error:
        messages.error(request, _(str(error)))
        return redirect("ops-centre", centre_id)
    if asked is None:
        unchanged = CentreForm(None, centre=queries.get_centre(centre_id))
        return _page(request, centre_id, unchanged, form)
    messages.success(
        request,
        _("Invited. A mail with a link is on its way to %(email)s.") % {"email": asked.email},
    )
    return redirect("ops-centre", centre_id)


def _page(
    request: HttpRequest, centre_id: int, form: CentreForm, admin_form: AdminForm
) -> HttpResponse:
    found = queries.get_centre(centre_id)
    shown = {
        "frame": frame_of(request),
        "centre": found,
        "form": form,
        "admin_form": admin_form,
        "is_without_admin": queries.is_without_admin(found),
        "waiting": queries.waiting_admins(found),
    }
    status = max(status_of(form), status_of(admin_form))
    return render(request, "centres/one.html", shown, status=status)
