"""Mails about people's way in and their addresses. Each link is made as its mail is written."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import clock
from core.events.claims import Claimed
from core.people.addresses import issue_link as issue_address_link
from core.people.events import EmailChangeAsked, PersonInvited
from core.people.invitations import issue_link as issue_invitation_link
from core.people.language import speaking_to
from core.people.models import Centre, EmailChange, Invitation, InvitationState, Membership, User
from core.people.queries import account_of
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.handler import Batch, SkipError, on

NEWER = gettext_noop("a newer one took its place")
NOT_OPEN = gettext_noop("the invitation is not open any more")
OVER = gettext_noop("the change of address is over")
TAKEN = gettext_noop("another account has this address")


@on(PersonInvited, batch=10, outside=True)
def mail_invitation(batch: Batch[PersonInvited]) -> None:
    """Mail the invited person the link by which they join."""
    send_each(batch, invitation_letter)


def invitation_letter(delivery: Claimed[PersonInvited]) -> Letter:
    """The invitation's mail, with a new link; SkipError when it is not to be sent any more."""
    event = delivery.event
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("centre", "invited_by")
        .get(pk=event.invitation_id)
    )
    if invitation.sending != event.sending:
        raise SkipError(NEWER)
    if invitation.state_at(clock.now()) != InvitationState.OPEN:
        raise SkipError(NOT_OPEN)
    token = issue_invitation_link(invitation)
    invited = account_of(invitation.email) or User()
    person = User(name=invitation.name, email=invitation.email, language=invited.language)
    with speaking_to(person, invitation.centre):
        subject = _("Invitation to %(centre)s") % {"centre": invitation.centre.name}
    return write(
        "invitation",
        to=person,
        subject=subject,
        centre=invitation.centre,
        path=f"/join/{token}",
        sensitive=True,
        invitation=invitation,
    )


@on(EmailChangeAsked, batch=10, outside=True)
def mail_new_address(batch: Batch[EmailChangeAsked]) -> None:
    """Mail the new address the link that applies the change."""
    send_each(batch, new_address_letter)


def new_address_letter(delivery: Claimed[EmailChangeAsked]) -> Letter:
    """The mail to the new address; SkipError where it is taken, or not wanted any more."""
    change = _latest(delivery)
    if change.confirmed_at or change.expires_at <= clock.now():
        raise SkipError(OVER)
    if User.objects.filter(email=change.email).exists():
        raise SkipError(TAKEN)
    token = issue_address_link(change)
    person, centre = _at(change, change.email), _centre_of(change.person)
    with speaking_to(person, centre):
        subject = _("Confirm your new email address")
    return write(
        "address_new",
        to=person,
        subject=subject,
        centre=centre,
        path=f"/confirm-email/{token}",
        sensitive=True,
        change=change,
    )


@on(EmailChangeAsked, batch=10, outside=True)
def mail_old_address(batch: Batch[EmailChangeAsked]) -> None:
    """Tell the address that a person has that they want another."""
    send_each(batch, old_address_letter)


def old_address_letter(delivery: Claimed[EmailChangeAsked]) -> Letter:
    """The mail to the old address, also where the new one was confirmed before it could leave."""
    change = _latest(delivery)
    person, centre = _at(change, change.old_email), _centre_of(change.person)
    with speaking_to(person, centre):
        subject = _("Your email address is about to change")
    return write(
        "address_old",
        to=person,
        subject=subject,
        centre=centre,
        path="/account/email",
        change=change,
    )


def _latest(delivery: Claimed[EmailChangeAsked]) -> EmailChange:
    found = EmailChange.objects.select_for_update(of=("self",)).select_related("person")
    change = found.get(person_id=delivery.event.person_id)
    if change.sending != delivery.event.sending:
        raise SkipError(NEWER)
    return change


def _at(change: EmailChange, email: str) -> User:
    """The person, reached at this address."""
    return User(name=change.person.name, email=email, language=change.person.language)


def _centre_of(person: User) -> Centre:
    """A centre to write in the name of; a person's account belongs to none."""
    found = Membership.objects.filter(user=person, is_active=True).select_related("centre")
    first = found.order_by("centre_id").first()
    return first.centre if first else Centre(name="Schoolbell")
