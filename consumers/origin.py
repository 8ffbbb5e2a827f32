"""Which pages may open a socket: browsers send cookies along from any."""

from urllib.parse import urlsplit

from asgiref.typing import WebSocketScope
from django.conf import settings
from django.http.request import validate_host

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]  # as Django itself has it where DEBUG is on


def header(scope: WebSocketScope, name: bytes) -> str | None:
    """A header of the handshake, if it was sent."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def may_come(scope: WebSocketScope) -> bool:
    """Whether the handshake comes from a page of ours, or from no page at all."""
    origin = header(scope, b"origin")
    if origin is None or origin in settings.ENV.origins:
        return True
    return settings.DEBUG and _is_own(origin, header(scope, b"host") or "")


def _is_own(origin: str, host: str) -> bool:
    """Whether the page came from the very host it now speaks to, under whatever port that runs."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    bare = f"[{name}]" if ":" in name else name
    allowed = settings.ALLOWED_HOSTS or LOCAL_HOSTS
    return origin in (f"http://{host}", f"https://{host}") and validate_host(bare, allowed)
