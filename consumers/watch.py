"""One socket's place in one stream."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from consumers import frames
from consumers.outlet import Outlet
from core.live.entries import StoredEntry
from core.metrics import recording


class Numbered(NamedTuple):
    """An entry's frame, written once for all who watch, and its number."""

    seq: int
    frame: str


def numbered(name: str, found: Iterable[StoredEntry]) -> list[Numbered]:
    """The frames of entries."""
    return [Numbered(each.seq, frames.entry(name, each)) for each in found]


@dataclass(eq=False)
class Watch:
    """A stream that a socket watches, and the number of the last entry it was sent.

    It only ever sends the next one: that alone makes what a client gets gapless and without repeat,
    whoever reads, how often and when.
    """

    outlet: Outlet
    stream: str
    name: str  # as clients call the stream
    last: int
    catching_up: asyncio.Task[None] | None = None  # while it reads by itself

    @property
    def is_live(self) -> bool:
        """Whether it is sent what is read for all."""
        return self.catching_up is None

    def send(self, news: Sequence[Numbered]) -> None:
        """Send what is new to it, or `resync` where the next entry is no longer stored."""
        ahead = [each for each in news if each.seq > self.last]
        if not ahead:
            return
        if ahead[0].seq > self.last + 1:
            self.restart(ahead[-1].seq)
            return
        for each in ahead:
            self.outlet.put(each.frame)
        recording.entries_sent(len(ahead))
        self.last = ahead[-1].seq

    def restart(self, seq: int) -> None:
        """Go on behind `seq`, wherever it was."""
        self.outlet.put(frames.resync(self.name, seq))
        self.last = seq

    def beat(self) -> None:
        """Tell the client how far it should be."""
        self.outlet.put(frames.head(self.name, self.last))
