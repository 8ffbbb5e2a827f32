"""Looking at all parts when Prometheus asks, for a bounded time."""

import time
from collections.abc import Iterator, Sequence
from typing import Final

from prometheus_client import Metric
from prometheus_client.registry import Collector

from core.metrics import table
from core.ops.probe import Probe
from core.scrape.families import by_label
from core.scrape.parts import PROBES, Seen

PATIENCE: Final = 1.5  # seconds for all parts together


class Parts(Collector):
    """What there is to be seen of the system; what is silent is said to be down, and left out."""

    def __init__(self, probes: Sequence[Probe[Seen]] = PROBES, patience: float = PATIENCE) -> None:
        self._probes = probes
        self._patience = patience

    def describe(self) -> list[Metric]:
        """Nothing: to register it shall ask nobody."""
        return []

    def collect(self) -> Iterator[Metric]:
        until = time.monotonic() + self._patience
        for probe in self._probes:
            probe.begin()
        seen = {probe.name: probe.seen(until) for probe in self._probes}
        yield by_label(table.UP, {part: found is not None for part, found in seen.items()})
        for found in seen.values():
            yield from found or ()
