"""A real server for the socket alone, and a plain client that speaks its frames."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from redis import Redis
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from consumers.routing import live_application
from core.live.doorbell import doorbell_of
from core.live.entries import NewEntry
from core.live.groups import group_of
from tests.servers import wait_for

PATIENCE = 10.0  # seconds in which a frame must come


async def no_http(_scope: Any, _receive: Any, _send: Any) -> None:
    """Pages are tested elsewhere."""
    raise NotImplementedError


class Tab:
    """A client with an open socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, **frame: Any) -> None:
        self.connection.send(json.dumps(frame))

    def hear(self, *ops: str) -> dict[str, Any]:
        """The next frame, or the next of these ops; heartbeats count only when asked for."""
        while True:
            frame: dict[str, Any] = json.loads(self.connection.recv(timeout=PATIENCE))
            if frame["op"] in ops or (not ops and frame["op"] != "head"):
                return frame

    def subscribe(self, after: int | None = None, stream: str = "me") -> dict[str, Any]:
        """Subscribe; the frame that answers."""
        self.say(op="subscribe", stream=stream, after=after, ref="a")
        return self.hear()

    def numbers(self, count: int) -> list[int]:
        """The numbers of the next so many entries."""
        return [self.hear("entry")["seq"] for _ in range(count)]

    def close_code(self) -> int | None:
        """The code with which the server closes, whatever comes before."""
        try:
            while True:
                self.connection.recv(timeout=PATIENCE)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


@dataclass(frozen=True)
class SocketServer:
    """uvicorn in a thread, as the portal runs it."""

    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def tab(self, cookie: str = "", path: str = "/ws/", **options: Any) -> Iterator[Tab]:
        """A client, with the cookie of a session if it has one."""
        headers = {"Cookie": cookie} if cookie else {}
        url = f"ws://127.0.0.1:{self.port}{path}"
        # Its default is to stop reading after 16 frames, and then not to see the close either.
        options.setdefault("max_queue", None)
        with connect(url, additional_headers=headers, compression=None, **options) as connection:
            yield Tab(connection)


@contextmanager
def serving() -> Iterator[SocketServer]:
    """A server with a hub of its own, for as long as the block takes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            live_application(no_http),
            ws="websockets-sansio",
            ws_max_size=65536,
            log_config=None,
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        try:
            yield SocketServer(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


def person(name: str = "ann") -> Any:
    """Somebody who can sign in."""
    return get_user_model().objects.create_user(f"{name}@oakwood.example", name=name)


def cookie_of(user: Any) -> str:
    """The cookie of a new session of theirs."""
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


def entry(stream: str, number: int = 1) -> NewEntry:
    """Something to tell."""
    return NewEntry(stream=stream, type="notice", data={"number": number})


def at_the_door(user: Any) -> None:
    """Wait until the server hears their bell."""
    heard_by_hub(doorbell_of(user.pk))


def heard_by_hub(stream: str) -> None:
    """Wait until the server hears what is said in a stream, and stored nowhere."""
    with Redis.from_url(settings.ENV.redis_url(1)) as layer:
        wait_for(lambda: bool(layer.keys(f"*:group:{group_of(stream)}")), seconds=10)
