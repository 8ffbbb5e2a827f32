"""How long a backlog takes: arithmetic alone. docs/adr/0020-forecasts.md has it in words.

What is measured is how much a queue does in a second with so many worker processes, of samples in
which it had work all the time. Two processes seldom do twice as much as one, so each number of
processes that was seen counts for itself.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

RECENT: Final = 12  # samples of each number of processes
SOON: Final = 300.0  # seconds; what is drained sooner needs no more workers
MOST_WORKERS: Final = 12  # that are ever proposed
WORTH: Final = 0.1  # of the time that one more worker must save to be proposed
USUAL_PROCESSES: Final = 2  # of a worker, where none has said

PerSecond = float  # deliveries


@dataclass(frozen=True, slots=True)
class Seen:
    """A sample in which a queue had work all the time."""

    processes: int
    done: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Advice:
    """So many workers would do, and what they would need, in seconds; None when nobody knows."""

    workers: int
    drained_in: float | None


def capacity_of(samples: Iterable[Seen]) -> dict[int, PerSecond]:
    """By number of processes, what they do together: the median of the first, latest samples."""
    rates: dict[int, list[float]] = defaultdict(list)
    for each in samples:
        if each.processes > 0 and each.seconds > 0 and len(rates[each.processes]) < RECENT:
            rates[each.processes].append(each.done / each.seconds)
    return {number: median(found) for number, found in rates.items() if median(found) > 0}


def per_second(processes: int, capacity: Mapping[int, PerSecond]) -> PerSecond | None:
    """What so many processes do together; None when nothing is known.

    What was seen counts. Between two numbers that were seen it lies on the line between them;
    beyond the largest it goes on as it last did, and below the smallest in proportion.
    """
    if processes <= 0 or not capacity:
        return None
    points = {0: 0.0, **capacity}
    known = sorted(points)
    place = bisect_left(known, processes)
    if place < len(known):
        return _on_line(processes, known[place - 1], known[place], points)
    # Workers that lost by the last step are not believed to lose ever more.
    return max(_on_line(processes, known[-2], known[-1], points), points[known[-1]])


def _on_line(at: int, left: int, right: int, points: Mapping[int, PerSecond]) -> PerSecond:
    share = (at - left) / (right - left)
    return points[left] + (points[right] - points[left]) * share


def drained_in(due: int, rate: PerSecond | None) -> float | None:
    """Seconds until nothing is due; None when that cannot be said."""
    if not due:
        return 0.0
    return due / rate if rate else None


def advise(
    *, due: int, workers: int, processes: int, capacity: Mapping[int, PerSecond]
) -> Advice | None:
    """How many workers would drain it soon; None where those that there are do.

    The fewest that need less than `SOON`; where nothing is known, one more than there are.
    """
    now = drained_in(due, per_second(processes, capacity))
    if not due or (now is not None and now <= SOON):
        return None
    each = processes / workers if workers else USUAL_PROCESSES
    offers = [
        Advice(number, drained_in(due, per_second(round(number * each), capacity)))
        for number in range(workers + 1, max(MOST_WORKERS, workers + 1) + 1)
    ]
    return _cheapest(offers, now)


def _cheapest(offers: Sequence[Advice], now: float | None) -> Advice | None:
    """The first that is soon enough; else the last that gains a tenth on the one before it."""
    best, before = None, now
    for offer in offers:
        if offer.drained_in is None:
            return best or offer
        if before is not None and offer.drained_in > (1 - WORTH) * before:
            return best
        best, before = offer, offer.drained_in
        if offer.drained_in <= SOON:
            return best
    return best
