"""TABLE: what a run is to show, as ratios of its medians."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.bench.contenders import BULK, DEFAULTS, LIMIT, OTHERS, OURS, TUNED, Contender
from tests.bench.figures import BY_KEY
from tests.bench.rounds import Medians


@dataclass(frozen=True, slots=True)
class Target:
    """At least so many times as good as the best of the rivals, or at most so many times theirs."""

    what: str
    figure: str
    rivals: tuple[Contender, ...] = ()  # none: the figure itself is judged
    ours: Contender = OURS
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a target; nothing was measured without a ratio."""

    target: Target
    ratio: float | None = None
    rival: str = ""

    @property
    def is_met(self) -> bool | None:
        if self.ratio is None:
            return None
        if self.target.at_least is not None:
            return self.ratio >= self.target.at_least
        return self.target.at_most is None or self.ratio <= self.target.at_most


EITHER: Final = (DEFAULTS, TUNED)

TARGETS: Final = (
    Target("S1, two producers: Celery's defaults", "s1_2p", (DEFAULTS,), at_least=6),
    Target("S1, two producers: Celery, tuned", "s1_2p", (TUNED,), at_least=2.3),
    Target("S1, two producers: the best peer", "s1_2p", OTHERS, at_least=1.2),
    Target("S1, one producer: the transaction alone", "s1_1p", (LIMIT,), at_least=0.7),
    Target("Backlog: Celery, tuned", "drain", (TUNED,), at_least=6),
    Target("Backlog: the best peer", "drain", OTHERS, at_least=2.5),
    Target("S2: Celery's group", "s2", (DEFAULTS,), at_least=25),
    Target("S2: Celery's tuned chunks", "s2", (TUNED,), at_least=2),
    Target("S2, bulk handler: Celery's tuned chunks", "s2", (TUNED,), ours=BULK, at_least=8),
    Target("S3, p50: plain Celery, the better of the two", "s3_p50", EITHER, at_most=1),
    Target("S3, p99: plain Celery, the better of the two", "s3_p99", EITHER, at_most=1),
    Target("S4, memory: Celery's worker, the smaller of the two", "s4_memory", EITHER, at_most=1.1),
    Target("S4, idle CPU, % of a core", "s4_idle", at_most=1),
)


def verdicts(medians: Medians) -> Iterator[Verdict]:
    for target in TARGETS:
        yield judged(target, medians)


def judged(target: Target, medians: Medians) -> Verdict:
    """Without a ratio where one of the two sides was not measured."""
    ours = medians.get(target.ours.name, {}).get(target.figure)
    if ours is None:
        return Verdict(target)
    if not target.rivals:
        return Verdict(target, ours)
    theirs = {
        rival.name: medians[rival.name][target.figure]
        for rival in target.rivals
        if target.figure in medians.get(rival.name, {})
    }
    if not theirs:
        return Verdict(target)
    more_is_better = BY_KEY[target.figure].more_is_better
    best = (max if more_is_better else min)(theirs, key=lambda name: theirs[name])
    as_good = (target.at_least is not None) != more_is_better  # seconds: theirs over ours
    ratio = theirs[best] / ours if as_good else ours / theirs[best]
    return Verdict(target, ratio, best)
