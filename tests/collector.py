"""What programs tell of themselves: a catcher of traces, and metrics as Prometheus reads them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import urlopen

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.servers import RunningStack

Span = dict[str, Any]  # as OTLP writes it in JSON


class Collector:
    """An OTLP collector over HTTP that keeps everything."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        caught = self.spans

        class Catch(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for resource in json.loads(body)["resourceSpans"]:
                    for scope in resource["scopeSpans"]:
                        caught.extend(scope["spans"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Catch)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def named(self, name: str) -> list[Span]:
        return [span for span in list(self.spans) if span["name"] == name]

    def way_of(self, span: Span) -> list[str]:
        """The names from the first span of its trace down to this one."""
        same = [each for each in list(self.spans) if each["traceId"] == span["traceId"]]
        by_id = {each["spanId"]: each for each in same}
        names = [span["name"]]
        while span["parentSpanId"] in by_id:
            span = by_id[span["parentSpanId"]]
            names.append(span["name"])
        return names[::-1]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector for as long as the block takes."""
    collector = Collector()
    try:
        yield collector
    finally:
        collector.stop()


def read(url: str) -> list[Metric]:
    """What is at an address, as Prometheus reads it."""
    with urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
        return list(text_string_to_metric_families(answer.read().decode()))


def read_all(stack: RunningStack) -> list[Metric]:
    """What all programs of a stack show."""
    urls = [each["metrics_url"] for each in stack.facts["processes"] if "metrics_url" in each]
    return [metric for url in urls for metric in read(url)]


def total(metrics: list[Metric], name: str, **labels: str) -> float:
    """The sum of a metric's samples that have these labels."""
    return sum(
        sample.value
        for metric in metrics
        for sample in metric.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )
