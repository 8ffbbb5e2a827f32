"""Who looks at a trace, and what they may see of it."""

from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest

from core.classes.queries import SEE_ALL
from core.events.models import EventRecord
from core.people.acting import own_memberships
from core.people.models import Role
from core.people.signed_in import signed_in


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with what they are in each of their centres."""

    user_id: int
    watches: bool  # sees ids and states of everything
    roles: dict[int, frozenset[Role]]  # by centre

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The viewer behind a request. The event says which centre counts, so none is chosen."""
        person = signed_in(request)
        memberships = own_memberships(request)
        roles = {each.centre_id: frozenset(map(Role, each.roles)) for each in memberships}
        return cls(person.pk, person.watches, roles)

    def knows(self, event: EventRecord) -> bool:
        """Whether they may see all of it: the centre's staff, and the teacher who acted."""
        roles = self.roles.get(event.centre_id, frozenset())
        acted = Role.TEACHER in roles and event.actor_id == self.user_id
        return acted or not roles.isdisjoint(SEE_ALL)
