"""The door: whether those at this process's sockets may still stay."""

import asyncio
import logging

from consumers.desk import Desk
from consumers.guests import Guest, unwelcome
from consumers.outlet import Outlet

logger = logging.getLogger(__name__)


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
