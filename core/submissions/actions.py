"""All that changes submissions. Each action is one transaction that also publishes its event."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from django.db import transaction

from core import clock
from core.classes.queries import check_not_archived, may_teach
from core.events.publish import publish
from core.files.attachments import attach_files, detach_files
from core.homework.models import Homework, HomeworkState
from core.homework.queries import get_homework, hold_homework
from core.people.actor import Actor
from core.refusals import ConflictError, InvalidError, NotAllowedError
from core.submissions import queries
from core.submissions.events import SubmissionGraded, SubmissionHandedIn, SubmissionReturned
from core.submissions.models import Review, Submission, SubmissionState, SubmissionVersion

CONTENT: Final = ("state", "version", "body", "handed_in_at", "due_at", "score", "comment")
NO_FILES: Final[tuple[int, ...]] = ()
VERDICT: Final = ("state", "score", "comment", "reviewed_at")


@transaction.atomic
def hand_in(
    *, homework_id: int, body: str, by: Actor, files: Iterable[int] = NO_FILES
) -> Submission:
    """Hand in work, or a new version of it; the same again changes nothing.

    `files` are ids of the actor's own; a version's file can go on into the next. ConflictError when
    it was graded already, NotAllowedError for who is not of the class.
    """
    homework = get_homework(homework_id, by=by)
    if not queries.is_student_of(homework, by):
        raise NotAllowedError("Only students of the class hand in work.")
    wanted = list(files)
    if not (body.strip() or wanted):
        raise InvalidError("body", "must not be empty where there are no files")
    check_not_archived(homework.school_class)
    _check_published(homework)
    submission = _submission_of(homework, by.user_id)
    if submission.state == SubmissionState.GRADED:
        raise ConflictError("It was graded already. Ask for it back to try again.")
    before = queries.files_handed_in(submission)
    if _is_same(submission, body) and {each.pk for each in before} == set(wanted):
        return submission
    version = _new_version(submission, body)
    _attach(version, wanted, by)
    publish(
        SubmissionHandedIn(
            centre_id=by.centre_id, submission_id=submission.pk, number=submission.version
        )
    )
    return submission


def _is_same(submission: Submission, body: str) -> bool:
    is_open = submission.version and submission.state == SubmissionState.HANDED_IN
    return bool(is_open and submission.body == body)


def _new_version(submission: Submission, body: str) -> SubmissionVersion:
    submission.state, submission.score = SubmissionState.HANDED_IN, None
    submission.version += 1
    submission.body, submission.comment = body, ""
    submission.handed_in_at, submission.due_at = clock.now(), submission.homework.due_at
    submission.save(update_fields=CONTENT)
    return SubmissionVersion.objects.create(
        centre_id=submission.centre_id,
        submission=submission,
        number=submission.version,
        body=body,
        handed_in_at=submission.handed_in_at,
    )


def _attach(version: SubmissionVersion, files: list[int], by: Actor) -> None:
    """Attach the files to a version; those that the one before has go on into this one."""
    before = version.submission.versions.filter(number=version.number - 1).first()
    if before:
        detach_files(files, subject=before.subject)
    attach_files(files, subject=version.subject, by=by)


@transaction.atomic
def grade_submission(
    *, submission_id: int, score: Decimal, comment: str, by: Actor, version: int | None = None
) -> Submission:
    """Grade what was handed in, or grade it anew; the grades before are kept.

    With `version`, ConflictError if a newer one was handed in meanwhile.
    """
    return _grade(_lock(submission_id, version, by), score, comment, by)


@transaction.atomic
def grade_unsubmitted(
    *, homework_id: int, student_id: int, score: Decimal, comment: str, by: Actor
) -> Submission:
    """Grade what a student of the class did on paper or aloud; the same again changes nothing.

    InvalidError for who does not attend the class, ConflictError when something was handed in.
    """
    homework = get_homework(homework_id, by=by)
    _check_may_grade(homework, by)
    if not queries.attends(homework, student_id):
        raise InvalidError("student_id", "does not attend the class")
    submission = _submission_of(homework, student_id)
    if submission.version:
        raise ConflictError("Something was handed in. Read that first.")
    return _grade(submission, score, comment, by)


def _grade(submission: Submission, score: Decimal, comment: str, by: Actor) -> Submission:
    """Write a grade down and publish it; the same as before changes nothing."""
    if not 0 <= score <= submission.homework.max_score:
        raise InvalidError("score", f"must be between 0 and {submission.homework.max_score}")
    now = (submission.state, submission.score, submission.comment)
    if now == (SubmissionState.GRADED, score, comment):
        return submission
    review = _review(submission, SubmissionState.GRADED, score, comment, by)
    publish(
        SubmissionGraded(centre_id=by.centre_id, submission_id=submission.pk, review_id=review.pk)
    )
    return submission


@transaction.atomic
def return_submission(
    *, submission_id: int, comment: str, by: Actor, version: int | None = None
) -> Submission:
    """Give a submission back for another try. Twice is once."""
    submission = _lock(submission_id, version, by)
    if submission.state == SubmissionState.RETURNED:
        return submission
    review = _review(submission, SubmissionState.RETURNED, None, comment, by)
    publish(
        SubmissionReturned(centre_id=by.centre_id, submission_id=submission.pk, review_id=review.pk)
    )
    return submission


def _submission_of(homework: Homework, student_id: int) -> Submission:
    """A student's submission, locked; without a version where there was none."""
    found, _ = Submission.objects.get_or_create(
        homework=homework,
        student_id=student_id,
        defaults={
            "centre_id": homework.centre_id,
            "handed_in_at": clock.now(),
            "due_at": homework.due_at,
        },
    )
    locked = Submission.objects.select_for_update(of=("self",))
    return locked.select_related("homework__school_class", "student").get(pk=found.pk)


def _lock(submission_id: int, version: int | None, by: Actor) -> Submission:
    """The submission, locked, of a class that the actor may teach."""
    submission = queries.get_submission(submission_id, by=by)
    _check_may_grade(submission.homework, by)
    locked = Submission.objects.select_for_update(of=("self",))
    submission = locked.select_related("homework__school_class", "student").get(pk=submission.pk)
    if version not in {None, submission.version}:
        raise ConflictError("A newer version was handed in meanwhile. Read that first.")
    return submission


def _check_may_grade(homework: Homework, by: Actor) -> None:
    """Refuse who does not teach the class, and what stands still: archived, or not published."""
    if not may_teach(homework.school_class, by):
        raise NotAllowedError("Only a teacher of the class can do this.")
    check_not_archived(homework.school_class)
    _check_published(homework)


def _check_published(homework: Homework) -> None:
    """Refuse what is not published any more, and keep it so until the transaction ends."""
    hold_homework([homework.pk])
    if not Homework.objects.filter(pk=homework.pk, state=HomeworkState.PUBLISHED).exists():
        raise ConflictError("The homework is not published.")


def _review(
    submission: Submission, state: SubmissionState, score: Decimal | None, comment: str, by: Actor
) -> Review:
    submission.state, submission.score, submission.comment = state, score, comment
    submission.reviewed_at = clock.now()
    submission.save(update_fields=VERDICT)
    return Review.objects.create(
        centre_id=by.centre_id,
        submission=submission,
        version=submission.version,
        score=score,
        comment=comment,
        by_id=by.user_id,
        at=submission.reviewed_at,
    )
