"""Changing a password, getting a new one by mail, and signing out everywhere."""

from dataclasses import dataclass

from django.contrib.auth import password_validation
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction

from core.access import limits, sign_outs
from core.access.caller import Caller
from core.access.entries import note
from core.access.events import PasswordChanged, PasswordResetRequested
from core.access.limits import ACCOUNT, RESET, RESET_ADDRESS, trying
from core.access.sign_outs import NONE_KEPT, Ended, Kept
from core.events.event import NO_CENTRE
from core.events.publish import publish
from core.http.bodies import id_from
from core.people.models import User
from core.refusals import InvalidError


@dataclass(frozen=True, slots=True)
class Change:
    """What a password becomes, and which sign-in outlives it."""

    new: str
    keep: Kept = NONE_KEPT


@transaction.atomic
def change_password(*, change: Change, by: User) -> Ended:
    """Give a person another password, and end their other sign-ins. The caller checked the old one.

    Raises InvalidError, naming all rules that the new one breaks.
    """
    check_rules(change.new, by)
    return _set(by, change, by_reset=False)


def request_reset(*, email: str, caller: Caller) -> None:
    """Have a mail sent with which a new password can be chosen.

    Nobody learns whether there is such a person: the same is done and written either way. Raises
    TryLaterError, for unknown emails too.
    """
    email = email.strip().lower()
    with trying((RESET, email), (RESET_ADDRESS, caller.address)) as this:
        this.fail()
        with transaction.atomic():
            user = User.objects.filter(email=email, is_active=True).first()
            note("password.reset_requested", user=user, address=caller.address)
            user_id = user.pk if user and user.has_usable_password() else 0
            publish(PasswordResetRequested(centre_id=NO_CENTRE, user_id=user_id))


def make_code(user: User) -> str:
    """A code with which the person can choose a password, once, within PASSWORD_RESET_TIMEOUT."""
    return f"{user.pk}-{default_token_generator.make_token(user)}"


@transaction.atomic
def reset_password(*, code: str, change: Change) -> User:
    """Give the person whom a mailed code names a new password, and end all of their sign-ins.

    Raises InvalidError for a code that does not count, and for a password that breaks the rules.
    """
    ident, _, token = code.strip().partition("-")
    user = User.objects.select_for_update().filter(pk=id_from(ident) or 0, is_active=True).first()
    if user is None or not default_token_generator.check_token(user, token):
        raise InvalidError("code", "This code is out of date or was used. Ask for a new mail.")
    check_rules(change.new, user)
    _set(user, change, by_reset=True)
    limits.forgive(ACCOUNT, user.email)
    return user


@transaction.atomic
def sign_out_everywhere(*, by: User) -> Ended:
    """End all of their sign-ins; open sockets close with their next heartbeat."""
    ended = sign_outs.end_all(user=by)
    note("sign_out.everywhere", user=by, by=by.pk, sessions=ended.sessions, clients=ended.clients)
    return ended


def check_rules(password: str, user: User) -> None:
    """Raises InvalidError with all rules that the password breaks."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        broken = " ".join(error.messages)
        raise InvalidError("new_password", broken) from error


def _set(user: User, change: Change, *, by_reset: bool) -> Ended:
    user.set_password(change.new)
    user.save(update_fields=["password"])
    ended = sign_outs.end_all(user=user, keep=change.keep)
    note("password.reset" if by_reset else "password.changed", user=user, by=user.pk)
    publish(PasswordChanged(centre_id=NO_CENTRE, user_id=user.pk, by_reset=by_reset))
    return ended
