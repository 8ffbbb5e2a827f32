"""Asking for another email address: with the password, and within the limits of mails."""

from core.access import identity
from core.access.caller import Caller
from core.access.limits import NEW_ADDRESS, RESET_ADDRESS, trying
from core.people import addresses
from core.people.models import User
from core.refusals import InvalidError


def ask_for_address(*, email: str, password: str, by: User, caller: Caller) -> None:
    """Have a link mailed to a new address, if the person knows their password.

    Raises InvalidError for a wrong password and for the address that they have, TryLaterError after
    too many wrong passwords and after too many mails. Must not be used inside a transaction.
    """
    if not identity.confirm_password(user=by, password=password, caller=caller):
        raise InvalidError("password", "is not your password")
    with trying((NEW_ADDRESS, str(by.pk)), (RESET_ADDRESS, caller.address)) as this:
        addresses.ask_for_address(email=email, by=by)
        this.fail()  # each one that sends mails counts
