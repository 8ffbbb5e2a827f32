"""What people are told in the portal about themselves and each other."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.events.claims import Claimed
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from core.people.events import GuardianLinked, InvitationAccepted, RolesChanged
from core.people.language import speaking_to
from core.people.models import Guardianship, Invitation, Membership, User
from tasks.handler import Batch, on

NO_MEMBER = gettext_noop("is not active in the centre any more")
NO_GUARDIAN = gettext_noop("may not know about the student any more")


@on(InvitationAccepted)
def notify_joined(batch: Batch[InvitationAccepted]) -> None:
    """Tell who invited somebody that they have joined."""
    ids = [each.event.invitation_id for each in batch.claimed]
    found = Invitation.objects.select_related("invited_by", "centre").in_bulk(ids)
    people = User.objects.in_bulk([each.event.person_id for each in batch.claimed])
    notes = []
    for each in batch.claimed:
        invitation, joined = found[each.event.invitation_id], people[each.event.person_id]
        with speaking_to(invitation.invited_by, invitation.centre):
            title = _("%(name)s has joined") % {"name": joined.name}
            body = _("The invitation was accepted.")
        note = _note(each, invitation.invited_by_id, (title, body), url=f"/people/{joined.pk}")
        notes.append(note)
    tell(notes)


@on(RolesChanged)
def notify_roles(batch: Batch[RolesChanged]) -> None:
    """Tell a person what they are in the centre by now."""
    people = [each.event.person_id for each in batch.claimed]
    centre_id = batch.claimed[0].centre_id
    rows = Membership.objects.filter(centre_id=centre_id, user_id__in=people, is_active=True)
    found = {row.user_id: row for row in rows.select_related("user", "centre")}
    notes = []
    for each in batch.claimed:
        member = found.get(each.event.person_id)
        if member is None:
            batch.skip(each, NO_MEMBER)
            continue
        with speaking_to(member.user, member.centre):
            title = _("Your roles have changed")
            body = _("You are now: %(roles)s.") % {"roles": ", ".join(member.role_labels)}
        notes.append(_note(each, member.user_id, (title, body)))
    tell(notes)


@on(GuardianLinked)
def notify_linked(batch: Batch[GuardianLinked]) -> None:
    """Tell a person whose guardian they are by now."""
    centre_id = batch.claimed[0].centre_id
    guardians = [each.event.guardian_id for each in batch.claimed]
    rows = Guardianship.objects.filter(
        centre_id=centre_id, guardian_id__in=guardians, custody_blocked=False
    ).select_related("guardian", "student", "centre")
    found = {(row.guardian_id, row.student_id): row for row in rows}
    notes = []
    for each in batch.claimed:
        link = found.get((each.event.guardian_id, each.event.student_id))
        if link is None:
            batch.skip(each, NO_GUARDIAN)
            continue
        named = {"name": link.student.name}
        with speaking_to(link.guardian, link.centre):
            title = _("You are guardian of %(name)s") % named
            body = _("From now on you see what concerns %(name)s.") % named
        about = (link.student_id,)
        notes.append(_note(each, link.guardian_id, (title, body), student_ids=about))
    tell(notes)


def _note(
    delivery: Claimed[Any],
    person_id: int,
    said: tuple[str, str],
    *,
    url: str = "/",
    student_ids: tuple[int, ...] = (),
) -> Note:
    return Note(
        person_id=person_id,
        centre_id=delivery.centre_id,
        event_id=delivery.event_id,
        kind=NoticeKind.ACCOUNT,
        title=said[0],
        body=said[1],
        url=url,
        student_ids=student_ids,
    )
