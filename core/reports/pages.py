"""The pages on which reports are asked for, looked through, and taken up for review."""

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.http.forms import sent
from core.live.entries import heads
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.actor import Actor
from core.refusals import InvalidError, NotFoundError
from core.reports import actions, queries
from core.reports.asking import FEW, AskForm
from core.reports.kind import LABELS, Kind
from core.reports.kinds import kinds
from core.reports.making import setting_for
from core.reports.models import OFFICE, REVIEWING, Report
from core.reports.preview import MOST, first_parts
from core.reports.showing import Seen, first_rows
from core.reports.standing import progress_of
from core.reports.steps import BADGES, STAGES
from core.reports.streams import stream_of
from core.reports.words import title_of

PER_PAGE: Final = 20
LISTS: Final = {
    "all": lazy("All"),
    "making": lazy("Being made"),
    "todo": lazy("To go on with"),
    "review": lazy("In review"),
    "release": lazy("To release"),
    "released": lazy("Released"),
    "ended": lazy("Ended"),
}
OPEN_TO: Final = {"title_of": title_of, "badges": BADGES, "labels": LABELS, "stages": STAGES}


@never_cache
def reports(request: HttpRequest) -> HttpResponse:
    """The reports one has asked for, for the office all; for htmx the list alone."""
    by = acting(request)
    frame = frame_of(request)
    show = request.GET.get("show", "all")
    show = show if show in LISTS else "all"
    is_office = by.is_any(*OFFICE)
    own = is_office and request.GET.get("own") == "yes"
    pages = Paginator(queries.listed(by, show, own=own), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    shown = OPEN_TO | {
        "frame": frame,
        "lists": LISTS,
        "show": show,
        "own": own,
        "is_office": is_office,
        "reviews": by.is_any(*REVIEWING),
        "page": page,
        "progress": progress_of(page.object_list),
        "heads": heads([stream_of(each.pk) for each in page.object_list]),
        "stream_of": stream_of,
        "here": request.get_full_path(),
    }
    is_part = HtmxDetails(request).target == "reports-list"
    return render(request, "reports/list.html" if is_part else "reports/reports.html", shown)


@never_cache
def review_desk(request: HttpRequest) -> HttpResponse:
    """What waits for the reader to review it, the oldest first; for htmx the list alone."""
    frame = frame_of(request)
    pages = Paginator(queries.waiting_for_review(acting(request)), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    shown = OPEN_TO | {
        "frame": frame,
        "page": page,
        "heads": heads([stream_of(each.pk) for each in page.object_list]),
        "stream_of": stream_of,
        "here": request.get_full_path(),
    }
    is_part = HtmxDetails(request).target == "desk-list"
    return render(request, "reports/desk_list.html" if is_part else "reports/desk.html", shown)


@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Choosing a kind, then the form for it; takes the form, and shows its first rows."""
    by = acting(request)
    frame = frame_of(request)
    open_kinds = [each for each in kinds().values() if by.is_any(*each.asked_by)]
    if "kind" not in request.GET:
        return render(request, "reports/kinds.html", {"frame": frame, "kinds": open_kinds})
    kind = next((each for each in open_kinds if each.name == request.GET["kind"]), None)
    if kind is None:
        raise NotFoundError("There is no such kind of report.")
    form = AskForm(sent(request), kind=kind, zone=frame.zone, by=by)
    wants_preview = request.POST.get("then") == "preview"
    preview: Seen | None = None
    if form.is_valid() and wants_preview:
        preview = _preview(form, kind, by)
    elif form.is_valid() and (report := _ask_from(form, by)):
        messages.success(request, _("It is being made. You get a notice when it is ready."))
        return redirect("report", report.pk)
    shown = {"frame": frame, "kind": kind, "form": form, "few": FEW, "preview": preview}
    shown |= {"most": MOST}
    if HtmxDetails(request).target == "ask":
        return render(request, "reports/ask_form.html", shown)  # htmx shows no 422
    return render(request, "reports/ask.html", shown, status=422 if form.errors else 200)


def _ask_from(form: AskForm, by: Actor) -> Report | None:
    """The report of a form; None, and the form says why, when there is something wrong with it."""
    try:
        return actions.request_report(**form.given, by=by)
    except InvalidError as error:
        form.complain(error)
        return None


def _preview(form: AskForm, kind: Kind, by: Actor) -> Seen | None:
    """The first rows of what the form asks for; None when it says what is wrong."""
    try:
        params = actions.checked_params(kind, form.params, by=by)
    except InvalidError as error:
        form.complain(error)
        return None
    return first_rows(first_parts(kind, setting_for(params, by.centre_id)), MOST)
