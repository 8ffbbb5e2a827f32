"""All that reads the settings of centres."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, F, Func, QuerySet

from core.isolation.scope import everywhere, within_centre
from core.people.actor import Actor
from core.people.models import Centre, Invitation, Membership, Role
from core.refusals import NotFoundError


def own_centre(by: Actor) -> Centre:
    """The centre that the actor acts in."""
    return Centre.objects.get(pk=by.centre_id)


def all_centres() -> QuerySet[Centre]:
    """Every centre: for operators, who see nothing else of it but how many people it has."""
    return Centre.objects.all()


def get_centre(centre_id: int) -> Centre:
    """One of all centres; NotFoundError otherwise."""
    found = all_centres().filter(pk=centre_id).first()
    if found is None:
        raise NotFoundError("There is no such centre.")
    return found


def counts_by_role(centre_ids: Collection[int]) -> dict[int, dict[Role, int]]:
    """How many people who may act there each of the centres has in each role; one query."""
    found: dict[int, dict[Role, int]] = defaultdict(dict)
    with everywhere():  # an operator belongs to no centre; numbers are all that comes of it
        members = Membership.objects.filter(centre_id__in=centre_ids, is_active=True)
        roles = members.annotate(role=Func(F("roles"), function="unnest")).values("role")
        rows = roles.values_list("centre_id", "role").annotate(people=Count("pk")).order_by()
        for centre_id, role, people in rows:
            found[centre_id][Role(role)] = people
    return dict(found)


def is_without_admin(centre: Centre) -> bool:
    """Whether nobody can act there as an admin, so that the centre cannot invite anybody."""
    with within_centre(centre.pk):
        admins = Membership.objects.filter(
            centre=centre, roles__contains=[Role.ADMIN], is_active=True, user__is_active=True
        )
        return not admins.exists()


def waiting_admins(centre: Centre) -> list[Invitation]:
    """The invitations of admins that wait to be accepted, the latest first."""
    with within_centre(centre.pk):
        asked = Invitation.objects.filter(
            centre=centre, roles__contains=[Role.ADMIN], accepted_at=None, revoked_at=None
        )
        return list(asked.order_by("-created_at"))
