"""The door: whether those at this process's sockets may still stay, and read what they watch."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from consumers.desk import Desk
from consumers.guests import Guest, unwelcome
from consumers.hints import Hints, Ticks
from consumers.outlet import Outlet
from consumers.standing import NONE, Standing, standings_of
from core.live.doorbell import doorbell_of, rung_for

LookAgain = Callable[[], Awaitable[None]]

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Seat:
    """A guest's place: their socket, and how to look at what they watch."""

    outlet: Outlet
    look_again: LookAgain
    standing: Standing | None = None  # when what they watch was last looked at


class Door:
    """Everybody at this process's sockets, looked at as they come, at each heartbeat, or on a ring.

    A change of somebody's rights rings (core/live/doorbell.py). A ring may be lost; the heartbeat
    compares what everybody is with what they were, and asks only for those who changed.
    """

    def __init__(self, desk: Desk, heartbeat: float, hints: Hints) -> None:
        self._desk = desk
        self._heartbeat = heartbeat
        self._hints = hints
        self._inside: dict[Guest, Seat] = {}
        self._rung: set[int] = set()
        self._fresh: set[Guest] = set()
        self._bell = asyncio.Event()

    def enter(self, guest: Guest, outlet: Outlet, look_again: LookAgain) -> None:
        """They have signed in; `look_again` takes from them what they may not read any more."""
        self._inside[guest] = Seat(outlet, look_again)
        self._hints.join(doorbell_of(guest.user_id))
        self._fresh.add(guest)  # while they watch nothing yet, so that what changes later is seen
        self._bell.set()

    def leave(self, guest: Guest) -> None:
        """Their socket has gone."""
        self._inside.pop(guest, None)

    def ticked(self, ticks: Ticks) -> None:
        """Something was said; the door hears those whose bell it was."""
        rung = {rung_for(stream) for stream, _, _ in ticks} - {None}
        self._rung.update(user_id for user_id in rung if user_id is not None)
        if self._rung:
            self._bell.set()

    async def run(self) -> None:
        """Take from people, for as long as the process lives, what they may not have any more."""
        clock = asyncio.get_running_loop().time
        beat_at = clock() + self._heartbeat
        while True:
            await self._wait_for_bell(beat_at)
            is_beat = clock() >= beat_at
            rung, self._rung = self._rung, set()
            fresh, self._fresh = self._fresh, set()
            if is_beat:
                beat_at = clock() + self._heartbeat
                self._hints.rejoin([doorbell_of(guest.user_id) for guest in self._inside])
            asked = [each for each in self._inside if each in fresh or each.user_id in rung]
            guests = list(self._inside) if is_beat else asked
            try:
                await self._look_again(guests, rung)
            except Exception as error:  # noqa: BLE001 - the database may be away
                logger.warning("Could not look again who may stay: %r", error)

    async def _wait_for_bell(self, until: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._bell.wait()
        self._bell.clear()

    async def _look_again(self, guests: list[Guest], rung: Collection[int]) -> None:
        if not guests:
            return
        leaving = await self._desk.ask(unwelcome, guests)
        for guest, code in leaving.items():
            if seat := self._inside.pop(guest, None):
                seat.outlet.close(code)
        standings = await self._desk.ask(standings_of, {guest.user_id for guest in guests})
        for guest in guests:
            standing = standings.get(guest.user_id, NONE)
            seat = self._inside.get(guest)
            if seat and (seat.standing != standing or guest.user_id in rung):
                await seat.look_again()
                seat.standing = standing
