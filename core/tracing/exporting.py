"""Sending spans by OTLP over HTTP, in its JSON form, to any OpenTelemetry collector.

OpenTelemetry's own packages are not used: all they would do here is this, and where they are
installed every process pays 3 MB for them, as redis-py imports them (ADR 21).
"""

import atexit
import json
import logging
import threading
import time
from collections import deque
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote
from urllib.request import Request, urlopen

from core.env import env
from core.tracing.span import Attributes, Span

PAUSE: Final = 0.5  # seconds in which spans gather
MOST: Final = 10_000  # spans that wait; what comes then drives the oldest out
AT_ONCE: Final = 500  # spans in a message
PATIENCE: Final = 2.0  # seconds for a message
FAREWELL: Final = 1.0  # seconds for what waits when the process ends
KINDS: Final = {"INTERNAL": 1, "SERVER": 2, "PRODUCER": 4, "CONSUMER": 5}  # opentelemetry-proto
ERROR: Final = 2
PATH: Final = "/v1/traces"

logger = logging.getLogger(__name__)


class Exporter:
    """A thread that sends what has gathered; a collector that is away costs spans and no time."""

    def __init__(self) -> None:
        self._waiting: deque[Span] = deque(maxlen=MOST)
        self._in_hand: list[Span] = []
        self._hurry = threading.Event()
        self._is_away = False
        threading.Thread(target=self._run, name="traces", daemon=True).start()
        atexit.register(self.flush)

    def put(self, span: Span) -> None:
        """Send a span, soon."""
        self._waiting.append(span)

    def flush(self) -> None:
        """Send what waits, if that goes quickly."""
        until = time.monotonic() + FAREWELL
        while (self._waiting or self._in_hand) and time.monotonic() < until:
            self._hurry.set()
            time.sleep(PAUSE / 50)

    def _run(self) -> None:
        while True:
            self._hurry.wait(PAUSE)
            self._hurry.clear()
            while self._take():
                self._send(self._in_hand)

    def _take(self) -> bool:
        self._in_hand = []
        with suppress(IndexError):  # others put while this takes
            while len(self._in_hand) < AT_ONCE:
                self._in_hand.append(self._waiting.popleft())
        return bool(self._in_hand)

    def _send(self, spans: list[Span]) -> None:
        try:
            with urlopen(_message(spans), timeout=PATIENCE) as answer:  # noqa: S310 - as env says
                answer.read()
            self._is_away = False
        except (OSError, ValueError) as error:
            if not self._is_away:
                logger.warning("Spans are lost until the collector takes them: %s", error)
            self._is_away = True


def _message(spans: list[Span]) -> Request:
    service = _attributes({"service.name": env().otel_service_name})
    told = [{"scope": {"name": "schoolbell"}, "spans": [_written(span) for span in spans]}]
    body = {"resourceSpans": [{"resource": {"attributes": service}, "scopeSpans": told}]}
    url = env().otel_exporter_otlp_endpoint.rstrip("/") + PATH
    headers = {"Content-Type": "application/json", **_headers()}
    return Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - as env says


def _headers() -> dict[str, str]:
    pairs = [each.partition("=") for each in env().otel_exporter_otlp_headers if "=" in each]
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}


def _written(span: Span) -> dict[str, Any]:
    return {
        "traceId": f"{span.ids.trace:032x}",
        "spanId": f"{span.ids.span:016x}",
        "parentSpanId": f"{span.parent.span:016x}" if span.parent else "",
        "name": span.name,
        "kind": KINDS[span.kind],
        "startTimeUnixNano": str(span.began),
        "endTimeUnixNano": str(span.ended),
        "attributes": _attributes(span.attributes),
        "status": {"code": ERROR} if span.failed else {},
    }


def _attributes(told: Attributes) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value},
        }
        for key, value in told.items()
    ]
