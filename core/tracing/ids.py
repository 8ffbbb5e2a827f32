"""Ids of traces and spans, made of ids that requests and events have anyway (ADR 21).

So nothing has to be stored for them: a worker that has a delivery knows its trace, and the span of
the event that it followed.
"""

from dataclasses import dataclass
from hashlib import sha256
from secrets import randbits
from typing import Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Ids:
    """A span, and the trace that it belongs to."""

    trace: int
    span: int

    def child(self, span: int = 0) -> "Ids":
        """Another span of the same trace; one of its own unless given."""
        return Ids(self.trace, span or new_span())

    def written(self) -> str:
        """As one process tells another; W3C's `traceparent`."""
        return f"00-{self.trace:032x}-{self.span:016x}-01"

    @classmethod
    def read(cls, written: str) -> Self:
        """What another process has written."""
        _, trace, span, _ = written.split("-")
        return cls(int(trace, 16), int(span, 16))


def new_span() -> int:
    """The id of a span that nobody has to find."""
    return randbits(64) or 1


def trace_of(request_id: str, event_id: UUID | None = None) -> int:
    """The trace of a request; of an event that no request has led to, its own."""
    return _digits(request_id or str(event_id), 16)


def event_ids(event_id: UUID, request_id: str) -> Ids:
    """The span in which an event was published."""
    return Ids(trace_of(request_id, event_id), _digits(str(event_id), 8))


def _digits(text: str, length: int) -> int:
    """Spread evenly, as samplers expect it; a UUID has fixed bits."""
    return int.from_bytes(sha256(text.encode()).digest()[:length], "big") or 1
