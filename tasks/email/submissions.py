"""Mails about grades."""

from core.events.claims import Claimed
from core.notices.models import NoticeKind
from core.notices.wanted import why_unwanted
from core.people.language import speaking_to
from core.people.models import User
from core.submissions.audience import NO_GUARDIAN, families_of
from core.submissions.events import SubmissionGraded
from core.submissions.models import Submission
from core.submissions.queries import latest_reviews
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.handler import Batch, Recipients, SkipError, on
from tasks.notices.submissions import family, graded_line, score_in_words, why_outdated


def family_less_unwanted(event: SubmissionGraded) -> Recipients:
    """The student and the guardians who may know, less those who want no mail about grades."""
    student_id = Submission.objects.values_list("student_id", flat=True).get(pk=event.submission_id)
    relatives = list(family(event))
    unwanted = unwanted_of(student_id, [int(key) for key, _ in relatives])
    return [(key, why_not or unwanted.get(int(key), "")) for key, why_not in relatives]


def unwanted_of(student_id: int, people: list[int]) -> dict[int, str]:
    """Why some of a student's family want no mail about their grades."""
    concerned = {each: None if each == student_id else [student_id] for each in people}
    return why_unwanted(NoticeKind.GRADE, concerned)


@on(SubmissionGraded, to=family_less_unwanted, batch=10, outside=True, waits=True)
def mail_graded(batch: Batch[SubmissionGraded]) -> None:
    """Mail each of the family what it came to."""
    send_each(batch, grade_letter)


def grade_letter(delivery: Claimed[SubmissionGraded]) -> Letter:
    """The mail that tells one person of a grade; SkipError when it does not stand any more."""
    submission = Submission.objects.select_related(
        "homework__school_class", "homework__centre", "student"
    ).get(pk=delivery.event.submission_id)
    if reason := why_not_now(submission, delivery):
        raise SkipError(reason)
    person = User.objects.get(pk=delivery.key)
    with speaking_to(person, submission.homework.centre):
        subject, score = graded_line(submission, person.pk), score_in_words(submission)
    return write(
        "submission_graded",
        to=person,
        subject=subject,
        centre=submission.homework.centre,
        path=f"/submissions/{submission.pk}",
        kind=NoticeKind.GRADE,
        submission=submission,
        score=score,
    )


def why_not_now(submission: Submission, delivery: Claimed[SubmissionGraded]) -> str:
    """Why this person is not told any more, or ''."""
    outdated = why_outdated(submission, latest_reviews([submission.pk]), delivery.event)
    families = families_of([submission.student_id], centre_id=submission.centre_id)
    relative = families[submission.student_id].get(int(delivery.key))
    why_not = relative.why_not if relative else NO_GUARDIAN
    unwanted = unwanted_of(submission.student_id, [int(delivery.key)])
    return outdated or why_not or unwanted.get(int(delivery.key), "")
