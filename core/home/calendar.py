"""The calendar page: a month with closed days and due homework, the terms and the holidays."""

from functools import partial

from babel.dates import format_date, format_skeleton
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from core.calendar.queries import closed_days_for, terms_for, today_of
from core.home.month import month_from, month_of
from core.language.dates import spoken
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.models import Role
from core.refusals import NotFoundError

WIDTHS = ("wide", "abbreviated")  # of the weekdays' names
MOST_LISTED = 50  # terms, and holidays: many years of them


@never_cache
def calendar(request: HttpRequest) -> HttpResponse:
    """A month; the present one, or the one that `?month=2026-11` names."""
    by = acting(request)
    frame = frame_of(request)
    if frame.centre is None:
        raise NotFoundError("There is no such calendar.")
    words = spoken()
    today = today_of(frame.centre)
    first = month_from(request.GET.get("month", ""), today)
    shown = {
        "frame": frame,
        "month": month_of(first, frame.centre, by=by),
        "title": str(format_skeleton("yMMMM", first, locale=words)),
        "today": today,
        "weekdays": [[words.days["format"][how][n] for how in WIDTHS] for n in range(7)],
        "terms": terms_for(by).order_by("-begins")[:MOST_LISTED],
        "holidays": closed_days_for(by).order_by("-day")[:MOST_LISTED],
        "is_admin": by.is_any(Role.ADMIN),
        "day_of": partial(format_date, format="long", locale=words),
        "weekday_of": partial(format_skeleton, "MMMMEEEEd", locale=words),
    }
    return render(request, "home/calendar.html", shown)
