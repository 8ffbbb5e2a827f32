"""Writing and reading the tokens of API clients: JSON Web Tokens, HS256 (RFC 7519)."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID, uuid4

import jwt
from django.conf import settings

from core import clock
from core.refusals import NotSignedInError

ACCESS_FOR: Final = timedelta(minutes=10)
REFRESH_FOR: Final = timedelta(days=14)  # from the last refresh
FAMILY_FOR: Final = timedelta(days=90)  # from the sign-in, however often it is refreshed

ALGORITHM: Final = "HS256"
ISSUER: Final = "schoolbell"
LONGEST: Final = 2_000  # characters; ours have some 300
# RFC 8725, 3.12: each kind has rules of its own that the other breaks.
Kind = Literal["access", "refresh"]
REQUIRED: Final = ("iss", "aud", "sub", "fam", "jti", "iat", "exp")


class TokenError(NotSignedInError):
    """The token is none of ours, not of this kind, out of date, or has been ended."""

    def __init__(self) -> None:
        super().__init__("The token does not count, or not any more.")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says."""

    user_id: int
    family_id: UUID
    ident: str
    expires_at: datetime


def make(kind: Kind, *, user_id: int, family_id: UUID, until: datetime) -> str:
    """A new token, unlike any other."""
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": kind,
        "sub": str(user_id),
        "fam": str(family_id),
        "jti": uuid4().hex,
        "iat": clock.now(),
        "exp": until,
    }
    return jwt.encode(claims, settings.JWT_KEY, algorithm=ALGORITHM)


def read(token: str, kind: Kind) -> Claims:
    """What a token of this kind says. Raises TokenError unless it is ours and in date."""
    if len(token) > LONGEST:
        raise TokenError
    try:
        said = jwt.decode(
            token,
            settings.JWT_KEY,
            algorithms=[ALGORITHM],
            audience=kind,
            issuer=ISSUER,
            # Another process's clock may be a little ahead, so `iat` is not compared with ours.
            options={"require": list(REQUIRED), "strict_aud": True, "verify_iat": False},
        )
        return Claims(
            user_id=int(said["sub"]),
            family_id=UUID(said["fam"]),
            ident=str(said["jti"]),
            expires_at=datetime.fromtimestamp(said["exp"], UTC),
        )
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise TokenError from error


def hash_of(token: str) -> str:
    """What is kept of a token. It is random enough for a plain hash."""
    return hashlib.sha256(token.encode()).hexdigest()
