"""The page of a student's classes, through the terms."""

from functools import partial

from babel.dates import format_date
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from core.classes import queries
from core.language.dates import spoken
from core.notices.frame import frame_of
from core.people.acting import acting

PER_PAGE = 50


@never_cache
def history(request: HttpRequest, student_id: int) -> HttpResponse:
    """Which classes a student attends and attended, the latest first."""
    by = acting(request)
    student = queries.get_student(student_id, by=by)
    rows = queries.history_of(student_id, by=by).select_related("school_class__term")
    pages = Paginator(rows.order_by("-since", "-pk"), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    ids = {each.school_class_id for each in page.object_list}
    shown = {
        "frame": frame_of(request),
        "student": student,
        "page": page,
        "open_to_them": queries.visible_among(ids, by=by),
        "is_own": student_id == by.user_id,
        "is_office": by.is_any(*queries.SEE_ALL),
        "day_of": partial(format_date, format="medium", locale=spoken()),
    }
    return render(request, "classes/history.html", shown)
