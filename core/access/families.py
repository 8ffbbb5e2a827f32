"""Token families: an API client's sign-in, from its first tokens to its end."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from core import clock
from core.access import tokens
from core.access.entries import note
from core.access.models import TokenFamily
from core.access.tokens import TokenError
from core.people.models import User


@dataclass(frozen=True, slots=True)
class Pair:
    """What an API client gets; `expires_in` are the access token's seconds."""

    access: str
    refresh: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """The person whom a token names, and how long it does."""

    user: User
    family: TokenFamily
    expires_at: datetime


def start_family(*, user: User, agent: str) -> Pair:
    """The tokens of a new sign-in."""
    now = clock.now()
    family = TokenFamily(
        user=user,
        user_agent=agent,
        password_stamp=user.get_session_auth_hash(),
        created_at=now,
    )
    return _hand_out(family)


def rotate_tokens(*, refresh: str) -> Pair:
    """New tokens for a refresh token, which is then used up.

    Raises TokenError. A used one ends its family: somebody else may have the other copy. Of several
    at once, one gets new tokens, and the next finds the token used and ends them: whether it was an
    impatient client or a thief cannot be told, so a client must not send one twice.
    """
    claims = tokens.read(refresh, "refresh")
    pair = _rotate(claims, tokens.hash_of(refresh))
    if pair is None:
        raise TokenError
    return pair


@transaction.atomic
def _rotate(claims: tokens.Claims, refresh_hash: str) -> Pair | None:
    family = (
        TokenFamily.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=claims.family_id, user_id=claims.user_id)
        .first()
    )
    if family is None or not is_alive(family):
        return None
    if family.refresh_hash != refresh_hash:
        family.revoked_at = clock.now()
        family.save(update_fields=["revoked_at"])
        note("tokens.reused", user=family.user)
        return None
    return _hand_out(family)


def _hand_out(family: TokenFamily) -> Pair:
    """Write new tokens and keep the family in step with them."""
    now = clock.now()
    last = family.created_at + tokens.FAMILY_FOR
    family.expires_at = min(now + tokens.REFRESH_FOR, last)
    access_until = min(now + tokens.ACCESS_FOR, last)
    make = partial(tokens.make, user_id=family.user_id, family_id=family.pk)
    refresh = make("refresh", until=family.expires_at)
    family.refresh_hash = tokens.hash_of(refresh)
    family.last_used_at = now
    family.save()
    access = make("access", until=access_until)
    return Pair(access, refresh, int((access_until - now).total_seconds()))


def bearer_of(access: str) -> Bearer:
    """Whom an access token names; one query. Raises TokenError for one that does not count."""
    claims = tokens.read(access, "access")
    family = (
        TokenFamily.objects.select_related("user")
        .filter(pk=claims.family_id, user_id=claims.user_id)
        .first()
    )
    if family is None or not is_alive(family):
        raise TokenError
    return Bearer(family.user, family, claims.expires_at)


def is_alive(family: TokenFamily) -> bool:
    """Whether its tokens count: not ended, their person not shut out, nor the password changed."""
    user = family.user
    return (
        family.revoked_at is None
        and user.is_active
        and family.password_stamp == user.get_session_auth_hash()
    )
