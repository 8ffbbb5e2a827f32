"""The pages that show who was told of something, and why one was told oneself."""

from functools import partial
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.events.models import EventRecord
from core.homework.models import Homework
from core.notices import quieting
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.models import Role
from core.people.signed_in import signed_in
from core.trace import reached
from core.trace.fates import in_words
from core.trace.recipients import (
    RecipientsWanted,
    as_csv,
    event_of,
    is_moving,
    recipients_of,
)
from core.trace.viewer import Viewer
from core.trace.why import explain

SHOWN: Final = 100  # people on a page
PART: Final = "recipients"  # the id of the part that asks for itself anew


@never_cache
def told(request: HttpRequest, homework_id: int) -> HttpResponse:
    """Everyone whom a homework's latest publication concerns: told how, or why not."""
    homework = reached.homework_for(homework_id, by=acting(request))
    return _show(request, reached.publication_of(homework), homework)


@never_cache
def recipients(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Everyone whom an event concerns: told how, or why not."""
    return _show(request, _event(request, event_id), None)


@never_cache
def recipients_csv(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """The same as a table to take along."""
    event = _event(request, event_id)
    text = "".join(as_csv(event, _wanted(request), by=acting(request)))
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="recipients-{event.pk}.csv"'
    return answer


class ReasonForm(forms.Form):
    """Why mails cannot wait."""

    reason = forms.CharField(max_length=300)


def send_now(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Lets an urgent event's mails go within quiet hours."""
    event = _event(request, event_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        quieting.bypass_quiet_hours(
            event_id=event.pk, reason=form.cleaned_data["reason"], by=acting(request)
        )
        messages.success(request, _("The mails are being sent. Your reason is in the audit log."))
    else:
        messages.error(request, _("Say why these mails cannot wait."))
    return redirect("recipients", event_id)


@never_cache
def why(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Why one got a notice."""
    frame = frame_of(request)
    notice, found = explain(notice_id, user_id=signed_in(request).pk)
    return render(request, "trace/why.html", {"frame": frame, "notice": notice, "why": found})


def _event(request: HttpRequest, event_id: UUID) -> EventRecord:
    return event_of(event_id, by=Viewer.of(request), actor=acting(request))


def _wanted(request: HttpRequest) -> RecipientsWanted:
    """What the address asks for; what it says wrongly is not asked for."""
    given = {name: request.GET[name] for name in ("fate", "channel") if request.GET.get(name)}
    known = {
        "fate": given.get("fate") if given.get("fate") in reached.STATES else None,
        "channel": given.get("channel") if given.get("channel") in {"portal", "email"} else None,
    }
    cursor = request.GET.get("cursor") or None
    return RecipientsWanted.model_validate({**known, "limit": SHOWN, "cursor": cursor})


def _show(
    request: HttpRequest, event: EventRecord | None, homework: Homework | None
) -> HttpResponse:
    frame = frame_of(request)
    wanted = _wanted(request)
    by = acting(request)
    shown = {
        "frame": frame,
        "homework": homework,
        "event": event,
        "wanted": wanted,
        "fates": list(reached.STATES),
        "reach": recipients_of(event, wanted) if event else None,
        "is_moving": event is not None and is_moving(event),
        "may_send": by.is_any(Role.STAFF, Role.HEAD, Role.ADMIN),
        "others": _others(event, homework),
        "in_words": partial(in_words, zone=frame.zone),
    }
    is_part = HtmxDetails(request).target == PART
    return render(request, f"trace/{'list' if is_part else 'recipients'}.html", shown)


def _others(event: EventRecord | None, homework: Homework | None) -> list[EventRecord]:
    """What else happened to a homework of which people were told."""
    if homework is None or event is None:
        return []
    told_of = reached.events_about(homework).exclude(pk=event.pk).filter(deliveries__isnull=False)
    return list(told_of.order_by("-pk").distinct()[:20])
