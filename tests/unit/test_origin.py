"""Which pages may open a socket."""

from typing import Any

import pytest

from consumers.origin import may_come


def handshake(host: str, origin: str | None) -> Any:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return {"type": "websocket", "headers": headers}


@pytest.mark.parametrize(
    ("host", "origin", "debug", "allowed"),
    [
        ("portal.example", None, False, True),
        ("portal.example", "http://127.0.0.1:8000", False, True),  # the portal's own address
        ("portal.example", "https://portal.example", False, False),
        ("127.0.0.1:5000", "http://127.0.0.1:5000", False, False),
        ("127.0.0.1:5000", "http://127.0.0.1:5000", True, True),
        ("localhost:5000", "http://localhost:5000", True, True),
        ("[::1]:5000", "http://[::1]:5000", True, True),
        ("127.0.0.1:5000", "http://127.0.0.1:5001", True, False),
        ("127.0.0.1:5000", "http://elsewhere.example", True, False),
        ("elsewhere.example", "http://elsewhere.example", True, False),
        ("127.0.0.1:5000", "null", True, False),
        ("127.0.0.1:5000", "", True, False),
        ("[", "http://[", True, False),
    ],
)
def test_origins(settings: Any, host: str, origin: str | None, debug: bool, allowed: bool) -> None:
    settings.DEBUG = debug
    settings.ALLOWED_HOSTS = []
    settings.ENV = settings.ENV.model_copy(update={"base_url": "http://127.0.0.1:8000"})

    assert may_come(handshake(host, origin)) is allowed
