"""How many people hear of a homework."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from core.events.models import Delivery, DeliveryState
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


def mails_left(publication_id: UUID | None) -> int:
    """How many mails have been sent of a publication."""
    sent = Delivery.objects.filter(
        event_id=publication_id, handler__startswith="email.", state=DeliveryState.DONE
    )
    return sent.exclude(key="").count()
