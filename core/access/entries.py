"""What the audit log is told about signing in."""

from typing import Any

from core.audit.actions import record
from core.events.event import NO_CENTRE
from core.isolation.scope import everywhere
from core.people.models import Membership, User


def note(what: str, *, user: User | None, by: int | None = None, **detail: Any) -> None:
    """Write down, in each of the person's centres, what was done; for nobody known, in none."""
    subject = f"user:{user.pk}" if user else ""
    for centre_id in _centres_of(user) or [NO_CENTRE]:
        record(what, centre_id=centre_id, by=by, subject=subject, detail=detail)


def _centres_of(user: User | None) -> list[int]:
    """Asked for nobody too, so that it takes as long."""
    with everywhere():
        mine = Membership.objects.filter(user_id=user.pk if user else 0)
        return list(mine.order_by("centre_id").values_list("centre_id", flat=True))
