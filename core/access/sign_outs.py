"""Where a person is signed in, and ending it: sessions of browsers, token families of clients."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from core import clock
from core.access.models import BrowserSession, TokenFamily
from core.people.models import User
from core.refusals import NotFoundError

BROWSER: Final = "browser"
CLIENT: Final = "client"


@dataclass(frozen=True, slots=True)
class Kept:
    """The sign-in that goes on when all others end; nothing means none does."""

    session_key: str = ""
    family_id: UUID | None = None


NONE_KEPT: Final = Kept()


@dataclass(frozen=True, slots=True)
class Place:
    """One sign-in that counts, as its person sees it."""

    id: str
    kind: str
    user_agent: str
    started_at: datetime | None
    last_used_at: datetime | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """How many sign-ins were ended."""

    sessions: int
    clients: int


def places_of(user: User, current: Kept) -> list[Place]:
    """Where they are signed in, this place first, then the latest; two queries."""
    now = clock.now()
    sessions = BrowserSession.objects.filter(user=user, expire_date__gt=now)
    families = TokenFamily.objects.filter(user=user, expires_at__gt=now, revoked_at=None)
    stamp = user.get_session_auth_hash()
    places = [
        *(_of_browser(each, current) for each in sessions),
        *(_of_client(each, current) for each in families if each.password_stamp == stamp),
    ]
    oldest = datetime.min.replace(tzinfo=now.tzinfo)
    return sorted(places, key=lambda each: (each.is_current, each.started_at or oldest))[::-1]


def _of_browser(row: BrowserSession, current: Kept) -> Place:
    is_current = row.session_key == current.session_key
    where = ident_of(row.session_key)
    return Place(where, BROWSER, row.user_agent, row.started_at, None, is_current)


def _of_client(row: TokenFamily, current: Kept) -> Place:
    is_current = row.pk == current.family_id
    used = row.last_used_at
    return Place(str(row.pk), CLIENT, row.user_agent, row.created_at, used, is_current)


def ident_of(session_key: str) -> str:
    """The name of a session that may be told; its key is a secret."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]


@transaction.atomic
def end_one(*, user: User, ident: str) -> None:
    """End one of their sign-ins. Raises NotFoundError for what is none of theirs."""
    keys = BrowserSession.objects.filter(user=user).values_list("session_key", flat=True)
    key = next((key for key in keys if ident_of(key) == ident), None)
    if key is not None:
        BrowserSession.objects.filter(session_key=key).delete()
        return
    families = TokenFamily.objects.filter(user=user, revoked_at=None, pk__in=_uuids_of(ident))
    if not families.update(revoked_at=clock.now()):
        raise NotFoundError("You are not signed in there.")


def end_all(*, user: User, keep: Kept = NONE_KEPT) -> Ended:
    """End all of their sign-ins but one. Open sockets close with their next heartbeat."""
    sessions = BrowserSession.objects.filter(user=user).exclude(session_key=keep.session_key)
    ended, _ = sessions.delete()
    families = TokenFamily.objects.filter(user=user, revoked_at=None)
    if keep.family_id:
        families = families.exclude(pk=keep.family_id)
    return Ended(ended, families.update(revoked_at=clock.now()))


def _uuids_of(ident: str) -> list[UUID]:
    try:
        return [UUID(ident)]
    except ValueError:
        return []
