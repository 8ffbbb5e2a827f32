"""What a line of the tables says: who may call a route."""

from dataclasses import dataclass, field
from typing import Final

from core.people.models import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a route: `roles` counts within the acting centre."""

    signed_in: bool = True
    member: bool = True
    operator: bool = False
    viewer: bool = False  # for who may look at how the system runs, and for operators
    outbox: bool = False  # sees events, deliveries and jobs of all centres, and chooses itself
    enrolled: bool = True  # those who must have a second factor come in only with it
    roles: frozenset[Role] = field(default_factory=lambda: frozenset(Role))


ANYONE: Final = Rule(signed_in=False, member=False)
SIGNED_IN: Final = Rule(member=False)  # also who belongs to no centre
ENROLLING: Final = Rule(member=False, enrolled=False)  # on the way to a second factor, too
MEMBER: Final = Rule()
TRACING: Final = Rule(member=False, outbox=True)  # what followed from what, wherever it was
OPERATOR: Final = Rule(member=False, operator=True, outbox=True)  # runs the system, in any centre
WATCHING: Final = Rule(member=False, viewer=True, outbox=True)  # looks at how it runs, only
LEARNING: Final = Rule(roles=frozenset({Role.STUDENT}))
TEACHING: Final = Rule(roles=frozenset({Role.TEACHER, Role.ADMIN}))
MANAGING: Final = Rule(roles=frozenset({Role.STAFF, Role.ADMIN}))
OFFICE: Final = Rule(roles=frozenset({Role.STAFF, Role.HEAD, Role.ADMIN}))
REVIEWING: Final = Rule(roles=frozenset({Role.HEAD, Role.ADMIN}))
ADMINS: Final = Rule(roles=frozenset({Role.ADMIN}))
OVERSEEING: Final = Rule(roles=frozenset({Role.TEACHER, Role.STAFF, Role.HEAD, Role.ADMIN}))
