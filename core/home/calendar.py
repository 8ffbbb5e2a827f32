"""The calendar page: a month with closed days and due homework, the terms and the holidays."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache

from core.calendar.queries import closed_days_for, terms_for, today_of
from core.home.month import month_from, month_of
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.models import Role
from core.refusals import NotFoundError

MOST_LISTED = 50  # terms, and holidays: many years of them


@never_cache
def calendar(request: HttpRequest) -> HttpResponse:
    """A month; the present one, or the one that `?month=2026-11` names."""
    by = acting(request)
    frame = frame_of(request)
    if frame.centre is None:
        raise NotFoundError("There is no such calendar.")
    today = today_of(frame.centre)
    first = month_from(request.GET.get("month", ""), today)
    shown = {
        "frame": frame,
        "month": month_of(first, frame.centre, by=by),
        "title": date_format(first, "F Y"),
        "today": today,
        "weekdays": [(WEEKDAYS[number], WEEKDAYS_ABBR[number]) for number in range(7)],
        "terms": terms_for(by).order_by("-begins")[:MOST_LISTED],
        "holidays": closed_days_for(by).order_by("-day")[:MOST_LISTED],
        "is_admin": by.is_any(Role.ADMIN),
        "day_of": lambda day: date_format(day, "j F Y"),
        "weekday_of": lambda day: date_format(day, "l j F"),
    }
    return render(request, "home/calendar.html", shown)
