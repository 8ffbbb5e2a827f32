"""Sending spans by OTLP over HTTP with OpenTelemetry's SDK; its OTEL_ variables hold.

The ids are ours, so its own tracer, which makes them up, is left out: spans are handed to its batch
processor as they end.
"""

import atexit
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from core.env import env
from core.tracing.ids import Ids
from core.tracing.span import Span

PATIENCE: Final = 1000  # ms for what waits when the process ends
SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)


class Exporter:
    """A thread that sends what has gathered; a collector that is away costs spans and no time."""

    def __init__(self) -> None:
        self._processor = BatchSpanProcessor(OTLPSpanExporter())
        self._resource = Resource.create({"service.name": env().otel_service_name})
        self._scope = InstrumentationScope("schoolbell")
        atexit.register(self.flush)

    def put(self, span: Span) -> None:
        """Send a span, soon."""
        told = ReadableSpan(
            name=span.name,
            context=_context(span.ids),
            parent=_context(span.parent) if span.parent else None,
            resource=self._resource,
            attributes=dict(span.attributes),
            kind=SpanKind[span.kind],
            status=Status(StatusCode.ERROR if span.failed else StatusCode.UNSET),
            start_time=span.began,
            end_time=span.ended,
            instrumentation_scope=self._scope,
        )
        self._processor.on_end(told)

    def flush(self) -> None:
        """Send what waits, if that goes quickly."""
        self._processor.force_flush(PATIENCE)


def _context(ids: Ids) -> SpanContext:
    return SpanContext(ids.trace, ids.span, is_remote=False, trace_flags=SAMPLED)
