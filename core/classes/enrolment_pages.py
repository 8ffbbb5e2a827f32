"""The page on which the office manages a class: its students and its teachers."""

from collections.abc import Callable
from functools import partial

from babel.dates import format_date
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.classes import actions, enrolment_actions, queries
from core.classes.bodies import numbered
from core.classes.forms import MoveForm
from core.classes.models import SchoolClass
from core.http.forms import save, sent, status_of
from core.language.dates import spoken
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.actor import Actor
from core.people.models import User
from core.refusals import ConflictError, InvalidError, NotFoundError

PER_PAGE = 100  # students
MOST_FOUND = 20
MOST_FORMER = 50
PARTS = {  # by the id of the element that asks for itself anew
    "class-students": "classes/students.html",
    "found": "classes/found.html",
}


@never_cache
def manage(request: HttpRequest, class_id: int) -> HttpResponse:
    """Students to add, move and take out, and teachers; for htmx the part it asks for."""
    by = acting(request)
    frame = frame_of(request)
    school_class = queries.get_class(class_id, by=by)
    part = PARTS.get(HtmxDetails(request).target or "", "classes/manage.html")
    shown = {"frame": frame, "school_class": school_class}
    if part != PARTS["class-students"]:
        shown |= _found(request, school_class, by)
    if part != PARTS["found"]:
        shown |= _students(request, school_class)
    if part == "classes/manage.html":
        shown |= _staff(school_class, by)
    return render(request, part, shown)


def _found(request: HttpRequest, school_class: SchoolClass, by: Actor) -> dict[str, object]:
    """The students whom a search found, and whether there are more."""
    text = request.GET.get("q", "").strip()[:100]
    rows = queries.addable_to(school_class, text, by=by)[: MOST_FOUND + 1] if text else ()
    found: list[User] = list(rows)
    return {"text": text, "found": found[:MOST_FOUND], "has_more": len(found) > MOST_FOUND}


def _students(request: HttpRequest, school_class: SchoolClass) -> dict[str, object]:
    enrolments = queries.enrolments_of(school_class)
    present = enrolments.filter(until=None).order_by("student__name", "pk")
    former = enrolments.exclude(until=None).order_by("-until", "-pk")
    return {
        "day_of": partial(format_date, format="medium", locale=spoken()),
        "page": Paginator(present, PER_PAGE).get_page(request.GET.get("page")),
        "former": former[:MOST_FORMER],
    }


def _staff(school_class: SchoolClass, by: Actor) -> dict[str, object]:
    return {
        "teachers": queries.teachers_of(school_class),
        "assignable": queries.assignable_to(school_class, by=by),
    }


def enrol(request: HttpRequest, class_id: int) -> HttpResponse:
    """Has a student attend the class from today."""
    by, student_id = acting(request), numbered(request.POST.get("student_id", ""))

    def act() -> str:
        made = enrolment_actions.enrol_student(class_id=class_id, student_id=student_id, by=by)
        return _("%(name)s attends the class from today.") % {"name": made.student.name}

    return _done(request, class_id, act)


def end(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Has a student leave the class today."""
    by = acting(request)
    class_id = queries.get_enrolment(enrolment_id, by=by).school_class_id

    def act() -> str:
        ended = enrolment_actions.end_enrolment(enrolment_id=enrolment_id, by=by)
        return _("%(name)s has left the class.") % {"name": ended.student.name}

    return _done(request, class_id, act)


@never_cache
def move(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Asks to which class a student moves, and moves them."""
    by = acting(request)
    frame = frame_of(request)
    enrolment = queries.get_enrolment(enrolment_id, by=by)
    form = MoveForm(sent(request), classes=_others(enrolment.school_class, by))

    def act() -> str:
        to = form.cleaned_data["class_id"]
        moved = enrolment_actions.move_student(enrolment_id=enrolment_id, class_id=to, by=by)
        told = {"name": moved.student.name, "class": moved.school_class.name}
        return _("%(name)s attends %(class)s from today.") % told

    try:
        said = save(form, act)
    except ConflictError as error:
        messages.error(request, _(str(error)))
        return redirect("manage-class", enrolment.school_class_id)
    if said:
        messages.success(request, said)
        return redirect("manage-class", enrolment.school_class_id)
    shown = {"frame": frame, "form": form, "enrolment": enrolment}
    return render(request, "classes/move.html", shown, status=status_of(form))


def _others(school_class: SchoolClass, by: Actor) -> list[tuple[int, str]]:
    others = queries.classes_for(by).filter(archived_at=None).exclude(pk=school_class.pk)
    return list(others.order_by("name", "pk").values_list("pk", "name"))


def assign(request: HttpRequest, class_id: int) -> HttpResponse:
    """Has a teacher teach the class."""
    by, person_id = acting(request), numbered(request.POST.get("person_id", ""))

    def act() -> str:
        teacher = actions.assign_teacher(class_id=class_id, person_id=person_id, by=by)
        return _("%(name)s teaches the class now.") % {"name": teacher.name}

    return _done(request, class_id, act)


def remove(request: HttpRequest, class_id: int, person_id: int) -> HttpResponse:
    """Has a teacher teach the class no longer."""

    def act() -> str:
        actions.remove_teacher(class_id=class_id, person_id=person_id, by=acting(request))
        return _("They do not teach the class any more.")

    return _done(request, class_id, act)


def _done(request: HttpRequest, class_id: int, act: Callable[[], str]) -> HttpResponse:
    """Back to the class, with what was done or why it could not be."""
    queries.get_class(class_id, by=acting(request))
    try:
        messages.success(request, act())
    except (ConflictError, NotFoundError) as error:
        messages.error(request, _(str(error)))
    except InvalidError:
        messages.error(request, _("There is no such person in the centre."))
    return redirect("manage-class", class_id)
