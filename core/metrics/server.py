"""Showing Prometheus what a program has counted, on a port of its own."""

import logging
from wsgiref.simple_server import WSGIServer

from prometheus_client import start_http_server
from prometheus_client.registry import Collector

from core.env import env
from core.metrics.registry import all_counted

logger = logging.getLogger(__name__)


def serve_metrics(*more: Collector) -> WSGIServer | None:
    """Answer from a thread, where METRICS_PORT asks for it; a port that is taken stops nobody."""
    if not env().metrics_port:
        return None
    try:
        server, _ = start_http_server(
            env().metrics_port, env().metrics_host, registry=all_counted(*more)
        )
    except OSError as error:
        logger.error("No metrics on port %d: %s", env().metrics_port, error)  # noqa: TRY400
        return None
    return server
