"""The pages on which homework is written, published and taken back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from core.classes.models import SchoolClass
from core.classes.queries import get_class, may_oversee, may_teach
from core.files.attachments import files_of
from core.files.forms import PICKED, picked_files, shown_again
from core.files.models import File
from core.homework import actions, queries
from core.homework.forms import HomeworkForm, ScheduleForm
from core.homework.models import Homework, HomeworkState
from core.homework.reach import Reach, mails_left, reach_of
from core.notices.frame import Frame, frame_of
from core.people.acting import acting
from core.refusals import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    TooLargeError,
    WrongTypeError,
)


@never_cache
def write(request: HttpRequest, class_id: int) -> HttpResponse:
    """A new homework for a class: kept as a draft, or published at once."""
    by = acting(request)
    frame = frame_of(request)
    school_class = get_class(class_id, by=by)
    check_teaches(request, school_class)
    form = HomeworkForm(sent(request), zone=frame.zone)
    written = save(
        form,
        lambda: actions.draft_homework(
            class_id=class_id, by=by, files=picked_files(request, by=by), **form.cleaned_data
        ),
    )
    if written:
        return after_saving(request, written)
    return show_form(request, form, frame, school_class, None)


@never_cache
def edit(request: HttpRequest, homework_id: int) -> HttpResponse:
    """Changes a draft or a published homework."""
    by = acting(request)
    frame = frame_of(request)
    homework = queries.get_homework(homework_id, by=by)
    check_teaches(request, homework.school_class)
    if homework.state == HomeworkState.WITHDRAWN:
        raise ConflictError("A withdrawn homework cannot be changed.")
    form = HomeworkForm(sent(request), zone=frame.zone, homework=homework)
    written = save(
        form,
        lambda: actions.edit_homework(
            homework_id=homework_id, by=by, files=picked_files(request, by=by), **form.changes
        ),
    )
    if written:
        return after_saving(request, written)
    return show_form(request, form, frame, homework.school_class, homework)


def shown_of(request: HttpRequest, homework: Homework) -> dict[str, Any]:
    """What homework/read.html shows of a homework, but for the work that is handed in."""
    frame = frame_of(request)
    teaches = may_teach(homework.school_class, acting(request))
    asks = teaches and homework.state in {HomeworkState.DRAFT, HomeworkState.SCHEDULED}
    return {
        "frame": frame,
        "homework": homework,
        "files": files_of(homework.subject),
        "teaches": teaches,
        "oversees": may_oversee(homework.school_class, acting(request)),
        "reach": in_words(reach_of(homework.pk)) if asks else None,
        "schedule_form": ScheduleForm(None, zone=frame.zone, homework=homework) if asks else None,
    }


def publish(request: HttpRequest, homework_id: int) -> HttpResponse:
    """Publishes a draft and says who is being told."""
    announce_publication(request, homework_id)
    return redirect("homework", homework_id)


def schedule(request: HttpRequest, homework_id: int) -> HttpResponse:
    """Has a draft publish itself at the chosen time, or at another than before."""
    check_teaches(request, queries.get_homework(homework_id, by=acting(request)).school_class)
    form = ScheduleForm(request.POST, zone=frame_of(request).zone)
    if not form.is_valid():
        messages.error(request, str(form["at"].errors[0]))
        return redirect("homework", homework_id)
    at = form.cleaned_data["at"]
    done = _("It will be published by itself. Until then you can change it or call it off.")
    return carry_out(
        request,
        homework_id,
        done,
        lambda: actions.schedule_homework(homework_id=homework_id, at=at, by=acting(request)),
    )


def unschedule(request: HttpRequest, homework_id: int) -> HttpResponse:
    """Makes a scheduled homework a draft again."""
    return carry_out(
        request,
        homework_id,
        _("It is a draft again and will not publish itself."),
        lambda: actions.unschedule_homework(homework_id=homework_id, by=acting(request)),
    )


def recall(request: HttpRequest, homework_id: int) -> HttpResponse:
    """Makes what was published moments ago a draft again, and says what had left already."""
    try:
        homework = actions.recall_homework(homework_id=homework_id, by=acting(request))
    except ConflictError as error:
        messages.error(request, str(error))
        return redirect("homework", homework_id)
    left = mails_left(homework.publication_id)
    messages.success(
        request,
        ngettext(
            "Recalled: it is a draft again. %(left)d mail had left already.",
            "Recalled: it is a draft again. %(left)d mails had left already.",
            left,
        )
        % {"left": left},
    )
    return redirect("homework", homework_id)


def withdraw(request: HttpRequest, homework_id: int) -> HttpResponse:
    """Takes a published homework back."""
    return carry_out(
        request,
        homework_id,
        _("Withdrawn. Whoever has not been told yet will not be."),
        lambda: actions.withdraw_homework(homework_id=homework_id, by=acting(request)),
    )


def carry_out(
    request: HttpRequest, homework_id: int, done: str, action: Callable[[], object]
) -> HttpResponse:
    """Do it, and lead back to the homework, which says that it is done or why it is not."""
    try:
        action()
        messages.success(request, done)
    except (ConflictError, InvalidError) as error:
        messages.error(request, _(str(error)))
    return redirect("homework", homework_id)


def check_teaches(request: HttpRequest, school_class: SchoolClass) -> None:
    """Refuse the form to whom its actions would be refused."""
    if not may_teach(school_class, acting(request)):
        raise NotAllowedError("Only a teacher of the class can set homework for it.")


def sent(request: HttpRequest) -> QueryDict | None:
    """What was filled in; None while the form is only being asked for."""
    return request.POST if request.method == "POST" else None


def save(form: HomeworkForm, action: Callable[[], Homework]) -> Homework | None:
    """What the action wrote; None when the form is not sent or says what is wrong."""
    if not form.is_valid():
        return None
    try:
        return action()
    except (InvalidError, TooLargeError, WrongTypeError) as error:
        form.complain(error)
        return None


def after_saving(request: HttpRequest, homework: Homework) -> HttpResponse:
    """Publish too if that button was pressed, and lead to the homework's page."""
    if request.POST.get("then") == "publish":
        announce_publication(request, homework.pk)
    elif homework.state == HomeworkState.DRAFT:
        done = _("Draft saved. Only those who teach or oversee the class see it.")
        messages.success(request, done)
    elif homework.state == HomeworkState.SCHEDULED:
        messages.success(request, _("Changes saved."))
    else:
        messages.success(request, _("Changes saved. Those who were told of it hear what is new."))
    return redirect("homework", homework.pk)


def announce_publication(request: HttpRequest, homework_id: int) -> None:
    """Publish; the next page says who is being told, or why it was not possible."""
    try:
        actions.publish_homework(homework_id=homework_id, by=acting(request))
    except ConflictError as error:
        messages.error(request, _(str(error)))
        return
    told = in_words(reach_of(homework_id))
    messages.success(request, _("Published. %(people)s are being told.") % {"people": told})


def in_words(reach: Reach) -> str:
    """`1 student and 30 guardians`."""
    students = ngettext("%(count)s student", "%(count)s students", reach.students)
    guardians = ngettext("%(count)s guardian", "%(count)s guardians", reach.guardians)
    return _("%(students)s and %(guardians)s") % {
        "students": students % {"count": reach.students},
        "guardians": guardians % {"count": reach.guardians},
    }


def files_in_form(request: HttpRequest, subject: str) -> list[File]:
    """Those that the thing has; in a form that comes back, those that were still picked."""
    held = files_of(subject) if subject else []
    if request.method != "POST":
        return held
    picked = request.POST.getlist(PICKED)
    mine = shown_again(request, by=acting(request))
    return mine + [each for each in held if str(each.pk) in picked and each not in mine]


def show_form(
    request: HttpRequest,
    form: HomeworkForm,
    frame: Frame,
    school_class: SchoolClass,
    homework: Homework | None,
) -> HttpResponse:
    """The form, with what is wrong in it."""
    shown = {
        "frame": frame,
        "form": form,
        "school_class": school_class,
        "homework": homework,
        "files": files_in_form(request, homework.subject if homework else ""),
    }
    return render(request, "homework/form.html", shown, status=422 if form.is_bound else 200)
