"""How many people hear of a homework."""

from collections import Counter
from dataclasses import dataclass

from core.homework.audience import audience_of


@dataclass(frozen=True, slots=True)
class Reach:
    """Counts of those who are told; each person counts once."""

    students: int
    guardians: int


def reach_of(homework_id: int) -> Reach:
    """Whom publishing would tell now, without those who may not know; one query."""
    parts = Counter(each.part for each in audience_of(homework_id) if not each.why_not)
    return Reach(students=parts["student"], guardians=parts["guardian"])
