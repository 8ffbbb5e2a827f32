"""A row of the table of metrics."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PREFIX: Final = "schoolbell_"


class Kind(StrEnum):
    """How a metric goes: up only, up and down, or by how long things took."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Row:
    """A metric: its name without prefix, in base units, and who shows it."""

    name: str
    kind: Kind
    by: str  # programs that show it
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()  # seconds

    @property
    def full_name(self) -> str:
        """As Prometheus stores it; a histogram's series add `_bucket`, `_sum` and `_count`."""
        return PREFIX + self.name
