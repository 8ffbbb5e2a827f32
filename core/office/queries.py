"""All that reads the audit of a centre."""

from django.db.models import Q, QuerySet

from core.audit.models import AuditEntry
from core.people.actor import Actor


def audit_of(by: Actor, *, what: str = "", person_id: int | None = None) -> QuerySet[AuditEntry]:
    """The centre's audit: entries of a kind (`role.changed`, or `role` for all of those), and those
    that a person made or that are about them."""
    found = AuditEntry.objects.filter(centre_id=by.centre_id)
    if what:
        found = found.filter(Q(what=what) | Q(what__startswith=f"{what}."))
    if person_id is not None:
        about = Q(subject=f"user:{person_id}") | Q(detail__guardian=person_id)
        found = found.filter(Q(by_id=person_id) | about)
    return found
