"""Mails about somebody's way in."""

from typing import Final

from django.utils.translation import gettext

from core.access.actions import make_code
from core.access.events import PasswordChanged, PasswordResetRequested
from core.events.claims import Claimed
from core.people.language import speaking_to
from core.people.models import User
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.handler import Batch, SkipError, on

NOBODY: Final = "nobody here has this email, or they may not sign in"


@on(PasswordResetRequested, batch=10, outside=True)
def mail_reset_code(batch: Batch[PasswordResetRequested]) -> None:
    """Mail a code for choosing a new password."""
    send_each(batch, reset_letter)


def reset_letter(delivery: Claimed[PasswordResetRequested]) -> Letter:
    """The mail with the code, which is made here: nothing else ever holds it."""
    person = _present(delivery.event.user_id)
    code = make_code(person)
    with speaking_to(person, None):
        subject = gettext("Choose a new password")
    return write(
        "password_reset",
        to=person,
        subject=subject,
        centre=None,
        path=f"/password/new#{code}",
        sensitive=True,
        code=code,
    )


@on(PasswordChanged, batch=10, outside=True)
def mail_password_changed(batch: Batch[PasswordChanged]) -> None:
    """Tell the person, who may not have been the one who did it."""
    send_each(batch, changed_letter)


def changed_letter(delivery: Claimed[PasswordChanged]) -> Letter:
    """The mail that says so."""
    person = _present(delivery.event.user_id)
    with speaking_to(person, None):
        subject = gettext("Your password was changed")
    return write(
        "password_changed",
        to=person,
        subject=subject,
        centre=None,
        path="/password/forgotten",
    )


def _present(user_id: int) -> User:
    """The person. SkipError where there is none, or they were shut out."""
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        raise SkipError(NOBODY)
    return person
