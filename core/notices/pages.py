"""The page of one's notices, and its parts that renew themselves."""

from django import forms
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.notices import actions
from core.notices.frame import frame_of
from core.notices.latest import latest_notices, newest_first
from core.people.signed_in import signed_in

PER_PAGE = 50
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
        pages = Paginator(newest_first(frame.person.pk), PER_PAGE)
        shown["page"] = pages.get_page(request.GET.get("page"))
    return render(request, part, shown)


def read(request: HttpRequest) -> HttpResponse:
    """Marks notices up to a number as read."""
    form = ReadForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    actions.read_notices(user_id=signed_in(request).pk, up_to=form.cleaned_data["up_to"])
    return redirect("notices")
