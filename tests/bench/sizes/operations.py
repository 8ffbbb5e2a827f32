"""TABLE: what is measured, and what came of it."""

from dataclasses import dataclass
from statistics import fmean, median, quantiles
from typing import Final

from tests.bench.sizes.subject import RELAYED

AT_ONCE: Final = 50  # running deliveries that are enough for a centre, where there is a limit
BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Operation:
    """A line of the chart."""

    key: str
    name: str
    repetitions: int


PUBLISH: Final = Operation("publish", "publish one, committed", 300)
CLAIM_ONE: Final = Operation("claim_one", "claim one", 300)
CLAIM_LIMITED: Final = Operation("claim_limited", "claim one, centres limited", 100)
CLAIM_BATCH: Final = Operation("claim_batch", f"claim {BATCH}, per delivery", 100)
FINISH_BATCH: Final = Operation("finish_batch", f"finish {BATCH}, per delivery", 100)
LOOK: Final = Operation("look", f"relay's look, {len(RELAYED)} handlers", 300)
DRAIN: Final = Operation("drain", "drain, per delivery", 20)

OPERATIONS: Final = (
    PUBLISH,
    CLAIM_ONE,
    CLAIM_LIMITED,
    CLAIM_BATCH,
    FINISH_BATCH,
    LOOK,
    DRAIN,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """What an operation took in milliseconds, and how many pages of 8 kB it touched."""

    median: float
    p99: float
    mean: float
    pages: float


Figures = dict[str, Figure]  # by the operation's key


def figure_of(milliseconds: list[float], pages: list[float]) -> Figure:
    return Figure(
        median=median(milliseconds),
        p99=quantiles(milliseconds, n=100, method="inclusive")[98],
        mean=fmean(milliseconds),
        pages=median(pages),
    )
