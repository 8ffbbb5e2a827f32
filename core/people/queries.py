"""All that reads centres and people."""

from core.people.models import Membership


def memberships_of(user_id: int) -> list[Membership]:
    """A user's memberships with user and centre, in the centres' order of making."""
    return list(
        Membership.objects.filter(user_id=user_id)
        .select_related("centre", "user")
        .order_by("centre_id")
    )
