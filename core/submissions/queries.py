"""All that reads submissions. Another centre's do not exist here."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.classes.models import Enrolment
from core.classes.queries import SEE_ALL, may_oversee, students_of, taught_by
from core.files.attachments import files_of
from core.files.models import File
from core.homework.models import Homework, HomeworkState
from core.people.actor import Actor
from core.people.models import Guardianship, User
from core.refusals import NotFoundError
from core.submissions.models import Review, Submission, SubmissionState, SubmissionVersion

MOST_TO_GRADE: Final = 10  # homework, on the first page


def own_and_wards(by: Actor) -> Q:
    """The rows whose student is the actor, or a ward whose work they may see."""
    return Q(student_id=by.user_id) | Q(student_id__in=_wards(by))


def self_or_ward(by: Actor) -> Q:
    """The actor, and the wards whose work they may see."""
    return Q(pk=by.user_id) | Q(pk__in=_wards(by))


def _wards(by: Actor) -> QuerySet[Guardianship, int]:
    wards = Guardianship.objects.filter(
        centre_id=by.centre_id,
        guardian_id=by.user_id,
        custody_blocked=False,
        may_see_grades=True,
    )
    return wards.values_list("student_id", flat=True)


def submissions_for(by: Actor) -> QuerySet[Submission]:
    """The submissions the actor may see; those who do not teach only while it is published."""
    found = Submission.objects.filter(centre_id=by.centre_id).select_related(
        "homework__school_class", "student"
    )
    if by.is_any(*SEE_ALL):
        return found
    return found.filter(
        Q(homework__school_class__in=taught_by(by))
        | (Q(homework__state=HomeworkState.PUBLISHED) & own_and_wards(by))
    )


def own_submissions(by: Actor) -> QuerySet[Submission]:
    """What the actor, or a ward of theirs, has handed in or has a grade for."""
    return submissions_for(by).filter(own_and_wards(by))


def get_submission(submission_id: int, *, by: Actor) -> Submission:
    """One of `submissions_for`; NotFoundError otherwise."""
    found = submissions_for(by).filter(pk=submission_id).first()
    if found is None:
        raise NotFoundError("There is no such submission.")
    return found


def is_student_of(homework: Homework, by: Actor) -> bool:
    """Whether the actor is to hand in work for a homework."""
    return attends(homework, by.user_id)


def attends(homework: Homework, person_id: int) -> bool:
    """Whether somebody is a student of a homework's class."""
    return Enrolment.objects.filter(
        school_class_id=homework.school_class_id, student_id=person_id, until=None
    ).exists()


def get_student(homework: Homework, student_id: int) -> User:
    """A student of a homework's class; NotFoundError for who is none."""
    found = students_of(homework.school_class).filter(pk=student_id).first()
    if found is None:
        raise NotFoundError("There is no such student.")
    return found


def students_for(homework: Homework, *, by: Actor) -> QuerySet[User]:
    """Who is to hand in work, has, or has a grade, as far as the actor may know of them."""
    attends = Enrolment.objects.filter(
        school_class_id=homework.school_class_id, student_id=OuterRef("pk"), until=None
    )
    handed_in = Submission.objects.filter(homework=homework, student_id=OuterRef("pk"))
    students = User.objects.filter(Exists(attends) | Exists(handed_in))
    if may_oversee(homework.school_class, by):
        return students
    return students.filter(self_or_ward(by))


def handed_in_for(homework: Homework) -> QuerySet[Submission]:
    """All that was handed in for a homework."""
    found = Submission.objects.filter(homework=homework, version__gt=0)
    return found.select_related("homework")


def without_work(homework: Homework) -> QuerySet[User]:
    """The students of the class, by name, of whom there is neither work nor a grade."""
    found = Submission.objects.filter(homework=homework, student_id=OuterRef("pk"))
    return students_of(homework.school_class).filter(~Exists(found))


def beside(student: User, homework: Homework) -> tuple[int | None, int | None]:
    """Those of `without_work` before and after a student."""
    others = without_work(homework).exclude(pk=student.pk).values_list("pk", flat=True)
    earlier = Q(name__lt=student.name) | Q(name=student.name, pk__lt=student.pk)
    return others.filter(earlier).last(), others.exclude(earlier).first()


def next_unsubmitted(student: User, homework: Homework) -> int | None:
    """The next of `without_work` by name, beginning again after the last."""
    _, after = beside(student, homework)
    others = without_work(homework).exclude(pk=student.pk)
    return after or others.values_list("pk", flat=True).first()


def submission_of(homework: Homework, student_id: int) -> int | None:
    """The id of a student's submission for a homework, if there is one."""
    found = Submission.objects.filter(homework=homework, student_id=student_id)
    return found.values_list("pk", flat=True).first()


def neighbours_of(submission: Submission) -> tuple[int | None, int | None]:
    """The submissions before and after this one, by their students' names."""
    waiting = Submission.objects.filter(homework_id=submission.homework_id)
    ids = list(waiting.order_by("student__name", "pk").values_list("pk", flat=True))
    here = ids.index(submission.pk)
    before = ids[here - 1] if here else None
    return before, ids[here + 1] if here + 1 < len(ids) else None


def next_to_grade(submission: Submission) -> int | None:
    """The next submission by name that waits for a grade, beginning again after the last."""
    waiting = Submission.objects.filter(
        homework_id=submission.homework_id, state=SubmissionState.HANDED_IN
    )
    ordered = waiting.exclude(pk=submission.pk).order_by("student__name", "pk")
    name = submission.student.name
    later = ordered.filter(Q(student__name__gt=name) | Q(student__name=name, pk__gt=submission.pk))
    found = later.first() or ordered.first()
    return found.pk if found else None


def latest_reviews(submission_ids: Iterable[int]) -> dict[int, Review]:
    """By submission what was said last; one query for all that are asked."""
    reviews = Review.objects.filter(submission__in=list(submission_ids)).order_by("pk")
    return {each.submission_id: each for each in reviews}


def to_grade(by: Actor) -> list[Homework] | None:
    """The homework of one's classes with work that waits for a grade (`waiting`); None if none."""
    waits = Count("submissions", filter=Q(submissions__state=SubmissionState.HANDED_IN))
    homework = Homework.objects.filter(
        school_class__in=taught_by(by), state=HomeworkState.PUBLISHED
    ).annotate(waiting=waits)
    found = homework.filter(waiting__gt=0).select_related("school_class").order_by("due_at", "pk")
    return list(found[:MOST_TO_GRADE]) or None


def get_version(version_id: int, *, by: Actor) -> SubmissionVersion:
    """A version of one of `submissions_for`; NotFoundError otherwise."""
    versions = SubmissionVersion.objects.filter(submission__in=submissions_for(by))
    found = versions.filter(pk=version_id).first()
    if found is None:
        raise NotFoundError("There is no such submission.")
    return found


def files_handed_in(submission: Submission | None) -> list[File]:
    """The files of the latest version."""
    if submission is None:
        return []
    version = submission.versions.filter(number=submission.version).first()
    return files_of(version.subject) if version else []
