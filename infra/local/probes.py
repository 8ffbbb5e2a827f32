"""How it is known that a program serves."""

import socket
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException

from infra.local.ports import HOST

PROBE_SECONDS = 2.0
OK = 200


def log_says(text: str) -> Callable[[str], bool]:
    """Ready when the program's log since its start holds the text."""
    return lambda log: text in log


def answers(port: int, *, said: bytes = b"", greeting: bytes) -> Callable[[str], bool]:
    """Ready when the port answers what was said with this greeting."""

    def ready(_log: str) -> bool:
        try:
            with socket.create_connection((HOST, port), timeout=PROBE_SECONDS) as connection:
                connection.sendall(said)
                return greeting in connection.recv(512)
        except OSError:
            return False

    return ready


def serves_http(port: int, path: str, *, only_ok: bool = True) -> Callable[[str], bool]:
    """Ready when the path answers 200, or anything at all."""

    def ready(_log: str) -> bool:
        connection = HTTPConnection(HOST, port, timeout=PROBE_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == OK or not only_ok
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    return ready
