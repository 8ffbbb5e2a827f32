"""How the web server ends."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
import uvicorn

from consumers.server import Server

PATIENCE: Final = 10.0  # seconds
REQUEST: Final = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"


async def greet(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """An application that answers everybody."""
    assert scope["type"] == "http"
    headers = [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
def server() -> Iterator[Server]:
    """A server in a thread of its own."""
    server = Server(uvicorn.Config(greet, port=0, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    yield server
    server.should_exit = True
    thread.join(PATIENCE)


def test_who_has_come_before_the_end_is_heard(server: Server) -> None:
    with socket.create_connection(address(server), PATIENCE) as caller:
        until(lambda: bool(server.server_state.connections))
        place = address(server)

        server.should_exit = True
        until(lambda: is_closed(place))
        caller.sendall(REQUEST)

        assert caller.recv(1000).startswith(b"HTTP/1.1 200")


def address(server: Server) -> tuple[str, int]:
    """Where it listens."""
    (listening,) = server.servers[0].sockets
    host, port = listening.getsockname()
    return str(host), int(port)


def is_closed(place: tuple[str, int]) -> bool:
    """Whether nobody is let in any more."""
    try:
        socket.create_connection(place, PATIENCE).close()
    except ConnectionRefusedError:
        return True
    return False


def until(is_so: Callable[[], bool]) -> None:
    """Wait for it."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)
