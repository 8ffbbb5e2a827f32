"""JSON bodies of signing in."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import StringConstraints

from core.access.families import Pair
from core.access.sign_outs import Ended, Place
from core.http.bodies import STORABLE, Given, Told
from core.people.api import Me

Email = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254), STORABLE
]
# Hashing takes time, and the longer the text the more of it.
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000), STORABLE]
Code = Annotated[str, StringConstraints(max_length=50), STORABLE]
Refresh = Annotated[str, StringConstraints(min_length=1, max_length=2000), STORABLE]


class CredentialsGiven(Given):
    """Who signs in, and with what; `code` is of the second factor, where one is on."""

    email: Email
    password: Password
    code: Code = ""


class RefreshGiven(Given):
    """A refresh token that was not used before."""

    refresh: Refresh


class PasswordsGiven(Given):
    """The password that counts, and the one that shall."""

    old_password: Password
    new_password: Password


class EmailGiven(Given):
    """Whose password is forgotten."""

    email: Email


class ResetGiven(Given):
    """The code out of the mail, and the new password."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=200), STORABLE]
    new_password: Password


class CodeGiven(Given):
    """A code of the second factor: of the app, or for recovery."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=50), STORABLE]


class SignedIn(Told):
    """Who has just signed in, and the token from now on: signing in makes the old one useless."""

    user: Me
    csrf_token: str


class Tokens(Told):
    """Tokens of an API client; `expires_in` are the access token's seconds."""

    access: str
    refresh: str
    expires_in: int

    @classmethod
    def of(cls, pair: Pair) -> Self:
        """The tokens in words."""
        return cls(access=pair.access, refresh=pair.refresh, expires_in=pair.expires_in)


class PlaceTold(Told):
    """Where somebody is signed in: a `browser`, or a `client` with tokens."""

    id: str
    kind: str
    user_agent: str
    started_at: datetime | None
    last_used_at: datetime | None
    is_current: bool

    @classmethod
    def of(cls, place: Place) -> Self:
        """The place in words."""
        return cls(
            id=place.id,
            kind=place.kind,
            user_agent=place.user_agent,
            started_at=place.started_at,
            last_used_at=place.last_used_at,
            is_current=place.is_current,
        )


class EndedTold(Told):
    """How many sign-ins were ended."""

    sessions: int
    clients: int

    @classmethod
    def of(cls, ended: Ended) -> Self:
        """The count in words."""
        return cls(sessions=ended.sessions, clients=ended.clients)


class Said(Told):
    """What a person may be told."""

    detail: str


class SecondFactorTold(Told):
    """The state of somebody's second factor."""

    is_on: bool
    is_required: bool
    recovery_codes_left: int


class SecretTold(Told):
    """What an authenticator app needs; shown until it is confirmed."""

    secret: str
    url: str
    qr_svg: str


class RecoveryCodes(Told):
    """Codes that count once each, for the day the app is lost. They are told this once."""

    recovery_codes: list[str]
