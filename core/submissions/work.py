"""How students stand with a homework: what was handed in, and by whom nothing was."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.homework.models import Homework
from core.people.models import User
from core.submissions.bodies import (
    GradedStudentTold,
    Standing,
    SubmissionTold,
    WorkTold,
    standing_of,
)
from core.submissions.models import Submission


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
