"""The pages of classes and courses: the lists, and their forms."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.classes import actions, queries
from core.classes.forms import ClassForm, CourseForm
from core.http.forms import save, sent, status_of
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.models import Role

PER_PAGE = 50
OVERSEERS = (Role.TEACHER, *queries.SEE_ALL)


@never_cache
def classes(request: HttpRequest) -> HttpResponse:
    """One's classes by name, those that are over apart."""
    by = acting(request)
    frame = frame_of(request)
    text, archived = request.GET.get("q", "")[:100], "archived" in request.GET
    pages = Paginator(queries.listed(by, text=text, archived=archived), PER_PAGE)
    shown = {
        "frame": frame,
        "page": pages.get_page(request.GET.get("page")),
        "text": text,
        "archived": archived,
        "manages": by.is_any(*queries.MANAGE),
        "learners": queries.learners_of(by),
        "own_id": by.user_id,
        "oversees": by.is_any(*OVERSEERS),
    }
    return render(request, "classes/list.html", shown)


@never_cache
def open_class(request: HttpRequest) -> HttpResponse:
    """A new class."""
    by = acting(request)
    frame = frame_of(request)
    form = ClassForm(sent(request), by=by)
    if opened := save(form, lambda: actions.open_class(by=by, **form.cleaned_data)):
        messages.success(request, _("The class is there. Add its teachers and students now."))
        return redirect("manage-class", opened.pk)
    shown = {"frame": frame, "form": form, "school_class": None}
    return render(request, "classes/form.html", shown, status=status_of(form))


@never_cache
def edit_class(request: HttpRequest, class_id: int) -> HttpResponse:
    """Changes a class's name, course and term."""
    by = acting(request)
    frame = frame_of(request)
    school_class = queries.get_class(class_id, by=by)
    queries.check_not_archived(school_class)
    form = ClassForm(sent(request), by=by, school_class=school_class)
    if save(form, lambda: actions.change_class(class_id=class_id, by=by, **form.cleaned_data)):
        messages.success(request, _("Changes saved."))
        return redirect("manage-class", class_id)
    shown = {"frame": frame, "form": form, "school_class": school_class}
    return render(request, "classes/form.html", shown, status=status_of(form))


def archive_class(request: HttpRequest, class_id: int) -> HttpResponse:
    """Closes a class."""
    actions.archive_class(class_id=class_id, by=acting(request))
    messages.success(request, _("The class is archived: it can be read, and not changed."))
    return redirect("manage-class", class_id)


def unarchive_class(request: HttpRequest, class_id: int) -> HttpResponse:
    """Lets an archived class go on."""
    actions.unarchive_class(class_id=class_id, by=acting(request))
    messages.success(request, _("The class goes on: it can be changed again."))
    return redirect("manage-class", class_id)


@never_cache
def courses(request: HttpRequest) -> HttpResponse:
    """The centre's courses by code."""
    frame = frame_of(request)
    pages = Paginator(queries.courses_for(acting(request)).order_by("code", "pk"), PER_PAGE)
    shown = {"frame": frame, "page": pages.get_page(request.GET.get("page"))}
    return render(request, "classes/courses.html", shown)


@never_cache
def add_course(request: HttpRequest) -> HttpResponse:
    """A new course."""
    by = acting(request)
    frame = frame_of(request)
    form = CourseForm(sent(request))
    if save(form, lambda: actions.add_course(by=by, **form.cleaned_data)):
        messages.success(request, _("The course is there. Classes can belong to it now."))
        return redirect("courses")
    shown = {"frame": frame, "form": form, "course": None}
    return render(request, "classes/course.html", shown, status=status_of(form))


@never_cache
def edit_course(request: HttpRequest, course_id: int) -> HttpResponse:
    """Changes a course."""
    by = acting(request)
    frame = frame_of(request)
    course = queries.get_course(course_id, by=by)
    form = CourseForm(sent(request), course=course)
    if save(form, lambda: actions.change_course(course_id=course_id, by=by, **form.cleaned_data)):
        messages.success(request, _("Changes saved."))
        return redirect("courses")
    shown = {"frame": frame, "form": form, "course": course}
    return render(request, "classes/course.html", shown, status=status_of(form))
