"""TABLE: the figures that are measured, and what they are called in the report."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table; the key is what a scenario calls it."""

    key: str
    heading: str
    unit: str
    more_is_better: bool = False


FIGURES: Final = (
    Figure("s1_1p", "S1, one producer", "actions/s", more_is_better=True),
    Figure("s1_2p", "S1, two producers", "actions/s", more_is_better=True),
    Figure("drain", "Backlog", "actions/s", more_is_better=True),
    Figure("s2", "S2, 10,000 recipients", "s"),
    Figure("s3_p50", "S3, p50", "ms"),
    Figure("s3_p99", "S3, p99", "ms"),
    Figure("s4_memory", "S4, memory", "MB"),
    Figure("s4_idle", "S4, idle CPU", "% of a core"),
)
BY_KEY: Final = {figure.key: figure for figure in FIGURES}


def rounded(value: float) -> str:
    """Three digits that matter: `1,230`, `45.6`, `0.13`."""
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
