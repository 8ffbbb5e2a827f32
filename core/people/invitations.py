"""All that changes invitations: asking somebody in, asking again, taking back, accepting."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction

from core import clock
from core.audit.actions import record
from core.events.publish import publish
from core.isolation.scope import within_centre
from core.people import queries
from core.people.actions import in_order
from core.people.actor import Actor
from core.people.events import InvitationAccepted, InvitationRevoked, PersonInvited
from core.people.models import Invitation, InvitationState, Membership, Role, User
from core.people.tokens import hash_of, new_token
from core.refusals import ConflictError, InvalidError, NotFoundError

VALID_FOR: Final = timedelta(days=7)


@transaction.atomic
def invite_person(*, email: str, name: str, roles: Iterable[Role], by: Actor) -> Invitation:
    """Ask somebody in by email; ConflictError for a member who can sign in, or a second time."""
    email, wanted = email.strip().lower(), in_order(roles)
    if not wanted:
        raise InvalidError("roles", "must name at least one role")
    _check_is_no_member(email, by)
    now = clock.now()
    waiting = queries.open_invitations(by).filter(email=email)
    waiting.filter(expires_at__lte=now).update(revoked_at=now)
    invitation, is_new = Invitation.objects.get_or_create(
        centre_id=by.centre_id,
        email=email,
        accepted_at=None,
        revoked_at=None,
        defaults={
            "name": name,
            "roles": wanted,
            "invited_by_id": by.user_id,
            "created_at": now,
            "expires_at": now + VALID_FOR,
        },
    )
    if not is_new:
        raise ConflictError("This person has been invited already: send that invitation again.")
    _publish_sending(invitation)
    _record("person.invited", invitation, by, email=email, roles=wanted)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation_id: int, by: Actor) -> Invitation:
    """Mail an open or expired invitation anew: with a new link, and the old one is dead."""
    invitation = _lock(invitation_id, by)
    now = clock.now()
    if invitation.state_at(now) in (InvitationState.ACCEPTED, InvitationState.REVOKED):
        raise ConflictError("Only an open invitation can be sent again.")
    _check_is_no_member(invitation.email, by)
    invitation.sending += 1
    invitation.token_hash = None
    invitation.expires_at = now + VALID_FOR
    invitation.save(update_fields=["sending", "token_hash", "expires_at"])
    _publish_sending(invitation)
    _record("invitation.resent", invitation, by, email=invitation.email)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation_id: int, by: Actor) -> Invitation:
    """Take an invitation back: its link is dead. Twice is once."""
    invitation = _lock(invitation_id, by)
    if invitation.revoked_at:
        return invitation
    if invitation.accepted_at:
        raise ConflictError("This invitation was accepted; deactivate the person instead.")
    invitation.revoked_at = clock.now()
    invitation.token_hash = None
    invitation.save(update_fields=["revoked_at", "token_hash"])
    publish(InvitationRevoked(centre_id=by.centre_id, invitation_id=invitation.pk))
    _record("invitation.revoked", invitation, by, email=invitation.email)
    return invitation


def issue_link(invitation: Invitation) -> str:
    """A new token for the invitation's mail, in the present transaction; the one before is dead."""
    token = new_token()
    invitation.token_hash = hash_of(token)
    invitation.save(update_fields=["token_hash"])
    return token


def accept_invitation(*, token: str, account: User | None, name: str, password: str) -> User:
    """Join the centre: as `account`, which has shown its password, or with a new one.

    An account that never had a password gets this one: whoever has the link has its mailbox. Raises
    NotFoundError for a link that leads nowhere, ConflictError for an account that may not join.
    """
    found = queries.invitation_behind(token)
    if found is None:
        raise NotFoundError("This invitation is no longer valid.")
    with within_centre(found.centre_id), transaction.atomic():
        invitation = Invitation.objects.select_for_update().get(pk=found.pk)
        if invitation.token_hash != hash_of(token) or invitation.accepted_at:
            raise NotFoundError("This invitation is no longer valid.")
        person = account or _account_for(invitation, name, password)
        _join(invitation, person)
        invitation.accepted_at = clock.now()
        invitation.token_hash = None
        invitation.save(update_fields=["accepted_at", "token_hash"])
        publish(
            InvitationAccepted(
                centre_id=invitation.centre_id, invitation_id=invitation.pk, person_id=person.pk
            )
        )
        record(
            "invitation.accepted",
            centre_id=invitation.centre_id,
            by=person.pk,
            subject=f"user:{person.pk}",
            detail={"roles": invitation.roles},
        )
    return person


def _account_for(invitation: Invitation, name: str, password: str) -> User:
    person = User.objects.select_for_update().filter(email=invitation.email).first()
    if person is None:
        return User.objects.create_user(invitation.email, password, name=name)
    if person.has_usable_password() or not person.is_active:
        raise ConflictError("There is an account with this address: sign in with its password.")
    person.name = name
    person.set_password(password)
    person.save(update_fields=["name", "password"])
    return person


def _join(invitation: Invitation, person: User) -> None:
    membership, _ = Membership.objects.select_for_update().get_or_create(
        user=person, centre_id=invitation.centre_id, defaults={"roles": invitation.roles}
    )
    if not membership.is_active:
        raise ConflictError("You cannot join this centre just now: ask its office.")
    roles = in_order(Role(role) for role in (*membership.roles, *invitation.roles))
    if roles != membership.roles:
        membership.roles = roles
        membership.save(update_fields=["roles"])


def _check_is_no_member(email: str, by: Actor) -> None:
    """Refuse members; but who was brought in by an import and has no password yet may be asked."""
    member = queries.members_of(by).filter(user__email=email).first()
    if member is None:
        return
    if not member.is_active:
        raise ConflictError("This person was deactivated here: reactivate them instead.")
    if member.user.has_usable_password():
        raise ConflictError("This person belongs to the centre already.")


def _lock(invitation_id: int, by: Actor) -> Invitation:
    queries.get_invitation(invitation_id, by=by)
    return Invitation.objects.select_for_update().get(pk=invitation_id, centre_id=by.centre_id)


def _publish_sending(invitation: Invitation) -> None:
    publish(
        PersonInvited(
            centre_id=invitation.centre_id,
            invitation_id=invitation.pk,
            sending=invitation.sending,
        )
    )


def _record(what: str, invitation: Invitation, by: Actor, **detail: object) -> None:
    record(
        what,
        centre_id=by.centre_id,
        by=by.user_id,
        subject=f"invitation:{invitation.pk}",
        detail=detail,
    )
