"""Whom a submission concerns: its student, the guardians who may know, the class's teachers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop

from core.people.models import Guardianship, User
from core.people.queries import ended_among

CUSTODY: Final = gettext_noop("custody block")
NO_CONTACT: Final = gettext_noop("is not to be contacted")
NO_GRADES: Final = gettext_noop("is not to see grades")
INACTIVE: Final = gettext_noop("account is not active")
NO_GUARDIAN: Final = gettext_noop("no longer a guardian")
NO_TEACHER: Final = gettext_noop("no longer a teacher of the class")


@dataclass(frozen=True, slots=True)
class Relative:
    """A student or a guardian of theirs, and why they are not told, or ''."""

    person_id: int
    part: str  # student or guardian
    why_not: str


Families = dict[int, dict[int, Relative]]  # by student, then by person


def families_of(student_ids: Iterable[int], *, centre_id: int, of_grades: bool = False) -> Families:
    """The students and their guardians in a centre; three queries for all that are asked.

    `of_grades`: what is told is a grade, which not every guardian may see.
    """
    families: Families = defaultdict(dict)
    ids = set(student_ids)
    guardians = Guardianship.objects.filter(centre_id=centre_id, student_id__in=ids)
    links = list(guardians.select_related("guardian"))
    ended = ended_among(ids | {link.guardian_id for link in links}, centre_id=centre_id)
    for link in links:
        why_not = _why_not(link, of_grades=of_grades)
        if not why_not and link.guardian_id in ended:
            why_not = INACTIVE
        relative = Relative(link.guardian_id, "guardian", why_not)
        families[link.student_id][link.guardian_id] = relative
    for student, active in User.objects.filter(pk__in=ids).values_list("pk", "is_active"):
        why_not = "" if active and student not in ended else INACTIVE
        families[student][student] = Relative(student, "student", why_not)
    return families


def _why_not(link: Guardianship, *, of_grades: bool) -> str:
    if link.custody_blocked:
        return CUSTODY
    if not link.may_be_contacted:
        return NO_CONTACT
    if of_grades and not link.may_see_grades:
        return NO_GRADES
    return "" if link.guardian.is_active else INACTIVE


def teachers_of(class_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """By class the teachers, each with why they are not told, or ''; one query."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = User.objects.filter(taught_classes__in=set(class_ids))
    for school_class, teacher, active in rows.values_list("taught_classes", "pk", "is_active"):
        found[school_class][teacher] = "" if active else INACTIVE
    return found
