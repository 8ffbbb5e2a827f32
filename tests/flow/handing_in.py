"""Work that students hand in, for the tests."""

from decimal import Decimal
from typing import Any

from core.homework.models import Homework
from core.submissions.actions import grade_submission, hand_in, return_submission
from core.submissions.models import Submission
from tests.flow.conftest import School
from tests.flow.people import STUDENT, TEACHER, client_of, post


def handed_in(
    school: School, homework: Homework, body: str = "One half.", who: str = STUDENT
) -> Submission:
    """What a student has handed in."""
    return hand_in(homework_id=homework.pk, body=body, by=school.actor(who))


def graded(school: School, submission: Submission, score: str = "87.5") -> Submission:
    """The same with a grade."""
    return grade_submission(
        submission_id=submission.pk,
        score=Decimal(score),
        comment="Well done.",
        by=school.actor(TEACHER),
    )


def returned(school: School, submission: Submission) -> Submission:
    """The same given back."""
    return return_submission(
        submission_id=submission.pk, comment="Show your working.", by=school.actor(TEACHER)
    )


def send(homework: Homework, body: str = "One half.", who: str = STUDENT) -> Any:
    """The answer to handing in over HTTP."""
    return post(client_of(who), f"/api/homework/{homework.pk}/submissions", {"body": body})


def grade_on_paper(
    homework: Homework, student_id: object, who: str = TEACHER, **given: object
) -> Any:
    """The answer to grading over HTTP what was not handed in."""
    body = {"student_id": str(student_id), "score": 80, **given}
    return post(client_of(who), f"/api/homework/{homework.pk}/grades", body)


def grade(submission_id: object, who: str = TEACHER, **given: object) -> Any:
    """The answer to grading over HTTP."""
    return post(client_of(who), f"/api/submissions/{submission_id}/grade", {"score": 80, **given})
