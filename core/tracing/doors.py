"""Where work goes from one hand to the next: each door ends or begins a span. Off, they do nothing.

What sends them is imported with the first span and not before.
"""

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Protocol
from uuid import UUID

from django.utils.module_loading import import_string

from core.env import env
from core.tracing.ids import Ids, event_ids, trace_of
from core.tracing.span import Span

EXPORTER: Final = "core.tracing.exporting.Exporter"
MOST_EXPECTED: Final = 10_000  # frames whose hint has come, and their entry not yet

NOWHERE: Final[Mapping[UUID | None, Ids]] = MappingProxyType({})

Place = tuple[str, int]  # a stream and a number
Traces = Mapping[Place, str]


class Delivered(Protocol):
    """What is known of a claimed delivery."""

    @property
    def event_id(self) -> UUID:
        """Of the event that it follows."""

    @property
    def request_id(self) -> str:
        """Of the request that the event came from."""

    @property
    def waited(self) -> float:
        """Seconds between the time at which it was due and its claim."""


# By event, the span in which it is being handled; a request's has no event.
_here: ContextVar[Mapping[UUID | None, Ids]] = ContextVar("schoolbell_spans", default=NOWHERE)
_expected: OrderedDict[Place, tuple[Ids, int]] = OrderedDict()


@cache
def is_on() -> bool:
    """Whether anybody collects traces."""
    return bool(env().otel_exporter_otlp_endpoint)


@cache
def _kept() -> int:
    """Traces below this number are kept, of 2 to the power of 64."""
    return round(env().otel_traces_sampler_arg * 2**64)


@cache
def _exporter() -> Any:
    return import_string(EXPORTER)()


os.register_at_fork(after_in_child=_exporter.cache_clear)  # threads do not survive it


def flush() -> None:
    """Send what waits; for a process that ends."""
    if is_on():
        _exporter().flush()


def _put(span: Span) -> None:
    """The same spans of a trace are kept or left out by every process."""
    if span.ids.trace % 2**64 < _kept():
        span.ended = span.ended or time.time_ns()
        _exporter().put(span)


def _parent(event_id: UUID | None) -> Ids | None:
    here = _here.get()
    return here.get(event_id) or (next(iter(here.values())) if len(here) == 1 else None)


@contextmanager
def request(request_id: str) -> Iterator[Callable[[str, str, int], None]]:
    """A request is answered; what is yielded is told its method, route and status at the end."""
    if not is_on():
        yield lambda *_: None
        return
    ids = Ids(trace_of(request_id), 0).child()
    span = Span("request", ids, kind="SERVER", attributes={"schoolbell.request_id": request_id})

    def end(method: str, route: str, status: int) -> None:
        span.name = f"{method} {route or 'none'}"
        told = {"http.request.method": method, "http.route": route}
        span.attributes = {**span.attributes, **told, "http.response.status_code": status}
        span.failed = status >= 500  # noqa: PLR2004 - RFC 9110: ours

    token = _here.set({None: ids})
    try:
        yield end
    finally:
        _here.reset(token)
        _put(span)


def published(event_id: UUID, kind: str, request_id: str, cause: UUID | None) -> None:
    """An event was recorded; what follows it hangs on this span."""
    if is_on():
        ids = event_ids(event_id, request_id)
        told = {"schoolbell.event_id": str(event_id)}
        _put(Span(f"publish {kind}", ids, _parent(cause), "PRODUCER", told))


@contextmanager
def nudging(handler: str, woken_by: Mapping[str, str]) -> Iterator[None]:
    """A worker is told that there is something for the handler."""
    event_id = woken_by.get("event_id")
    if not is_on() or not event_id:
        yield
        return
    parent = event_ids(UUID(event_id), woken_by.get("request_id", ""))
    span = Span(f"nudge {handler}", parent.child(), parent)
    try:
        yield
    finally:
        _put(span)


@contextmanager
def handling(handler: str, batch: Iterable[Delivered]) -> Iterator[None]:
    """A claimed batch is carried out: a claim and a run in the trace of each of its events."""
    if not is_on():
        yield
        return
    events = {each.event_id: each for each in batch}
    spans = {event_id: _claimed(handler, each) for event_id, each in events.items()}
    token = _here.set({event_id: span.ids for event_id, span in spans.items()})
    try:
        yield
    finally:
        _here.reset(token)
        for span in spans.values():
            _put(span)


def _claimed(handler: str, delivery: Delivered) -> Span:
    """The span of what follows the claim, which is told here."""
    parent = event_ids(delivery.event_id, delivery.request_id)
    claim = Span(f"claim {handler}", parent.child(), parent, "CONSUMER")
    claim.ended, claim.began = claim.began, claim.began - int(delivery.waited * 1e9)
    _put(claim)
    told = {"schoolbell.event_id": str(delivery.event_id)}
    return Span(f"run {handler}", claim.ids.child(), claim.ids, attributes=told)


def carried(entries: Iterable[tuple[str, int, UUID | None]]) -> Traces:
    """The traces of entries that were written: stream, number, and the event they tell of."""
    if not _here.get():
        return {}
    found = {(stream, seq): _parent(event_id) for stream, seq, event_id in entries}
    return {place: ids.written() for place, ids in found.items() if ids}


@contextmanager
def broadcasting(traces: Traces) -> Iterator[Traces]:
    """Hints are sent; yields the traces that go with them."""
    if not traces:
        yield traces
        return
    parents = {written: Ids.read(written) for written in set(traces.values())}
    spans = {
        written: Span("broadcast", ids.child(), ids, "PRODUCER") for written, ids in parents.items()
    }
    try:
        yield {place: spans[written].ids.written() for place, written in traces.items()}
    finally:
        for span in spans.values():
            _put(span)


def expect(traces: Iterable[tuple[str, int, str]]) -> None:
    """A hint has come, with the traces of entries that are to be sent."""
    if is_on():
        for stream, seq, written in traces:
            _expected[stream, seq] = Ids.read(written), time.time_ns()
        while len(_expected) > MOST_EXPECTED:
            _expected.popitem(last=False)


def framed(stream: str, seqs: Iterable[int]) -> None:
    """Entries were passed on to all sockets that watch."""
    if not _expected:
        return
    for seq in seqs:
        parent, began = _expected.pop((stream, seq), (None, 0))
        if parent:
            _put(Span("frame", parent.child(), parent, "CONSUMER", began=began))
