"""Prometheus' objects, made of the table's rows, and all that this program has to show."""

from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from core.metrics import process
from core.metrics.row import Row

disable_created_metrics()  # type: ignore[no-untyped-call]  # a third more series, for nobody

# Our own: other libraries (Flower's) put theirs into the default one.
REGISTRY: Final = CollectorRegistry()


def counter(row: Row) -> Counter:
    """The counter of a row."""
    return Counter(row.full_name, row.meaning, row.labels, registry=REGISTRY)


def gauge(row: Row) -> Gauge:
    """The gauge of a row; a sum over the processes that live."""
    return Gauge(
        row.full_name, row.meaning, row.labels, registry=REGISTRY, multiprocess_mode="livesum"
    )


def histogram(row: Row) -> Histogram:
    """The histogram of a row."""
    return Histogram(row.full_name, row.meaning, row.labels, registry=REGISTRY, buckets=row.buckets)


def all_counted(*more: Collector) -> CollectorRegistry:
    """What this program has counted, in all of its processes; how it is itself; and `more`."""
    registry = CollectorRegistry()
    if process.FOLDER:
        MultiProcessCollector(registry, str(process.FOLDER))  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    ProcessCollector(registry=registry)
    for each in more:
        registry.register(each)
    return registry
