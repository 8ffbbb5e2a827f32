"""Stands behind nginx in place of web and Flower: says what it was asked, and fails when told to.

Runs in a container of its own, on the standard library alone.
"""

import base64
import hashlib
import json
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

NAME: Final = socket.gethostname()
SECRET: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # of RFC 6455, in every handshake
BIT: Final = 2**16
# Who asks is told by a cookie.
ACCESS: Final = {"who=operator": 204, "who=teacher": 403}

# As Django sends them with every answer, and with a file's.
SENT: Final = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'",
}
FILE: Final = SENT | {
    "Content-Type": "application/pdf",
    "Content-Disposition": 'attachment; filename="letter.pdf"',
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie, Authorization, X-Centre",
    "ETag": '"abc123"',
}
PAGE: Final = b'<!doctype html><link rel="stylesheet" href="/static/site.0123456789ab.css">'

asked: list[str] = []  # `POST /api/files` ..., in the order in which they came


class Web(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """What do_GET and the like are: asked by the server."""
        where = urlsplit(self.path)
        if where.path != "/asked":
            asked.append(f"{self.command} {where.path}")
        length = self.read_body()
        act = ACTS.get(where.path, Web.tell)
        act(self, length)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

    def read_body(self) -> int:
        """Throw the body away; how long it was."""
        left = length = int(self.headers.get("Content-Length", 0))
        while left > 0:
            left -= len(self.rfile.read(min(left, BIT)))
        return length

    def send(self, status: int, headers: dict[str, str], content: bytes = b"") -> None:
        """Send an answer, and be done with the connection, as uvicorn is behind nginx."""
        self.send_response(status)
        given = {"X-Request-ID": self.headers.get("X-Request-ID", ""), "Connection": "close"}
        for name, value in (headers | given).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def tell(self, length: int) -> None:
        """Say what came: the headers, and how long the body was."""
        told = {"web": NAME, "method": self.command, "path": self.path, "length": length}
        content = json.dumps(told | {"headers": dict(self.headers.items())}).encode()
        self.send(200, SENT | {"Content-Type": "application/json"}, content)

    def tell_asked(self, _length: int) -> None:
        self.send(200, {"Content-Type": "application/json"}, json.dumps(asked).encode())

    def show_page(self, _length: int) -> None:
        self.send(200, SENT | {"Content-Type": "text/html; charset=utf-8"}, PAGE)

    def give_file(self, _length: int) -> None:
        self.send(200, FILE | {"X-Accel-Redirect": "/protected/ab/cd/letter"})

    def give_nothing(self, _length: int) -> None:
        self.send(200, FILE | {"X-Accel-Redirect": "/protected/ab/cd/gone"})

    def say_who(self, _length: int) -> None:
        is_known = "sessionid" in self.headers.get("Cookie", "") or "Authorization" in self.headers
        self.send(200 if is_known else 401, SENT)

    def say_access(self, _length: int) -> None:
        asked.append(f"may {self.headers['X-Original-Method']} {self.headers['X-Original-URI']}")
        self.send(ACCESS.get(self.headers.get("Cookie", ""), 401), SENT)

    def hang_up(self, _length: int) -> None:
        """Answer nothing, unless this is the one whom the query spares."""
        if parse_qs(urlsplit(self.path).query).get("but") == [NAME]:
            self.tell(0)
        self.close_connection = True

    def open_socket(self, _length: int) -> None:
        """Say who is here over a socket, and wait until the other side is gone."""
        key = self.headers["Sec-WebSocket-Key"] + SECRET
        accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest())
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept.decode())
        self.end_headers()
        self.wfile.write(bytes([0x81, len(NAME)]) + NAME.encode())  # one text frame
        self.wfile.flush()
        self.rfile.read(1)
        self.close_connection = True

    def log_message(self, *_parts: Any) -> None:
        """Nothing is logged."""


ACTS: Final[dict[str, Callable[[Web, int], None]]] = {
    "/asked": Web.tell_asked,
    "/sign-in": Web.show_page,
    "/api/me": Web.say_who,
    "/ops/access": Web.say_access,
    "/api/files/1/content": Web.give_file,
    "/api/files/2/content": Web.give_nothing,
    "/hang-up": Web.hang_up,
    "/ws/": Web.open_socket,
}


class Server(ThreadingHTTPServer):
    """Many at once."""

    request_queue_size = 1024
    daemon_threads = True


if __name__ == "__main__":
    Server(("", 8000), Web).serve_forever()
