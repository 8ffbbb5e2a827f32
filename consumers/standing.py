"""What decides over the streams that people may read, to see whether it has changed."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from typing import Any, Final

from core.classes.models import Enrolment, Teaching
from core.isolation.scope import everywhere
from core.people.models import Guardianship, Membership

Standing = frozenset[Hashable]

NONE: Final[Standing] = frozenset()


def standings_of(user_ids: Collection[int]) -> dict[int, Standing]:
    """Roles, classes, wards and their classes, of people; a few queries for any number."""
    found: dict[int, set[Hashable]] = defaultdict(set)
    with everywhere():  # a socket is of no centre
        for place, rows in enumerate(_all_that_counts(user_ids)):
            for user_id, *facts in rows:
                found[user_id].add((place, *map(_fixed, facts)))
    return {user_id: frozenset(facts) for user_id, facts in found.items()}


def _all_that_counts(user_ids: Collection[int]) -> tuple[Iterable[tuple[Any, ...]], ...]:
    members = Membership.objects.filter(user_id__in=user_ids, is_active=True)
    attending = Enrolment.objects.filter(student_id__in=user_ids, until=None)
    teaching = Teaching.objects.filter(teacher_id__in=user_ids)
    wards = Guardianship.objects.filter(guardian_id__in=user_ids, custody_blocked=False)
    of_wards = wards.filter(student__enrolments__until=None)
    return (
        members.values_list("user_id", "centre_id", "roles"),
        attending.values_list("student_id", "school_class_id"),
        teaching.values_list("teacher_id", "school_class_id"),
        wards.values_list("guardian_id", "student_id"),
        of_wards.values_list("guardian_id", "student__enrolments__school_class_id"),
    )


def _fixed(fact: object) -> Hashable:
    return tuple(fact) if isinstance(fact, list) else fact
