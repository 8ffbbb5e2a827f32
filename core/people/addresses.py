"""All that changes a person's email address: asked for, then applied by a mailed link."""

from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction

from core import clock
from core.events.event import NO_CENTRE
from core.events.publish import publish
from core.people import queries
from core.people.events import EmailChangeAsked, EmailChanged
from core.people.models import EmailChange, User
from core.people.tokens import hash_of, new_token
from core.refusals import ConflictError, InvalidError, NotFoundError

VALID_FOR: Final = timedelta(days=1)


@transaction.atomic
def ask_for_address(*, email: str, by: User) -> None:
    """Have a link mailed to a new address. It says the same for one that somebody else has.

    InvalidError for the address that they have. The caller checked the password, and how often it
    is asked: core/access/new_address.py.
    """
    email = email.strip().lower()
    if email == by.email:
        raise InvalidError("email", "is your address already")
    wanted = {"email": email, "old_email": by.email, "expires_at": clock.now() + VALID_FOR}
    change, is_new = EmailChange.objects.select_for_update().get_or_create(
        person=by, defaults=wanted
    )
    if not is_new:
        EmailChange.objects.filter(pk=change.pk).update(
            **wanted, token_hash=None, confirmed_at=None, sending=change.sending + 1
        )
        change.refresh_from_db()
    publish(EmailChangeAsked(centre_id=NO_CENTRE, person_id=by.pk, sending=change.sending))


def issue_link(change: EmailChange) -> str:
    """A new token for the mail to the new address, in the present transaction."""
    token = new_token()
    change.token_hash = hash_of(token)
    change.save(update_fields=["token_hash"])
    return token


def confirm_address(*, token: str) -> User:
    """Apply the change behind a link. NotFoundError when it leads nowhere, ConflictError when the
    address was taken meanwhile."""
    try:
        return _apply(token)
    except IntegrityError:
        raise ConflictError("This address cannot be used any more.") from None


@transaction.atomic
def _apply(token: str) -> User:
    found = queries.email_change_behind(token)
    if found is None:
        raise NotFoundError("This link is no longer valid.")
    change = EmailChange.objects.select_for_update().filter(pk=found.pk, token_hash=hash_of(token))
    if not change.exists():
        raise NotFoundError("This link is no longer valid.")
    person = User.objects.select_for_update().get(pk=found.person_id)
    person.email = found.email
    person.save(update_fields=["email"])
    change.update(token_hash=None, confirmed_at=clock.now())
    publish(EmailChanged(centre_id=NO_CENTRE, person_id=person.pk))
    return person
