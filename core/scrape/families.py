"""Prometheus' form of what was looked up."""

from collections.abc import Mapping

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from core.metrics.row import Kind, Row


def one(row: Row, value: float) -> Metric:
    """A metric without labels."""
    family = _empty(row)
    family.add_metric((), value)
    return family


def by_label(row: Row, values: Mapping[str, float]) -> Metric:
    """A metric with one label: its values by the label's."""
    family = _empty(row)
    for label, value in values.items():
        family.add_metric((label,), value)
    return family


def _empty(row: Row) -> CounterMetricFamily | GaugeMetricFamily:
    kind = CounterMetricFamily if row.kind is Kind.COUNTER else GaugeMetricFamily
    return kind(row.full_name, row.meaning, labels=row.labels)
