"""All that changes who is guardian of whom, and what they may know."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core.audit.actions import record
from core.events.publish import publish
from core.live.doorbell import look_again
from core.live.entries import retract
from core.live.streams import own_stream
from core.people import queries
from core.people.actor import Actor
from core.people.events import (
    GuardianBlocked,
    GuardianChanged,
    GuardianLinked,
    GuardianUnblocked,
    GuardianUnlinked,
)
from core.people.models import Guardianship, Membership, Role
from core.refusals import ConflictError, InvalidError, NotFoundError


@transaction.atomic
def link_guardian(
    *, guardian_id: int, student_id: int, by: Actor, rights: Mapping[str, Any] | None = None
) -> Guardianship:
    """Make a parent of the centre guardian of a student of it; ConflictError when they are.

    `rights` are relationship, may_be_contacted and may_see_grades, where not as usual.
    """
    _check_is(guardian_id, Role.PARENT, "guardian_id", by)
    _check_is(student_id, Role.STUDENT, "student_id", by)
    if guardian_id == student_id:
        raise InvalidError("guardian_id", "must be another person than the student")
    made, is_new = Guardianship.objects.get_or_create(
        centre_id=by.centre_id,
        guardian_id=guardian_id,
        student_id=student_id,
        defaults=rights,
    )
    if not is_new:
        raise ConflictError("This person is guardian of that student already.")
    publish(GuardianLinked(**_ids(made)))
    _record("guardian.linked", made, by, **(rights or {}))
    return queries.get_guardianship(made.pk, by=by)


@transaction.atomic
def change_guardian(*, guardianship_id: int, changes: Mapping[str, Any], by: Actor) -> Guardianship:
    """Change relationship, may_be_contacted or may_see_grades; custody has actions of its own."""
    found = _lock(guardianship_id, by)
    before = {name: getattr(found, name) for name in changes}
    if before == dict(changes):
        return found
    for name, value in changes.items():
        setattr(found, name, value)
    found.save(update_fields=list(changes))
    publish(GuardianChanged(**_ids(found)))
    _record("guardian.changed", found, by, before=before, after=dict(changes))
    return found


@transaction.atomic
def unlink_guardian(*, guardianship_id: int, by: Actor) -> None:
    """End a guardianship: from now on they are nobody to the student."""
    found = _lock(guardianship_id, by)
    if found.custody_blocked:
        raise ConflictError("A custody block must be lifted before the guardianship can be ended.")
    _record("guardian.unlinked", found, by)
    publish(GuardianUnlinked(**_ids(found)))
    found.delete()
    _take_back(found)


@transaction.atomic
def block_guardian(*, guardianship_id: int, reason: str, by: Actor) -> Guardianship:
    """Let a guardian see and receive nothing about the student, at once. Twice is once."""
    found = _lock(guardianship_id, by)
    if found.custody_blocked:
        return found
    found.custody_blocked = True
    found.save(update_fields=["custody_blocked"])
    _take_back(found)
    publish(GuardianBlocked(**_ids(found)))
    _record("custody.blocked", found, by, reason=reason)
    return found


@transaction.atomic
def unblock_guardian(*, guardianship_id: int, reason: str, by: Actor) -> Guardianship:
    """Let a blocked guardian know about the student again. Twice is once."""
    found = _lock(guardianship_id, by)
    if not found.custody_blocked:
        return found
    found.custody_blocked = False
    found.save(update_fields=["custody_blocked"])
    publish(GuardianUnblocked(**_ids(found)))
    _record("custody.unblocked", found, by, reason=reason)
    return found


def _take_back(found: Guardianship) -> None:
    """Empty what the guardian's stream still holds about the student and no other ward of theirs.

    A browser that comes back asks for old entries too.
    """
    others = Guardianship.objects.filter(
        centre_id=found.centre_id, guardian_id=found.guardian_id, custody_blocked=False
    ).exclude(student_id=found.student_id)
    kept = [str(student_id) for student_id in others.values_list("student_id", flat=True)]
    about = {"student_ids": [str(found.student_id)], "centre_id": str(found.centre_id)}
    retract(own_stream(found.guardian_id), about, unless=("student_ids", kept))
    look_again([found.guardian_id])


def _check_is(person_id: int, role: Role, field: str, by: Actor) -> None:
    try:
        membership: Membership = queries.get_member(person_id, by=by)
    except NotFoundError:
        raise InvalidError(field, "must be a person of this centre") from None
    if role not in membership.roles:
        raise InvalidError(field, f"must be a {role} of this centre")


def _lock(guardianship_id: int, by: Actor) -> Guardianship:
    queries.get_guardianship(guardianship_id, by=by)
    rows = queries.guardianships_of(by).select_for_update(of=("self",))
    found = rows.filter(pk=guardianship_id).first()
    if found is None:
        raise NotFoundError("There is no such guardianship.")
    return found


def _ids(found: Guardianship) -> dict[str, int]:
    return {
        "centre_id": found.centre_id,
        "guardian_id": found.guardian_id,
        "student_id": found.student_id,
    }


def _record(what: str, found: Guardianship, by: Actor, **detail: Any) -> None:
    record(
        what,
        centre_id=by.centre_id,
        by=by.user_id,
        subject=f"user:{found.student_id}",
        detail={"guardian": found.guardian_id, **detail},
    )
