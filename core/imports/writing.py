"""Writing what rows change: whole batches in a few statements, within one transaction."""

import secrets
from collections.abc import Mapping, Sequence

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from core import clock
from core.classes.models import Enrolment
from core.events.publish import publish
from core.imports.columns import Row
from core.imports.models import PeopleImport, RowOutcome
from core.imports.planning import Asked, Changes, Plan
from core.imports.world import World, read_world
from core.people.actions import in_order
from core.people.events import PersonInvited
from core.people.invitations import VALID_FOR
from core.people.models import Guardianship, Invitation, Membership, User


def carry_out(found: PeopleImport, rows: Sequence[Row]) -> dict[int, RowOutcome]:
    """Write rows in the present transaction; returns what became of each.

    Should the database refuse one of them, the others are written all the same, each row whole.
    """
    try:
        with transaction.atomic():
            return _write(found, rows)
    except (DataError, IntegrityError) as error:
        if len(rows) == 1:
            rows[0].refuse("", _("could not be written: %(why)s"), why=type(error).__name__)
            return {rows[0].number: RowOutcome.REFUSED}
    outcomes: dict[int, RowOutcome] = {}
    for row in rows:
        row.faults.clear()
        row.notes.clear()
        outcomes |= carry_out(found, [row])
    return outcomes


def _write(found: PeopleImport, rows: Sequence[Row]) -> dict[int, RowOutcome]:
    plan = Plan(read_world(found.centre_id, rows), moves=found.moves)
    plan.add(rows)
    new = _write_people(found, plan.world, plan.changes)
    _write_links(found, plan.world, plan.changes)
    _enrol(found, plan.world, plan.changes)
    asked = dict(plan.changes.asked)
    if found.invites:
        asked |= {each.email: Asked(each.name, plan.world.people[each.email].roles) for each in new}
    _invite(found, asked)
    return plan.outcomes


def _write_people(found: PeopleImport, world: World, changes: Changes) -> list[User]:
    """Accounts and memberships; returns the accounts that are new."""
    new = [
        User(email=email, name=world.people[email].name, password=_no_password())
        for email in sorted(changes.joined)
        if world.people[email].user_id is None
    ]
    for user in User.objects.bulk_create(new):
        world.people[user.email].user_id = user.pk
    Membership.objects.bulk_create(
        Membership(user_id=_id(world, email), centre_id=found.centre_id, roles=_roles(world, email))
        for email in sorted(changes.joined)
    )
    Membership.objects.bulk_update(
        [
            Membership(pk=world.people[email].membership_id, roles=_roles(world, email))
            for email in sorted(changes.empowered - changes.joined)
        ],
        ["roles"],
    )
    known = changes.renamed - {user.email for user in new}
    User.objects.bulk_update(
        [User(pk=_id(world, email), name=world.people[email].name) for email in sorted(known)],
        ["name"],
    )
    return new


def _write_links(found: PeopleImport, world: World, changes: Changes) -> None:
    Guardianship.objects.bulk_create(
        Guardianship(
            centre_id=found.centre_id,
            guardian_id=_id(world, guardian),
            student_id=_id(world, student),
            relationship=relationship,
        )
        for (guardian, student), relationship in sorted(changes.linked.items())
    )
    changed = []
    for pair, relationship in sorted(changes.related.items()):
        link = world.links[pair]
        if isinstance(link, Guardianship):
            link.relationship = relationship
            changed.append(link)
    Guardianship.objects.bulk_update(changed, ["relationship"])


def _enrol(found: PeopleImport, world: World, changes: Changes) -> None:
    Enrolment.objects.bulk_create(
        Enrolment(
            centre_id=found.centre_id,
            school_class_id=world.classes[name],
            student_id=_id(world, student),
        )
        for name, student in sorted(changes.enrolled)
    )


def _invite(found: PeopleImport, asked: Mapping[str, Asked]) -> None:
    """Ask in by mail, unless they are asked already; what has run out makes room."""
    now = clock.now()
    open_ones = Invitation.objects.filter(
        centre_id=found.centre_id, email__in=asked, accepted_at=None, revoked_at=None
    )
    open_ones.filter(expires_at__lte=now).update(revoked_at=now)
    waiting = set(open_ones.values_list("email", flat=True))
    made = Invitation.objects.bulk_create(
        Invitation(
            centre_id=found.centre_id,
            email=email,
            name=each.name,
            roles=in_order(each.roles),
            invited_by_id=found.by_id,
            created_at=now,
            expires_at=now + VALID_FOR,
        )
        for email, each in sorted(asked.items())
        if email not in waiting
    )
    for each in made:
        publish(PersonInvited(centre_id=found.centre_id, invitation_id=each.pk, sending=1))


def _no_password() -> str:
    """What no password fits, as Django marks it; of its own for each, as sessions hang on it."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_hex(20)


def _id(world: World, email: str) -> int:
    user_id = world.people[email].user_id
    if user_id is None:
        raise LookupError("A person was to be written first.")
    return user_id


def _roles(world: World, email: str) -> list[str]:
    return in_order(world.people[email].roles)
