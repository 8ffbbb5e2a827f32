"""How students stand with a homework: what was handed in, and by whom nothing was."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from core import clock
from core.classes.models import Enrolment
from core.homework.models import Homework, HomeworkState
from core.people.actor import Actor
from core.people.models import User
from core.submissions.bodies import (
    GradedStudentTold,
    Standing,
    SubmissionTold,
    WorkTold,
    standing_of,
)
from core.submissions.models import Submission
from core.submissions.queries import own_and_wards


@dataclass(frozen=True, slots=True)
class Work:
    """A student, and what they handed in, if anything."""

    homework: Homework
    student: User
    submission: Submission | None

    @property
    def standing(self) -> Standing:
        """The word for it."""
        return standing_of(self.homework, self.submission)

    def tell(self) -> WorkTold:
        """The work in words."""
        found = self.submission
        return WorkTold(
            student=GradedStudentTold.of(self.student),
            standing=self.standing,
            submission=SubmissionTold.of(found) if found else None,
        )


def work_of(homework: Homework, students: Iterable[User]) -> list[Work]:
    """The students' work for a homework; one query for all of them."""
    people = list(students)
    found = {}
    for each in Submission.objects.filter(homework=homework, student__in=people):
        found[each.student_id] = each
    for person in people:
        if submission := found.get(person.pk):
            submission.homework, submission.student = homework, person
    return [Work(homework, person, found.get(person.pk)) for person in people]


def missing_for(by: Actor, student_id: int | None = None) -> QuerySet[Homework]:
    """What was due for the actor or a ward of theirs, and of which there is nothing.

    Of classes that are over nothing can be handed in any more, nor is it asked for.
    """
    done = Submission.objects.filter(
        homework_id=OuterRef(OuterRef("pk")), student_id=OuterRef("student_id")
    )
    owing = _own_enrolments(by, student_id).filter(school_class_id=OuterRef("school_class_id"))
    return Homework.objects.filter(
        Exists(owing.filter(~Exists(done))),
        centre_id=by.centre_id,
        state=HomeworkState.PUBLISHED,
        school_class__archived_at=None,
        due_at__lte=clock.now(),
    )


def owing_by_homework(
    homework: Sequence[Homework], by: Actor, student_id: int | None = None
) -> dict[int, list[User]]:
    """Who of the actor and their wards owes each of `missing_for`, by name; two queries for all."""
    ids = [each.pk for each in homework]
    work = Submission.objects.filter(own_and_wards(by), homework__in=ids)
    done = set(work.values_list("homework_id", "student_id"))
    enrolments = _own_enrolments(by, student_id).select_related("student")
    attending: dict[int, list[User]] = defaultdict(list)
    for each in enrolments.order_by("student__name", "student_id"):
        attending[each.school_class_id].append(each.student)
    return {
        each.pk: [who for who in attending[each.school_class_id] if (each.pk, who.pk) not in done]
        for each in homework
    }


def _own_enrolments(by: Actor, student_id: int | None) -> QuerySet[Enrolment]:
    """The present ones of the actor and their wards, or of one of them."""
    found = Enrolment.objects.filter(own_and_wards(by), centre_id=by.centre_id, until=None)
    return found if student_id is None else found.filter(student_id=student_id)
