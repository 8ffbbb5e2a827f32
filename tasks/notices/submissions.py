"""What people are told in the portal about submissions and grades."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.events.claims import Claimed
from core.homework.models import HomeworkState
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from core.submissions.audience import NO_GUARDIAN, NO_TEACHER, families_of, teachers_of
from core.submissions.events import SubmissionGraded, SubmissionHandedIn, SubmissionReturned
from core.submissions.models import Review, Submission, SubmissionState
from core.submissions.queries import latest_reviews
from tasks.handler import Batch, Recipients, kept, on
from tasks.notices.speaking import in_their_languages

NOT_PUBLISHED: Final = gettext_noop("the homework is not published any more")
NEWER_VERSION: Final = gettext_noop("a newer version was handed in")
NEWER_REVIEW: Final = gettext_noop("it was looked at again since")

Reviewed = SubmissionGraded | SubmissionReturned
R = TypeVar("R", SubmissionGraded, SubmissionReturned)
Found = dict[int, Submission]


def teachers(event: SubmissionHandedIn) -> Recipients:
    """The teachers of the class."""
    submission = Submission.objects.select_related("homework").get(pk=event.submission_id)
    class_id = submission.homework.school_class_id
    return [
        (str(key), why_not)
        for key, why_not in teachers_of([class_id], centre_id=event.centre_id)[class_id].items()
    ]


@on(SubmissionHandedIn, to=teachers, batch=100)
def notify_teachers(batch: Batch[SubmissionHandedIn]) -> None:
    """Tell each teacher of the class that somebody has handed in."""
    found = submissions_of(batch)
    teaching = teachers_of(
        (each.homework.school_class_id for each in found.values()),
        centre_id=batch.claimed[0].centre_id,
    )
    for each in batch.claimed:
        submission = found[each.event.submission_id]
        now = teaching[submission.homework.school_class_id].get(int(each.key), NO_TEACHER)
        newer = "" if submission.version == each.event.number else NEWER_VERSION
        if why_not := why_gone(submission) or newer or now:
            batch.skip(each, why_not)
    tell([_handed_in(found[each.event.submission_id], each) for each in told(batch)])


def _handed_in(submission: Submission, delivery: Claimed[SubmissionHandedIn]) -> Note:
    words = _("%(student)s handed in: %(title)s")
    if delivery.event.number > 1:
        words = _("%(student)s handed in anew: %(title)s")
    late = _("Late. ") if submission.is_late else ""
    names = {"student": submission.student.name, "title": submission.homework.title}
    return note_of(submission, delivery, words % names, late + submission.body)


def family(event: Reviewed) -> Recipients:
    """The student, and the guardians who may know."""
    submission = Submission.objects.get(pk=event.submission_id)
    relatives = families_of([submission.student_id], centre_id=event.centre_id)
    return [
        (str(each.person_id), each.why_not) for each in relatives[submission.student_id].values()
    ]


@on(SubmissionGraded, to=family, batch=100)
def notify_graded(batch: Batch[SubmissionGraded]) -> None:
    """Tell the student and the guardians who may know what it came to."""
    found = submissions_of(batch)
    skip_who_may_not(batch, found)
    tell([_graded(found[each.event.submission_id], each) for each in told(batch)])


def _graded(submission: Submission, delivery: Claimed[SubmissionGraded]) -> Note:
    title = graded_line(submission, int(delivery.key))
    note = note_of(submission, delivery, title, submission.comment, kind=NoticeKind.GRADE)
    return to_family(submission, note)


def graded_line(submission: Submission, person_id: int) -> str:
    """What it came to, in one line: to the student, or about them."""
    values = {
        "score": score_in_words(submission),
        "title": submission.homework.title,
        "student": submission.student.name,
    }
    if person_id == submission.student_id:
        return _("Graded %(score)s: %(title)s") % values
    return _("%(student)s: graded %(score)s: %(title)s") % values


def score_in_words(submission: Submission) -> str:
    """`87.5 of 100`."""
    score = f"{submission.score.normalize():f}" if submission.score is not None else ""
    return _("%(score)s of %(best)d") % {"score": score, "best": submission.homework.max_score}


@on(SubmissionReturned, to=family, batch=100)
def notify_returned(batch: Batch[SubmissionReturned]) -> None:
    """Tell the student and the guardians who may know that there is another try."""
    found = submissions_of(batch)
    skip_who_may_not(batch, found)
    tell([_returned(found[each.event.submission_id], each) for each in told(batch)])


def _returned(submission: Submission, delivery: Claimed[SubmissionReturned]) -> Note:
    words = _("Given back for another try: %(title)s")
    if int(delivery.key) != submission.student_id:
        words = _("%(student)s: given back for another try: %(title)s")
    names = {"student": submission.student.name, "title": submission.homework.title}
    return to_family(submission, note_of(submission, delivery, words % names, submission.comment))


def to_family(submission: Submission, note: Note) -> Note:
    """The notice as it is kept: for a guardian it is about the student."""
    if note.person_id == submission.student_id:
        return note
    return replace(note, student_ids=(submission.student_id,))


def submissions_of(batch: Batch[Any]) -> Found:
    """The batch's submissions with all that notices say of them."""
    ids = {each.event.submission_id for each in batch.claimed}
    return Submission.objects.select_related("homework__school_class", "student").in_bulk(ids)


def skip_who_may_not(batch: Batch[R], found: Found) -> None:
    """Skip what stands no more, and those who may not know any more."""
    centre_id = batch.claimed[0].centre_id
    families = families_of((each.student_id for each in found.values()), centre_id=centre_id)
    latest = latest_reviews(found)
    for each in batch.claimed:
        submission = found[each.event.submission_id]
        relative = families[submission.student_id].get(int(each.key))
        why_not = relative.why_not if relative else NO_GUARDIAN
        if why_not := why_outdated(submission, latest, each.event) or why_not:
            batch.skip(each, why_not)


def why_outdated(submission: Submission, latest: dict[int, Review], event: Reviewed) -> str:
    """Why what a teacher said is not told any more, or ''."""
    if latest[submission.pk].pk != event.review_id:
        return NEWER_REVIEW
    handed_in_again = submission.state == SubmissionState.HANDED_IN
    return why_gone(submission) or (NEWER_VERSION if handed_in_again else "")


def why_gone(submission: Submission) -> str:
    """Why nothing is told of it, or ''."""
    published = submission.homework.state == HomeworkState.PUBLISHED
    return "" if published else NOT_PUBLISHED


def told(batch: Batch[Any]) -> Iterator[Claimed[Any]]:
    """What is not skipped, each while the language of its person is spoken."""
    return in_their_languages(kept(batch), batch.claimed[0].centre_id)


def note_of(
    submission: Submission,
    delivery: Claimed[Any],
    title: str,
    body: str,
    *,
    kind: NoticeKind = NoticeKind.SUBMISSION,
) -> Note:
    """A notice that leads to the submission."""
    return Note(
        person_id=int(delivery.key),
        centre_id=submission.centre_id,
        event_id=delivery.event_id,
        kind=kind,
        title=title[:300],
        body=f"{submission.homework.school_class.name}: {body}"[:500],
        url=f"/submissions/{submission.pk}",
    )
