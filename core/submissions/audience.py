"""Whom a submission concerns: its student, the guardians who may know, the class's teachers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop

from core.classes.models import Teaching
from core.people.models import Guardianship, Membership, User

CUSTODY: Final = gettext_noop("custody block")
NO_CONTACT: Final = gettext_noop("is not to be contacted")
NO_GRADES: Final = gettext_noop("may not see grades")
INACTIVE: Final = gettext_noop("account is not active")
NO_GUARDIAN: Final = gettext_noop("no longer a guardian")
NO_TEACHER: Final = gettext_noop("no longer a teacher of the class")


@dataclass(frozen=True, slots=True)
class Relative:
    """A student or a guardian of theirs, and why they are not told, or ''."""

    person_id: int
    part: str  # student or guardian
    why_not: str
    students: tuple[int, ...] = ()  # of whom a guardian is told


Families = dict[int, dict[int, Relative]]  # by student, then by person


def families_of(student_ids: Iterable[int], *, centre_id: int) -> Families:
    """The students and their guardians in a centre; three queries for all that are asked."""
    families: Families = defaultdict(dict)
    ids = set(student_ids)
    for row in Guardianship.objects.filter(centre_id=centre_id, student_id__in=ids):
        families[row.student_id][row.guardian_id] = Relative(
            row.guardian_id, "guardian", _why_not(row), (row.student_id,)
        )
    for student in ids:
        families[student][student] = Relative(student, "student", "")
    present = present_of({each for family in families.values() for each in family}, centre_id)
    return {
        student: {
            pk: each if each.why_not or pk in present else replace(each, why_not=INACTIVE)
            for pk, each in family.items()
        }
        for student, family in families.items()
    }


def _why_not(guardianship: Guardianship) -> str:
    if guardianship.custody_blocked:
        return CUSTODY
    if not guardianship.may_see_grades:
        return NO_GRADES
    return "" if guardianship.may_be_contacted else NO_CONTACT


def present_of(person_ids: Iterable[int], centre_id: int) -> set[int]:
    """Those of the people whose account is active, and who have not left the centre."""
    ended = Membership.objects.filter(user=OuterRef("pk"), centre_id=centre_id, is_active=False)
    present = User.objects.filter(~Exists(ended), pk__in=list(person_ids), is_active=True)
    return set(present.values_list("pk", flat=True))


def teachers_of(class_ids: Iterable[int], *, centre_id: int) -> dict[int, dict[int, str]]:
    """By class the teachers, each with why they are not told, or ''; two queries."""
    rows = Teaching.objects.filter(school_class__in=set(class_ids))
    pairs = list(rows.values_list("school_class_id", "teacher_id"))
    present = present_of((teacher for _, teacher in pairs), centre_id)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for school_class, teacher in pairs:
        found[school_class][teacher] = "" if teacher in present else INACTIVE
    return found
