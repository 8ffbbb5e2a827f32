"""Who acts: a user, in a centre, with the roles they have there."""

from dataclasses import dataclass

from core.people.models import Membership, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """The `by=` of every action and query."""

    user_id: int
    name: str
    centre_id: int
    roles: frozenset[Role]

    def is_any(self, *roles: Role) -> bool:
        """Whether they have one of the roles."""
        return not self.roles.isdisjoint(roles)


def actor_of(membership: Membership) -> Actor:
    """The actor that a membership makes of its user; one query unless `user` is selected."""
    user = membership.user
    return Actor(
        user_id=user.pk,
        name=user.name,
        centre_id=membership.centre_id,
        roles=frozenset(Role(role) for role in membership.roles),
    )
