"""What there is already of the people that some rows name: read in a handful of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core import clock
from core.classes.models import Enrolment, SchoolClass
from core.imports.columns import Row
from core.isolation.scope import everywhere
from core.people.models import Guardianship, Invitation, Membership, Role, User

Pair = tuple[str, str]


@dataclass(slots=True)
class Person:
    """Somebody whom rows name, as they are or, after earlier rows, will be."""

    name: str
    user_id: int | None = None  # none yet for who is new
    membership_id: int | None = None
    roles: set[Role] = field(default_factory=set)
    may_act: bool = True  # neither deactivated here nor as an account
    is_ours: bool = True  # belongs to no other centre, so that a file may change their name

    @property
    def must_be_asked(self) -> bool:
        """Whether they have an account and are no member here: nobody joins without a word."""
        return self.user_id is not None and self.membership_id is None


@dataclass(slots=True)
class World:
    """People by email, links and enrolments as pairs of emails and names."""

    people: dict[str, Person] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    links: dict[Pair, Guardianship | str] = field(default_factory=dict)  # (guardian, student)
    enrolments: set[Pair] = field(default_factory=set)  # (class, student)
    left: set[Pair] = field(default_factory=set)  # enrolments that ended: files end none
    asked: set[str] = field(default_factory=set)  # who has an invitation that is still good
    rows: dict[tuple[str, ...], int] = field(default_factory=dict)  # those seen, by content
    names: dict[str, tuple[str, int]] = field(default_factory=dict)  # by email, who said so first


def read_world(centre_id: int, rows: Iterable[Row]) -> World:
    """What there is in the centre of everything that the rows name."""
    emails = {row[column] for row in rows for column in ("student_email", "guardian_email")}
    world = World()
    world.people = _people(centre_id, emails - {""})
    classes = SchoolClass.objects.filter(centre_id=centre_id, archived_at=None)
    world.classes = dict(classes.values_list("name", "pk"))
    ids = [person.user_id for person in world.people.values() if person.user_id]
    links = Guardianship.objects.filter(centre_id=centre_id, student_id__in=ids)
    for link in links.select_related("guardian", "student"):
        world.links[link.guardian.email, link.student.email] = link
    enrolments = Enrolment.objects.filter(centre_id=centre_id, student_id__in=ids)
    pairs = enrolments.values_list("school_class__name", "student__email")
    world.enrolments = set(pairs.filter(until=None))
    world.left = set(pairs.exclude(until=None)) - world.enrolments
    world.asked = _asked(centre_id, world)
    return world


def _asked(centre_id: int, world: World) -> set[str]:
    emails = [email for email, person in world.people.items() if person.must_be_asked]
    if not emails:
        return set()
    waiting = Invitation.objects.filter(
        centre_id=centre_id,
        email__in=emails,
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=clock.now(),
    )
    return set(waiting.values_list("email", flat=True))


def _people(centre_id: int, emails: set[str]) -> dict[str, Person]:
    users = {user.pk: user for user in User.objects.filter(email__in=emails)}
    found = {
        user.email: Person(name=user.name, user_id=user.pk, may_act=user.is_active)
        for user in users.values()
    }
    with everywhere():  # that somebody belongs elsewhere is all that is learned of it
        elsewhere = Membership.objects.filter(user_id__in=users).exclude(centre_id=centre_id)
        for user_id in elsewhere.values_list("user_id", flat=True):
            found[users[user_id].email].is_ours = False
    for membership in Membership.objects.filter(centre_id=centre_id, user_id__in=users):
        person = found[users[membership.user_id].email]
        person.membership_id = membership.pk
        person.roles = {Role(role) for role in membership.roles}
        person.may_act = person.may_act and membership.is_active
    return found
