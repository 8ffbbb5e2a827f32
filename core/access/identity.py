"""Proving who one is: the password, then the code where there is a second factor."""

from dataclasses import dataclass
from typing import Final

from django.contrib.auth import authenticate

from core.access import limits, second_factor
from core.access.caller import Caller
from core.access.entries import note
from core.access.limits import ACCOUNT, ADDRESS, CODE, Try, trying
from core.people.models import User
from core.refusals import ConflictError, InvalidError, NotSignedInError


class WrongCredentialsError(NotSignedInError):
    """There is no such person, their password is another, or they are shut out."""


class CodeNeededError(NotSignedInError):
    """The password is right; a code of the second factor must come along."""

    def __init__(self, user: User) -> None:
        super().__init__("A code of the second factor is needed: send it as `code` too.")
        self.user = user


class WrongCodeError(NotSignedInError):
    """The code is wrong, out of date, or was used before."""


WRONG: Final = "The email or the password is wrong."


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs in, and with what."""

    email: str
    password: str
    code: str = ""


def identify(*, given: Credentials, caller: Caller) -> User:
    """The person whose credentials these are.

    Raises WrongCredentialsError, CodeNeededError, WrongCodeError, or TryLaterError: then nothing
    was looked at, and a right password would not help.
    """
    user = check_password(given=given, caller=caller)
    if second_factor.is_on(user):
        if not given.code:
            raise CodeNeededError(user)
        check_code(user=user, code=given.code, caller=caller)
    welcome(user=user, caller=caller)
    return user


def check_password(*, given: Credentials, caller: Caller) -> User:
    """The person with this email and password. Takes as long where there is none."""
    email = given.email.strip().lower()
    with trying((ACCOUNT, email), (ADDRESS, caller.address)) as this:
        user = authenticate(username=email, password=given.password)
        if user is None:
            this.fail()
    if isinstance(user, User):
        return user
    _note_failure(this, User.objects.filter(email=email).first(), caller, step="password")
    raise WrongCredentialsError(WRONG)


def check_code(*, user: User, code: str, caller: Caller) -> None:
    """Use up a code of the person's second factor. Raises WrongCodeError or TryLaterError."""
    with trying((CODE, str(user.pk)), (ADDRESS, caller.address)) as this:
        is_right = second_factor.use_code(user=user, code=code)
        if not is_right:
            this.fail()
    if not is_right:
        _note_failure(this, user, caller, step="code")
        raise WrongCodeError(second_factor.WRONG_CODE)
    limits.forgive(CODE, str(user.pk))


def confirm_password(*, user: User, password: str, caller: Caller) -> bool:
    """Whether the person who is signed in knows their password, within the limits of signing in."""
    with trying((ACCOUNT, user.email), (ADDRESS, caller.address)) as this:
        is_right = user.check_password(password)
        if not is_right:
            this.fail()
    if not is_right:
        _note_failure(this, user, caller, step="password")
    return is_right


def confirm_code(*, user: User, code: str, caller: Caller) -> None:
    """Use up a code of the person who is signed in.

    Raises InvalidError for a wrong one, TryLaterError, or ConflictError where they have no second
    factor.
    """
    if not second_factor.is_on(user):
        raise ConflictError("There is no second factor: it is off.")
    try:
        check_code(user=user, code=code, caller=caller)
    except WrongCodeError as error:
        raise InvalidError("code", str(error)) from error


def welcome(*, user: User, caller: Caller) -> None:
    """They have proved who they are: forget what failed before, and write it down."""
    limits.forgive(ACCOUNT, user.email)
    note("sign_in.done", user=user, by=user.pk, address=caller.address)


def _note_failure(this: Try, user: User | None, caller: Caller, *, step: str) -> None:
    note("sign_in.failed", user=user, address=caller.address, step=step)
    if this.has_locked:
        note("sign_in.locked", user=user, address=caller.address, step=step)
