"""Submissions and grades over HTTP."""

from typing import Annotated, Final, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from core.files.attachments import files_of_many
from core.homework.models import Homework
from core.homework.queries import get_homework
from core.http.bodies import id_from
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting
from core.people.actor import Actor
from core.submissions import actions, queries
from core.submissions.bodies import (
    GradeBookTold,
    GradeGiven,
    MissingTold,
    PaperGradeGiven,
    ReturnGiven,
    ReviewTold,
    SubmissionGiven,
    SubmissionHistory,
    SubmissionTold,
    VersionTold,
    WorkTold,
)
from core.submissions.gradebook import BY_NAME, class_to_grade, read_grade_book
from core.submissions.models import Submission
from core.submissions.work import missing_for, owing_by_homework, work_of

router = Router(tags=["submissions"])

LATEST_FIRST: Final = Order(Submission, "-handed_in_at", "-id")
LATEST_DUE_FIRST: Final = Order(Homework, "-due_at", "-id")


class GradesWanted(Wanted):
    """Whose grades are asked for."""

    student_id: str | None = None
    state: Annotated[
        Literal["handed_in", "returned", "graded", "missing"] | None,
        Field(description="only what stands so; `missing` answers with homework"),
    ] = None


@router.post(
    "homework/{int:homework_id}/submissions",
    response={201: SubmissionTold},
    operation_id="hand_in",
    summary="Hand in work",
)
def hand_in(
    request: HttpRequest, homework_id: int, given: SubmissionGiven
) -> Status[SubmissionTold]:
    """Hands in work for a published homework of one's class; again makes a new version.

    After the due date it counts as late. What was graded already stays as it is (409), unless the
    teacher gives it back.
    """
    found = actions.hand_in(
        homework_id=homework_id,
        body=given.body,
        files=map(int, given.files),
        by=acting(request),
    )
    return Status(201, SubmissionTold.of(found))


@router.get(
    "homework/{int:homework_id}/submissions",
    response=Page[WorkTold],
    operation_id="list_submissions",
    summary="Who has handed in",
)
def list_submissions(
    request: HttpRequest, homework_id: int, wanted: Query[Wanted]
) -> Page[WorkTold]:
    """Every student of the class by name, with what they handed in, if anything.

    Students and guardians see their own line only.
    """
    by = acting(request)
    homework: Homework = get_homework(homework_id, by=by)
    students = queries.students_for(homework, by=by)
    page = read_page(students, BY_NAME, wanted, lambda row: row)
    return Page(items=[each.tell() for each in work_of(homework, page.items)], next=page.next)


@router.get(
    "submissions/{int:submission_id}",
    response=SubmissionHistory,
    operation_id="get_submission",
    summary="A submission",
)
def get_submission(request: HttpRequest, submission_id: int) -> SubmissionHistory:
    """A submission with its versions and what was said of them."""
    found = queries.get_submission(submission_id, by=acting(request))
    reviews = found.reviews.select_related("by").order_by("pk")
    versions = list(found.versions.order_by("number"))
    files = files_of_many([each.subject for each in versions])
    return SubmissionHistory(
        **SubmissionTold.of(found).model_dump(),
        versions=[VersionTold.of(each, files[each.subject]) for each in versions],
        reviews=[ReviewTold.of(each) for each in reviews],
    )


@router.post(
    "submissions/{int:submission_id}/grade",
    response=SubmissionTold,
    operation_id="grade_submission",
    summary="Grade a submission",
)
def grade_submission(request: HttpRequest, submission_id: int, given: GradeGiven) -> SubmissionTold:
    """Grades what was handed in, and has the student and their guardians told.

    Grading again replaces the grade; the one before stays in the history.
    """
    found = actions.grade_submission(
        submission_id=submission_id,
        score=given.score,
        comment=given.comment,
        version=given.version,
        by=acting(request),
    )
    return SubmissionTold.of(found)


@router.post(
    "homework/{int:homework_id}/grades",
    response={201: SubmissionTold},
    operation_id="grade_unsubmitted",
    summary="Grade what was not handed in",
)
def grade_unsubmitted(
    request: HttpRequest, homework_id: int, given: PaperGradeGiven
) -> Status[SubmissionTold]:
    """Grades what a student of the class did on paper or aloud, and has the same people told.

    It makes a submission of version 0. What was handed in is graded there (409). Doing so again
    replaces the grade; the one before stays in the history.
    """
    found = actions.grade_unsubmitted(
        homework_id=homework_id,
        student_id=given.student_id,
        score=given.score,
        comment=given.comment,
        by=acting(request),
    )
    return Status(201, SubmissionTold.of(found))


@router.post(
    "submissions/{int:submission_id}/return",
    response=SubmissionTold,
    operation_id="return_submission",
    summary="Give a submission back",
)
def return_submission(
    request: HttpRequest, submission_id: int, given: ReturnGiven
) -> SubmissionTold:
    """Gives it back to the student for another try, graded or not."""
    found = actions.return_submission(
        submission_id=submission_id,
        comment=given.comment,
        version=given.version,
        by=acting(request),
    )
    return SubmissionTold.of(found)


@router.get(
    "classes/{int:class_id}/grade-book",
    response=GradeBookTold,
    operation_id="get_grade_book",
    summary="Grade book of a class",
)
def get_grade_book(request: HttpRequest, class_id: int, wanted: Query[Wanted]) -> GradeBookTold:
    """Students by name against published homework by due date; for who teaches or oversees."""
    school_class = class_to_grade(class_id, by=acting(request))
    return read_grade_book(school_class, wanted).tell()


@router.get(
    "grades",
    response=Page[SubmissionTold] | Page[MissingTold],
    operation_id="list_grades",
    summary="Own grades",
)
def list_grades(
    request: HttpRequest, wanted: Query[GradesWanted]
) -> Page[SubmissionTold] | Page[MissingTold]:
    """What oneself, or a child of one's own, has handed in and what it came to; latest first.

    Grades for what was not handed in are among it. With `state=missing` instead the homework that
    was due and of which there is neither work nor a grade, what was due last first.
    """
    by = acting(request)
    student_id = None if wanted.student_id is None else id_from(wanted.student_id) or 0
    if wanted.state == "missing":
        return _missing(by, student_id, wanted)
    rows = queries.own_submissions(by)
    if student_id is not None:
        rows = rows.filter(student_id=student_id)
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    return read_page(rows, LATEST_FIRST, wanted, SubmissionTold.of)


def _missing(by: Actor, student_id: int | None, wanted: Wanted) -> Page[MissingTold]:
    page = read_page(missing_for(by, student_id), LATEST_DUE_FIRST, wanted, lambda row: row)
    owing = owing_by_homework(page.items, by, student_id)
    items = [MissingTold.of(each, owing[each.pk]) for each in page.items]
    return Page(items=items, next=page.next)
