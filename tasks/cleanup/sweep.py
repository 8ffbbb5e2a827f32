"""What a sweep is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch removed, and where the next one begins; None when nothing is left."""

    removed: int
    end: str | None


@dataclass(frozen=True, slots=True)
class Sweep:
    """One kind of rows that leave."""

    name: str
    take: Callable[[str], Taken]  # given where the last batch ended, '' for the first
