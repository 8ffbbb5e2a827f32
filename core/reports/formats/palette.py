"""Colours of a chart's series: the centre's own first, all told apart by who is colour-blind."""

from itertools import cycle, islice
from typing import Final

# Of Okabe and Ito and of Tol, those that stand out against white by 3:1, and differ in lightness.
OTHERS: Final = ("#d55e00", "#0072b2", "#332288", "#009e73", "#882255", "#5b6770")
APART: Final = 110  # how far from the centre's colour, of 441


def colours_of(centre: str, count: int) -> list[str]:
    """As many as there are series; they come again after a few."""
    first = centre.lower()
    rest = [each for each in OTHERS if _distance(each, first) >= APART]
    return list(islice(cycle([first, *rest]), count))


def _distance(one: str, other: str) -> float:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))
