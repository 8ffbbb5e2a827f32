"""Whom a submission concerns: its student, the guardians who may know, the class's teachers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop

from core.people.models import Guardianship, User

CUSTODY: Final = gettext_noop("custody block")
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


def families_of(student_ids: Iterable[int], *, centre_id: int) -> Families:
    """The students and their guardians in a centre; two queries for all that are asked."""
    families: Families = defaultdict(dict)
    ids = set(student_ids)
    guardians = Guardianship.objects.filter(centre_id=centre_id, student_id__in=ids)
    rows = guardians.values_list(
        "student_id", "guardian_id", "custody_blocked", "guardian__is_active"
    )
    for student, guardian, blocked, active in rows:
        why_not = CUSTODY if blocked else "" if active else INACTIVE
        families[student][guardian] = Relative(guardian, "guardian", why_not)
    for student, active in User.objects.filter(pk__in=ids).values_list("pk", "is_active"):
        families[student][student] = Relative(student, "student", "" if active else INACTIVE)
    return families


def teachers_of(class_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """By class the teachers, each with why they are not told, or ''; one query."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = User.objects.filter(taught_classes__in=set(class_ids))
    for school_class, teacher, active in rows.values_list("taught_classes", "pk", "is_active"):
        found[school_class][teacher] = "" if active else INACTIVE
    return found
