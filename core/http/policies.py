"""What browsers may do with our pages. Settings only; core/http/headers.py sends the rest."""

from typing import Any, Final

from csp.constants import NONE, SELF


def content_policy(base_url: str) -> dict[str, Any]:
    """Only what comes from the portal itself, nothing inline, never in a frame of others."""
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            # Older Safaris do not count the socket as the page's own origin.
            "connect-src": [SELF, base_url.replace("http", "ws", 1)],
            "object-src": [NONE],
            "base-uri": [NONE],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
        }
    }


# Swagger's icons, for the API's own description alone.
DOCS_POLICY: Final[dict[str, Any]] = {"img-src": [SELF, "data:"]}

PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation"),
        *("gyroscope", "hid", "magnetometer", "microphone", "midi", "payment"),
        *("publickey-credentials-get", "serial", "usb", "xr-spatial-tracking"),
    )
)

# What programs of other origins may send and see, beyond what every page may.
CORS_REQUEST_HEADERS: Final = (
    *("accept", "authorization", "content-type", "idempotency-key"),
    *("x-centre", "x-csrftoken", "x-request-id"),
)
CORS_ANSWER_HEADERS: Final = ("X-Request-ID", "Idempotent-Replay", "Retry-After")
CORS_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
CORS_PATHS: Final = r"^/api/"
