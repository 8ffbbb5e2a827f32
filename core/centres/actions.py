"""All that changes centres. Each action is one transaction with its event and its audit entry."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core.audit.actions import record
from core.centres.colour import is_colour, is_legible
from core.centres.events import CentreChanged, CentreOpened
from core.centres.queries import get_centre, is_without_admin, waiting_admins
from core.centres.zones import all_zones
from core.events.publish import publish
from core.isolation.scope import within_centre
from core.people.actor import Actor
from core.people.invitations import invite_person, resend_invitation
from core.people.models import Centre, Invitation, Role, User
from core.refusals import ConflictError, InvalidError, NotFoundError


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """Whom an operator asks to run a centre."""

    name: str
    email: str


@transaction.atomic
def open_centre(*, slug: str, by: int, **settings: Any) -> Centre:
    """Make a centre; InvalidError for a name in addresses that is taken, and as when changing.

    `by` is the operator's user id: who opens centres belongs to none.
    """
    check_settings(settings)
    centre, is_new = Centre.objects.get_or_create(slug=slug, defaults=settings)
    if not is_new:
        raise InvalidError("slug", "is taken by another centre")
    publish(CentreOpened(centre_id=centre.pk, slug=slug))
    record("centre.opened", centre_id=centre.pk, by=by, subject=f"centre:{centre.pk}")
    return centre


@transaction.atomic
def open_centre_with(*, admin: FirstAdmin, slug: str, by: User, **settings: Any) -> Centre:
    """Make a centre and ask its first admin in by mail, or neither; as `open_centre` otherwise."""
    centre = open_centre(slug=slug, by=by.pk, **settings)
    invite_first_admin(centre_id=centre.pk, admin=admin, by=by)
    return centre


@transaction.atomic
def invite_first_admin(*, centre_id: int, admin: FirstAdmin, by: User) -> Invitation:
    """Ask somebody to run a centre that nobody runs; ConflictError where somebody does.

    Who was asked before and has not come is asked again by this, with a new link.
    """
    Centre.objects.select_for_update(no_key=True).filter(pk=centre_id).first()
    centre = get_centre(centre_id)
    if not is_without_admin(centre):
        raise ConflictError("This centre has an admin, who invites all others.")
    acting = Actor(by.pk, by.name, centre_id, frozenset())
    asked = [each.pk for each in waiting_admins(centre) if each.email == admin.email.lower()]
    with within_centre(centre_id, person_id=by.pk):
        if asked:
            return resend_invitation(invitation_id=asked[0], by=acting)
        return invite_person(email=admin.email, name=admin.name, roles=[Role.ADMIN], by=acting)


@transaction.atomic
def change_centre(*, centre_id: int, by: int, **settings: Any) -> Centre:
    """Change what is given: name, short_name, timezone, language, colour.

    InvalidError for a time zone that is none, or a colour that cannot be told from black or white.
    `by` is a user id: an admin's of the centre, or an operator's.
    """
    check_settings(settings)
    centre = Centre.objects.select_for_update(no_key=True).filter(pk=centre_id).first()
    if centre is None:
        raise NotFoundError("There is no such centre.")
    before = {field: getattr(centre, field) for field in settings}
    changed = sorted(field for field, value in settings.items() if before[field] != value)
    if not changed:
        return centre
    for field in changed:
        setattr(centre, field, settings[field])
    centre.save(update_fields=changed)
    publish(CentreChanged(centre_id=centre.pk, fields=tuple(changed)))
    record(
        "centre.changed",
        centre_id=centre.pk,
        by=by,
        subject=f"centre:{centre.pk}",
        detail={field: {"from": before[field], "to": settings[field]} for field in changed},
    )
    return centre


def check_settings(settings: dict[str, Any]) -> None:
    """Refuse a time zone that is none, and a colour that is none or cannot be seen."""
    if "timezone" in settings and settings["timezone"] not in all_zones():
        raise InvalidError("timezone", "must be a time zone like Europe/Madrid")
    if "colour" not in settings:
        return
    if not is_colour(settings["colour"]):
        raise InvalidError("colour", "must be a colour like #0f6e77")
    if not is_legible(settings["colour"]):
        raise InvalidError("colour", "must stand out from white and from black, by 3 to 1")
