"""What is other between two versions of a report: which pupils' figures have moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from core.reports.kind import ROWS, Kind
from core.reports.snapshot import Snapshot

MOST: Final = 500  # rows that are shown


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of a row, before and after; '' where there is none."""

    figure: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is new, gone, or has other figures."""

    what: str  # added, removed, changed
    row: tuple[str, ...]  # its names: pupil, class
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """All of them, as far as they are shown."""

    rows: list[Difference]
    has_more: bool


def differences_between(kind: Kind, before: Snapshot, after: Snapshot) -> Differences:
    """Compare the figures of each row of two versions of one report."""
    found = list(islice(_differences(kind, before, after), MOST + 1))
    return Differences(found[:MOST], has_more=len(found) > MOST)


def _differences(kind: Kind, before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    titles = [str(title) for title in kind.figures.values()]
    old, new = _figures(kind, before), _figures(kind, after)
    for key, (names, figures) in new.items():
        if key not in old:
            yield Difference("added", names, _changes(titles, None, figures))
        elif old[key][1] != figures:
            yield Difference("changed", names, _changes(titles, old[key][1], figures))
    for key, (names, figures) in old.items():
        if key not in new:
            yield Difference("removed", names, _changes(titles, figures, None))


Figures = tuple[str, ...]


def _figures(kind: Kind, data: Snapshot) -> dict[Figures, tuple[Figures, Figures]]:
    """By its key, each row's names and figures."""
    wanted = (*kind.keys, *kind.names, *kind.figures)
    keys, names = len(kind.keys), len(kind.keys) + len(kind.names)
    return {row[:keys]: (row[keys:names], row[names:]) for row in data.rows(ROWS, *wanted)}


def _changes(
    titles: list[str], before: Figures | None, after: Figures | None
) -> tuple[Change, ...]:
    nothing = ("",) * len(titles)
    pairs = zip(titles, before or nothing, after or nothing, strict=True)
    return tuple(Change(title, old, new) for title, old, new in pairs if old != new)
