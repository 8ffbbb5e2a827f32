"""The page of one's notices, and its parts that renew themselves."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.notices import actions
from core.notices.frame import frame_of
from core.notices.latest import latest_notices, newest_first
from core.notices.models import NoticeKind
from core.notices.queries import shown_of
from core.people.signed_in import signed_in

PER_PAGE = 50
KEPT = ("kind", "unread", "page")  # what says which part of the list is shown
PARTS = {  # by the id of the element that asks for itself anew
    "notices-link": "notices/link.html",
    "notices-panel": "notices/panel.html",
    "notices-list": "notices/list.html",
}


class ReadForm(forms.Form):
    """Up to which number notices were read."""

    up_to = forms.IntegerField(min_value=0, max_value=2**63 - 1)


@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """One's notices, newest first; for htmx the part it asks for."""
    frame = frame_of(request)
    part = PARTS.get(HtmxDetails(request).target or "", "notices/notices.html")
    shown: dict[str, object] = {"frame": frame}
    if part == PARTS["notices-panel"]:
        shown["notices"] = latest_notices(frame.person.pk)
    elif part != PARTS["notices-link"]:
        shown |= filtered(request, frame.person.pk)
    return render(request, part, shown)


def filtered(request: HttpRequest, user_id: int) -> dict[str, object]:
    """The page of notices that is asked for, and by what they are filtered."""
    kind = request.GET.get("kind")
    kind = NoticeKind(kind) if kind in NoticeKind.values else None
    unread = "unread" in request.GET
    pages = Paginator(shown_of(newest_first(user_id), kind=kind, unread=unread), PER_PAGE)
    query = urlencode(({"kind": kind.value} if kind else {}) | ({"unread": "1"} if unread else {}))
    return {
        "page": pages.get_page(request.GET.get("page")),
        "kind": kind,
        "kinds": list(NoticeKind),
        "unread_only": unread,
        "query": query,
    }


def mark(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Marks one notice as read, or as unread again, and leads back to the same part of the list."""
    is_read = request.POST.get("as") != "unread"
    actions.mark_notice(user_id=signed_in(request).pk, notice_id=notice_id, is_read=is_read)
    kept = {name: given for name in KEPT if (given := request.POST.get(name))}
    return redirect(f"{reverse('notices')}?{urlencode(kept)}" if kept else "notices")


def read(request: HttpRequest) -> HttpResponse:
    """Marks notices up to a number as read."""
    form = ReadForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    actions.read_notices(user_id=signed_in(request).pk, up_to=form.cleaned_data["up_to"])
    return redirect("notices")
