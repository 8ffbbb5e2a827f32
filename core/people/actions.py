"""All that changes what people are in a centre, and whether they may act there."""

from collections.abc import Iterable

from django.db import transaction

from core import clock
from core.audit.actions import record
from core.events.publish import publish
from core.live.doorbell import look_again
from core.live.entries import retract
from core.live.streams import own_stream
from core.people import queries
from core.people.actor import Actor
from core.people.events import MemberDeactivated, MemberReactivated, RolesChanged
from core.people.models import Membership, Role
from core.refusals import ConflictError, InvalidError

LAST_ADMIN = "A centre needs an admin: make somebody else one first."


@transaction.atomic
def change_roles(*, person_id: int, roles: Iterable[Role], by: Actor) -> Membership:
    """Set what a person is in the centre; ConflictError when it would be left without an admin."""
    membership = _lock(person_id, by)
    before, after = list(membership.roles), in_order(roles)
    if not after:
        raise InvalidError("roles", "must name at least one role")
    if before == after:
        return membership
    if Role.ADMIN not in after:
        _check_another_admin(membership)
    membership.roles = after
    membership.save(update_fields=["roles"])
    look_again([person_id])
    publish(RolesChanged(centre_id=by.centre_id, person_id=person_id))
    record(
        "role.changed",
        centre_id=by.centre_id,
        by=by.user_id,
        subject=f"user:{person_id}",
        detail={"from": before, "to": after},
    )
    return membership


@transaction.atomic
def deactivate_member(*, person_id: int, by: Actor) -> Membership:
    """Let a person act in the centre no more, at once. Their account stays. Twice is once."""
    membership = _lock(person_id, by)
    if not membership.is_active:
        return membership
    _check_another_admin(membership)
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    queries.open_invitations(by).filter(email=membership.user.email).update(revoked_at=clock.now())
    retract(own_stream(person_id), {"centre_id": str(by.centre_id)})
    look_again([person_id])
    publish(MemberDeactivated(centre_id=by.centre_id, person_id=person_id))
    _record("member.deactivated", person_id, by)
    return membership


@transaction.atomic
def reactivate_member(*, person_id: int, by: Actor) -> Membership:
    """Let a person act in the centre again, with the roles they had. Twice is once."""
    membership = _lock(person_id, by)
    if membership.is_active:
        return membership
    membership.is_active = True
    membership.save(update_fields=["is_active"])
    publish(MemberReactivated(centre_id=by.centre_id, person_id=person_id))
    _record("member.reactivated", person_id, by)
    return membership


def in_order(roles: Iterable[Role]) -> list[str]:
    """The roles without repeats, in the order in which they are listed in the code."""
    given = set(roles)
    return [role.value for role in Role if role in given]


def _check_another_admin(membership: Membership) -> None:
    """Refuse to go on where the member is the last admin who can act."""
    if Role.ADMIN not in membership.roles or not membership.is_active:
        return
    others = Membership.objects.filter(
        centre_id=membership.centre_id,
        roles__contains=[Role.ADMIN],
        is_active=True,
        user__is_active=True,
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise ConflictError(LAST_ADMIN)


def _lock(person_id: int, by: Actor) -> Membership:
    """The membership, locked together with those of all admins: two cannot leave at once."""
    queries.get_member(person_id, by=by)
    rows = Membership.objects.filter(centre_id=by.centre_id).select_for_update(of=("self",))
    admins = rows.filter(roles__contains=[Role.ADMIN]) | rows.filter(user_id=person_id)
    locked = {row.user_id: row for row in admins.select_related("user").order_by("pk")}
    return locked[person_id]


def _record(what: str, person_id: int, by: Actor) -> None:
    record(what, centre_id=by.centre_id, by=by.user_id, subject=f"user:{person_id}", detail={})
