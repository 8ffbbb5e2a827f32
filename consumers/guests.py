"""Who is at a socket, what let them in, and whether that still counts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user
from django.http import HttpRequest

from consumers.close_codes import NOT_ALLOWED, NOT_SIGNED_IN
from core import clock
from core.access import families, second_factor
from core.access.models import BrowserSession, TokenFamily
from core.access.sessions import SessionStore
from core.access.tokens import TokenError
from core.people.models import User
from core.people.queries import has_ended


@dataclass(frozen=True, slots=True)
class CookieTicket:
    """A browser's session."""

    session_key: str


@dataclass(frozen=True, slots=True)
class TokenTicket:
    """An access token, by what the token says."""

    family_id: UUID
    until: datetime


Ticket = CookieTicket | TokenTicket


@dataclass(frozen=True, eq=False, slots=True)
class Guest:
    """A person at one socket, and what let them in."""

    user_id: int
    stamp: str  # changes with the password
    ticket: Ticket


def sign_in(session_key: str) -> Guest | None:
    """The person whose session this is, by the same rules as for a page; None for nobody."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    if not isinstance(user, User):
        return None
    return _guest(user, CookieTicket(session_key))


def sign_in_by_token(access: str) -> Guest | None:
    """The person whose access token this is, by the same rules as for a request."""
    try:
        bearer = families.bearer_of(access)
    except TokenError:
        return None
    return _guest(bearer.user, TokenTicket(bearer.family.pk, bearer.expires_at))


def _guest(user: User, ticket: Ticket) -> Guest | None:
    """Nobody as long as they must first set up a second factor."""
    if second_factor.missing_among([user]):
        return None
    return Guest(user.pk, user.get_session_auth_hash(), ticket)


def unwelcome(guests: Collection[Guest]) -> dict[Guest, int]:
    """Those who must leave, each with the close code; a few queries for any number."""
    tickets = _tickets_that_count([guest.ticket for guest in guests])
    ids = {guest.user_id for guest in guests}
    fields = ("password", "is_active", "is_operator", "is_viewer")
    users = User.objects.only(*fields).in_bulk(ids - has_ended(ids))
    halfway = second_factor.missing_among(list(users.values()))
    reasons = {guest: _reason(guest, users.get(guest.user_id), tickets) for guest in guests}
    reasons |= {guest: NOT_ALLOWED for guest in guests if guest.user_id in halfway}
    return {guest: code for guest, code in reasons.items() if code}


def _tickets_that_count(
    tickets: Collection[Ticket],
) -> set[Ticket]:
    now = clock.now()
    keys = {each.session_key for each in tickets if isinstance(each, CookieTicket)}
    sessions = BrowserSession.objects.filter(session_key__in=keys, expire_date__gt=now)
    live: set[str | UUID] = set(sessions.values_list("session_key", flat=True))
    ids = {each.family_id for each in tickets if isinstance(each, TokenTicket) and each.until > now}
    live.update(
        TokenFamily.objects.filter(pk__in=ids, revoked_at=None).values_list("pk", flat=True)
    )
    return {each for each in tickets if _counts(each, live, now)}


def _counts(ticket: Ticket, live: set[str | UUID], now: datetime) -> bool:
    if isinstance(ticket, CookieTicket):
        return ticket.session_key in live
    return ticket.family_id in live and ticket.until > now


def _reason(guest: Guest, user: User | None, tickets: set[Ticket]) -> int | None:
    if user is None or not user.is_active:
        return NOT_ALLOWED
    signed_in = guest.ticket in tickets and guest.stamp == user.get_session_auth_hash()
    return None if signed_in else NOT_SIGNED_IN
