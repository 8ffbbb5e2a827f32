"""What clients were told would happen, noted by the clients themselves."""

import threading
from dataclasses import dataclass, field
from typing import Final

CENTRES: Final = ("oakwood", "riverside")
ALL, FEW = "7A", "Drill"
"""The classes: of thirty students, and of three."""


@dataclass
class Homework:
    """One that a client meant to publish, and how far it got an answer."""

    title: str
    centre: str
    school_class: str
    homework_id: str = ""  # known once the draft was answered
    is_published: bool = False  # once that was answered
    is_recalled: bool = False


@dataclass(frozen=True)
class Try:
    """One request: how long until its answer, and which; 0 when there was none."""

    what: str
    seconds: float
    status: int


@dataclass
class Promises:
    """All that the clients of one drill asked for, and what they were answered."""

    homework: list[Homework] = field(default_factory=list)
    tries: list[Try] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)  # answers that should not have been
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def intend(self, homework: Homework) -> Homework:
        """Note it before the first request leaves."""
        with self._lock:
            self.homework.append(homework)
        return homework

    def note(self, tried: Try) -> None:
        with self._lock:
            self.tries.append(tried)

    def complain(self, what: str) -> None:
        with self._lock:
            self.complaints.append(what)

    @property
    def kept_count(self) -> int:
        """How many publications were answered."""
        return sum(each.is_published for each in self.homework)

    @property
    def slowest(self) -> Try:
        answered = [each for each in self.tries if each.status]
        return max(answered, key=lambda each: each.seconds, default=Try("nothing", 0.0, 200))

    @property
    def failures(self) -> list[Try]:
        return [each for each in self.tries if each.status >= 500]
