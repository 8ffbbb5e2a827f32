"""What is sent and told of submissions and grades."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field

from core import clock
from core.classes.bodies import Reference
from core.files.bodies import FileIds, FileTold
from core.files.models import File
from core.homework.models import Homework, HomeworkState
from core.http.bodies import BodyText, Given, Id, Told
from core.people.models import User
from core.submissions.models import Review, Submission, SubmissionState, SubmissionVersion

Standing = Literal["open", "missing", "handed_in", "returned", "graded"]
Score = Annotated[Decimal, Field(ge=0, max_digits=6, decimal_places=2)]
VersionNumber = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]


class SubmissionGiven(Given):
    """Work as its student hands it in: text, files or both."""

    body: BodyText = ""
    files: FileIds = ()


class GradeGiven(Given):
    """A grade; with `version` only if no newer one was handed in meanwhile."""

    score: Score
    comment: BodyText = ""
    version: VersionNumber | None = None


class PaperGradeGiven(Given):
    """A grade for work of which nothing was handed in."""

    student_id: Reference
    score: Score
    comment: BodyText = ""


class ReturnGiven(Given):
    """Why it is given back."""

    comment: BodyText = ""
    version: VersionNumber | None = None


class GradedStudentTold(Told):
    """A student."""

    id: Id
    name: str

    @classmethod
    def of(cls, student: User) -> Self:
        """The student in words."""
        return cls(id=str(student.pk), name=student.name)


class SubmissionTold(Told):
    """A submission as it stands; `comment` is the teacher's.

    Of what was graded without being handed in, `version` is 0 and `handed_in_at` null.
    """

    id: Id
    homework_id: Id
    homework_title: str
    class_id: Id
    student: GradedStudentTold
    state: SubmissionState
    version: int
    body: str
    handed_in_at: datetime | None
    is_late: bool
    score: float | None
    max_score: int
    comment: str
    reviewed_at: datetime | None

    @classmethod
    def of(cls, submission: Submission) -> Self:
        """The submission in words; its homework and student should be selected."""
        return cls(
            id=str(submission.pk),
            homework_id=str(submission.homework_id),
            homework_title=submission.homework.title,
            class_id=str(submission.homework.school_class_id),
            student=GradedStudentTold.of(submission.student),
            state=SubmissionState(submission.state),
            version=submission.version,
            body=submission.body,
            handed_in_at=submission.came_at,
            is_late=submission.is_late,
            score=score_of(submission.score),
            max_score=submission.homework.max_score,
            comment=submission.comment,
            reviewed_at=submission.reviewed_at,
        )


class VersionTold(Told):
    """A submission as it was handed in once."""

    number: int
    body: str
    handed_in_at: datetime
    files: list[FileTold]

    @classmethod
    def of(cls, version: SubmissionVersion, files: Iterable[File]) -> Self:
        """The version in words."""
        return cls(
            number=version.number,
            body=version.body,
            handed_in_at=version.handed_in_at,
            files=[FileTold.of(each) for each in files],
        )


class ReviewTold(Told):
    """What a teacher said of a version; without a score it was returned."""

    version: int
    score: float | None
    comment: str
    by: str
    at: datetime

    @classmethod
    def of(cls, review: Review) -> Self:
        """The review in words; its author should be selected."""
        return cls(
            version=review.version,
            score=score_of(review.score),
            comment=review.comment,
            by=review.by.name,
            at=review.at,
        )


class SubmissionHistory(SubmissionTold):
    """A submission with all that came before, oldest first."""

    versions: list[VersionTold]
    reviews: list[ReviewTold]


class MissingTold(Told):
    """A homework that was due, and by whom of one's own nothing was handed in."""

    homework_id: Id
    homework_title: str
    class_id: Id
    due_at: datetime
    max_score: int
    students: list[GradedStudentTold]

    @classmethod
    def of(cls, homework: Homework, students: Iterable[User]) -> Self:
        """The homework and the students in words."""
        return cls(
            homework_id=str(homework.pk),
            homework_title=homework.title,
            class_id=str(homework.school_class_id),
            due_at=homework.due_at,
            max_score=homework.max_score,
            students=[GradedStudentTold.of(each) for each in students],
        )


class WorkTold(Told):
    """How a student stands with a homework."""

    student: GradedStudentTold
    standing: Standing
    submission: SubmissionTold | None


class ColumnTold(Told):
    """A homework of a grade book."""

    id: Id
    title: str
    due_at: datetime
    max_score: int

    @classmethod
    def of(cls, homework: Homework) -> Self:
        """The homework in words."""
        return cls(
            id=str(homework.pk),
            title=homework.title,
            due_at=homework.due_at,
            max_score=homework.max_score,
        )


class CellTold(Told):
    """A student's work for a homework."""

    homework_id: Id
    submission_id: Id | None
    standing: Standing
    score: float | None
    is_late: bool


class GradeRowTold(Told):
    """A student's line in a grade book, in the order of its homework."""

    student: GradedStudentTold
    cells: list[CellTold]


class GradeBookTold(Told):
    """A part of a class's grade book: students by name, all published homework by due date."""

    class_id: Id
    class_name: str
    homework: list[ColumnTold]
    items: list[GradeRowTold]
    next: str | None


def score_of(score: Decimal | None) -> float | None:
    """A score as JSON has it."""
    return None if score is None else float(score)


def standing_of(homework: Homework, submission: Submission | None) -> Standing:
    """The word for how a student stands with a homework."""
    if submission is not None:
        return SubmissionState(submission.state).value  # type: ignore[return-value]  # the same words
    is_due = homework.due_at <= clock.now() and homework.state == HomeworkState.PUBLISHED
    return "missing" if is_due else "open"
