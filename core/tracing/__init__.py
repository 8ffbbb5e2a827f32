"""One trace from request to browser frame; off unless OTEL_EXPORTER_OTLP_ENDPOINT is set."""
