"""The page on which a teacher grades what nobody handed in: work on paper, an oral answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.classes.queries import check_not_archived, may_teach
from core.homework.models import Homework, HomeworkState
from core.homework.queries import get_homework
from core.http.forms import sent, status_of
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.models import User
from core.refusals import ConflictError, NotAllowedError
from core.submissions import actions, queries
from core.submissions.forms import PaperGradeForm
from core.submissions.pages import carry_out


@never_cache
def grade_unsubmitted(request: HttpRequest, homework_id: int, student_id: int) -> HttpResponse:
    """Grades it, and leads to the next of whom there is nothing if that was asked for.

    Where there is a submission, that has a page of its own.
    """
    by = acting(request)
    found = get_homework(homework_id, by=by)
    if not may_teach(found.school_class, by):
        raise NotAllowedError("Only a teacher of the class can do this.")
    form = PaperGradeForm(sent(request))
    done = form.is_bound and carry_out(
        request,
        form,
        lambda: actions.grade_unsubmitted(
            homework_id=homework_id, student_id=student_id, by=by, **form.given
        ),
    )
    if done:
        return _after(request, found, queries.get_student(found, student_id))
    if submission_id := queries.submission_of(found, student_id):
        return redirect("submission", submission_id)
    return _show(request, found, queries.get_student(found, student_id), form)


def _after(request: HttpRequest, found: Homework, student: User) -> HttpResponse:
    """Where it goes on: to the next by name, beginning again after the last, or to the grade."""
    messages.success(request, _("Graded: %(student)s.") % {"student": student.name})
    goes_on = request.POST.get("then") == "next"
    if goes_on and (following := queries.next_unsubmitted(student, found)):
        return redirect("grade-unsubmitted", found.pk, following)
    return redirect("submission", queries.submission_of(found, student.pk))


def _show(
    request: HttpRequest, found: Homework, student: User, form: PaperGradeForm
) -> HttpResponse:
    check_not_archived(found.school_class)
    if found.state != HomeworkState.PUBLISHED:
        raise ConflictError("The homework is not published.")
    before, after = queries.beside(student, found)
    shown = {
        "frame": frame_of(request),
        "homework": found,
        "student": student,
        "form": form,
        "before": before,
        "after": after,
    }
    return render(request, "submissions/unsubmitted.html", shown, status=status_of(form))
