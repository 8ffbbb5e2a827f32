"""The pages on which work is handed in, seen and graded."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.classes.queries import may_oversee, may_teach
from core.files.attachments import files_of_many
from core.files.forms import PICKED, picked_files, shown_again
from core.files.models import File
from core.homework.complaints import FormWithFiles
from core.homework.models import Homework, HomeworkState
from core.homework.pages import shown_of
from core.homework.queries import get_homework
from core.http.lists import Wanted, read_page
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.models import Centre
from core.refusals import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    TooLargeError,
    WrongTypeError,
)
from core.submissions import actions, queries
from core.submissions.forms import GradeForm, HandInForm, ReturnForm
from core.submissions.gradebook import BY_NAME
from core.submissions.models import Submission, SubmissionState
from core.submissions.work import work_of

SHOWN: Final = 100  # students on a page


@never_cache
def homework(request: HttpRequest, homework_id: int) -> HttpResponse:
    """One homework: to do, to look through, or to publish, as one may."""
    return show_homework(request, get_homework(homework_id, by=acting(request)))


@never_cache
def work(request: HttpRequest, homework_id: int) -> HttpResponse:
    """How the students stand with it, for the page to put in place of what is outdated."""
    found = get_homework(homework_id, by=acting(request))
    zone = Centre.objects.values_list("timezone", flat=True).get(pk=found.centre_id)
    shown = {"homework": found, "zone": zone, **work_shown(request, found)}
    return render(request, "submissions/work.html", shown)


def hand_in(request: HttpRequest, homework_id: int) -> HttpResponse:
    """Hands in work, and leads back to the homework."""
    by = acting(request)
    found = get_homework(homework_id, by=by)
    if not queries.is_student_of(found, by):
        raise NotAllowedError("Only students of the class hand in work.")
    form = HandInForm(request.POST)
    done = carry_out(
        request,
        form,
        lambda: actions.hand_in(
            homework_id=homework_id,
            body=form.cleaned_data["body"],
            files=picked_files(request, by=by),
            by=by,
        ),
    )
    if not done:
        return show_homework(request, found, form)
    messages.success(request, _("Handed in. Your teacher has been told."))
    return redirect("homework", homework_id)


@never_cache
def submission(request: HttpRequest, submission_id: int) -> HttpResponse:
    """What was handed in, with what was said of it; teachers grade it here."""
    return show_submission(request, queries.get_submission(submission_id, by=acting(request)))


def grade(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Grades it, and leads to the next that waits if that was asked for."""
    by = acting(request)
    found = queries.get_submission(submission_id, by=by)
    check_teaches(request, found)
    form = GradeForm(request.POST)
    done = carry_out(
        request,
        form,
        lambda: actions.grade_submission(submission_id=submission_id, by=by, **form.given),
    )
    if not done:
        return show_submission(request, found, form)
    following = queries.next_to_grade(found) if request.POST.get("then") == "next" else None
    name = found.student.name
    messages.success(request, _("Graded: %(student)s.") % {"student": name})
    return redirect("submission", following or submission_id)


def give_back(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Gives it back to the student for another try."""
    by = acting(request)
    found = queries.get_submission(submission_id, by=by)
    check_teaches(request, found)
    form = ReturnForm(request.POST)
    done = carry_out(
        request,
        form,
        lambda: actions.return_submission(submission_id=submission_id, by=by, **form.given),
    )
    if done:
        messages.success(request, _("Given back for another try."))
    return redirect("submission", submission_id)


def check_teaches(request: HttpRequest, found: Submission) -> None:
    """Refuse the form to whom its action would be refused."""
    if not may_teach(found.homework.school_class, acting(request)):
        raise NotAllowedError("Only a teacher of the class can do this.")


def carry_out(request: HttpRequest, form: FormWithFiles, action: Callable[[], object]) -> bool:
    """Whether the action was carried out; what is wrong is said in the form, or on the page."""
    if not form.is_valid():
        return False
    try:
        action()
    except (InvalidError, TooLargeError, WrongTypeError) as error:
        form.complain(error)
        return False
    except ConflictError as error:
        messages.error(request, _(str(error)))
        return False
    return True


def show_homework(
    request: HttpRequest, found: Homework, form: HandInForm | None = None
) -> HttpResponse:
    """The homework's page."""
    shown = shown_of(request, found) | work_shown(request, found)
    shown["zone"] = shown["frame"].zone
    mine = shown["mine"]
    if shown["is_learner"] and not (mine and mine.state == SubmissionState.GRADED):
        shown["form"] = form or HandInForm(initial={"body": mine.body if mine else ""})
        shown["picked"] = picked(request, mine)
    return render(request, "submissions/homework.html", shown, status=422 if form else 200)


def picked(request: HttpRequest, mine: Submission | None) -> list[File]:
    """The files of one's latest version; in a form that comes back, those still picked."""
    held = queries.files_handed_in(mine)
    if request.method != "POST":
        return held
    kept = [each for each in held if str(each.pk) in request.POST.getlist(PICKED)]
    again = shown_again(request, by=acting(request))
    return kept + [each for each in again if each not in kept]


def work_shown(request: HttpRequest, found: Homework) -> dict[str, Any]:
    """What the template shows of the work for a homework, to who asks; nothing for a draft."""
    by = acting(request)
    shown: dict[str, Any] = {"work": None, "is_learner": False, "mine": None, "form": None}
    if found.state != HomeworkState.PUBLISHED:
        return shown
    wanted = Wanted(limit=SHOWN, cursor=request.GET.get("cursor"))
    page = read_page(queries.students_for(found, by=by), BY_NAME, wanted, lambda row: row)
    rows = work_of(found, page.items)
    own = [each for each in rows if each.student.pk == by.user_id]
    is_open = not found.school_class.archived_at
    return {
        "work": rows,
        "more": page.next,
        "handed_in": queries.handed_in_for(found).count(),
        "oversees": may_oversee(found.school_class, by),
        "may_grade": is_open and may_teach(found.school_class, by),
        "is_learner": bool(own) and queries.is_student_of(found, by),
        "mine": own[0].submission if own else None,
        "form": None,
    }


def show_submission(
    request: HttpRequest, found: Submission, form: GradeForm | None = None
) -> HttpResponse:
    """The submission's page."""
    frame = frame_of(request)
    teaches = may_teach(found.homework.school_class, acting(request))
    oversees = may_oversee(found.homework.school_class, acting(request))
    before, after = queries.neighbours_of(found) if oversees else (None, None)
    score = "" if found.score is None else f"{found.score.normalize():f}"
    first = {"version": found.version, "comment": found.comment, "score": score}
    versions = list(found.versions.order_by("-number"))
    shown = {
        "frame": frame,
        "submission": found,
        "homework": found.homework,
        "versions": versions,
        "files": files_of_many([each.subject for each in versions]),
        "reviews": list(found.reviews.select_related("by").order_by("-pk")),
        "is_own": found.student_id == acting(request).user_id,
        "grade_form": (form or GradeForm(initial=first)) if teaches else None,
        "return_form": ReturnForm(initial={"version": found.version}) if teaches else None,
        "before": before,
        "after": after,
    }
    return render(request, "submissions/submission.html", shown, status=422 if form else 200)
