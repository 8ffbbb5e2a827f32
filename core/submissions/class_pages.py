"""The page of a class: its homework, its students, and what came of their work."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from core.classes.models import SchoolClass
from core.classes.queries import MANAGE, get_class, may_oversee, may_teach
from core.homework.queries import homework_for
from core.http.lists import Wanted
from core.notices.frame import frame_of
from core.people.acting import acting
from core.submissions.gradebook import class_to_grade, grade_book_csv, read_grade_book
from core.submissions.queries import self_or_ward

SHOWN: Final = 100  # students on a page
LATEST: Final = 20  # homework


@never_cache
def school_class(request: HttpRequest, class_id: int) -> HttpResponse:
    """Its homework and grade book; families see their own lines."""
    frame = frame_of(request)
    by = acting(request)
    found = get_class(class_id, by=by)
    homework = homework_for(by).filter(school_class=found).order_by("-due_at", "-pk")
    shown = {
        "frame": frame,
        "manages": by.is_any(*MANAGE),
        "homework": list(homework[: LATEST + 1]),
        "latest": LATEST,
        **book_shown(request, found),
    }
    return render(request, "classes/class.html", shown)


@never_cache
def grade_book(request: HttpRequest, class_id: int) -> HttpResponse:
    """The grade book alone, for the page to put in place of an outdated one."""
    found = get_class(class_id, by=acting(request))
    return render(request, "classes/grade_book.html", book_shown(request, found))


def download(request: HttpRequest, class_id: int) -> HttpResponse:
    """The whole grade book for a spreadsheet."""
    found = class_to_grade(class_id, by=acting(request))
    answer = HttpResponse("".join(grade_book_csv(found)), content_type="text/csv; charset=utf-8")
    name = content_disposition_header(as_attachment=True, filename=f"{found.name}.csv")
    answer["Content-Disposition"] = name or "attachment"
    return answer


def book_shown(request: HttpRequest, found: SchoolClass) -> dict[str, Any]:
    """What the template of the grade book shows."""
    by = acting(request)
    oversees = may_oversee(found, by)
    wanted = Wanted(limit=SHOWN, cursor=request.GET.get("cursor"))
    book = read_grade_book(found, wanted, None if oversees else self_or_ward(by))
    teaches = may_teach(found, by) and not found.archived_at
    return {"school_class": found, "book": book, "oversees": oversees, "teaches": teaches}
