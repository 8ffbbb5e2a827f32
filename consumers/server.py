"""`python -m consumers.server`: uvicorn, that cuts off nobody who has just come when it ends."""

import argparse
import asyncio
import socket
from collections.abc import Sequence
from typing import Any, Final

import uvicorn

from core.garbage import look_seldom

APPLICATION: Final = "consumers.routing:application"
HEARING: Final = 0.5  # seconds
OPTIONS: Final[dict[str, Any]] = {
    "access_log": False,
    "ws": "websockets-sansio",
    "ws_max_size": 65_536,  # bytes
    "timeout_graceful_shutdown": 5,  # seconds
}


class Server(uvicorn.Server):
    """uvicorn's server, with another end.

    uvicorn closes connections that have sent no request yet. One of these may come from nginx with
    a POST on its way, which nobody can send a second time: it would be lost.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody else in, hear those who are in, then end as uvicorn does."""
        await asyncio.sleep(0)  # who knocks already is let in with the loop's next round
        for server in self.servers:
            server.close()
        await asyncio.sleep(HEARING)
        await super().shutdown(sockets)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="consumers.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    asked = parser.parse_args(arguments)
    look_seldom()
    Server(uvicorn.Config(APPLICATION, host=asked.host, port=asked.port, **OPTIONS)).run()


if __name__ == "__main__":
    main()
