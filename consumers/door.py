"""Who is at a socket: signing in by the session's cookie, and whether they may still stay."""

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from consumers.close_codes import NOT_ALLOWED, NOT_SIGNED_IN
from consumers.desk import Desk
from consumers.outlet import Outlet
from core import clock
from core.people.models import User

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False, slots=True)
class Guest:
    """A person at one socket, and the session that let them in."""

    user_id: int
    session_key: str
    session_hash: str  # changes with the password


def sign_in(session_key: str) -> Guest | None:
    """The person whose session this is, by the same rules as for a page; None for nobody."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    if not isinstance(user, User):
        return None
    return Guest(user.pk, session_key, user.get_session_auth_hash())


def unwelcome(guests: Collection[Guest]) -> dict[Guest, int]:
    """Those who must leave, each with the close code; two queries for any number."""
    keys = {guest.session_key for guest in guests}
    live = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now())
    sessions = set(live.values_list("session_key", flat=True))
    ids = {guest.user_id for guest in guests}
    users = User.objects.only("password", "is_active").in_bulk(ids)
    reasons = {guest: _reason(guest, users.get(guest.user_id), sessions) for guest in guests}
    return {guest: code for guest, code in reasons.items() if code}


def _reason(guest: Guest, user: User | None, sessions: set[str]) -> int | None:
    if user is None or not user.is_active:
        return NOT_ALLOWED
    signed_in = guest.session_key in sessions and guest.session_hash == user.get_session_auth_hash()
    return None if signed_in else NOT_SIGNED_IN


class Door:
    """Everybody at this process's sockets, looked at again with each heartbeat."""

    def __init__(self, desk: Desk, heartbeat: float) -> None:
        self._desk = desk
        self._heartbeat = heartbeat
        self._inside: dict[Guest, Outlet] = {}

    def enter(self, guest: Guest, outlet: Outlet) -> None:
        """They have signed in."""
        self._inside[guest] = outlet

    def leave(self, guest: Guest) -> None:
        """Their socket has gone."""
        self._inside.pop(guest, None)

    async def run(self) -> None:
        """Close, for as long as the process lives, the sockets of those who may not stay."""
        while True:
            await asyncio.sleep(self._heartbeat)
            try:
                await self._look_again()
            except Exception as error:  # noqa: BLE001 - the database may be away
                logger.warning("Could not look again who may stay: %r", error)

    async def _look_again(self) -> None:
        guests = list(self._inside)
        if not guests:
            return
        leaving = await self._desk.ask(unwelcome, guests)
        for guest, code in leaving.items():
            if outlet := self._inside.pop(guest, None):
                outlet.close(code)
