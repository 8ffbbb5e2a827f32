"""One fault after the other, under load, and what became of the promises."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

import psycopg2
import pytest

from tests import ledger
from tests.faults.audience import Tab, tabs
from tests.faults.checker import Checker
from tests.faults.faults import Fault
from tests.faults.mailbox import Mailbox
from tests.faults.memory import Memory, watched
from tests.faults.promises import Promises
from tests.faults.scene import Scene
from tests.faults.workload import make_small_classes, working
from tests.servers import RunningStack

WARM_UP: Final = 2
"""Publications before the fault begins."""
SETTLING: Final = 60.0
TABS_SETTLING: Final = 15.0
OPEN: Final = """
SELECT count(*) FROM delivery JOIN event ON event.id = event_id
WHERE state IN ('pending', 'running') AND occurred_at <= %s
"""
LEFT: Final = """
SELECT handler, state, attempt, left(detail, 120), count(*), min(due_at) - now()
FROM delivery WHERE state IN ('pending', 'running') GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC LIMIT 3
"""


@dataclass
class Outcome:
    """A fault's line in the drill's table."""

    fault: Fault
    breaches: list[str] = field(default_factory=list)
    recovered: float = 0.0
    slowest: float = 0.0
    kept: int = 0
    unanswered: int = 0  # requests that got no answer at all
    remark: str = ""  # what the fault itself has measured

    @property
    def is_well(self) -> bool:
        return not self.breaches


class Nemesis:
    """Applies faults to one stack, whose people watch all the time."""

    def __init__(self, stack: RunningStack, seed: str, watching: list[Tab], memory: Memory) -> None:
        self._stack = stack
        self._seed = seed
        self._tabs = watching
        self.memory = memory
        self._checker = Checker(stack, Mailbox(stack), watching)

    def strike(self, fault: Fault) -> Outcome:
        """Apply one fault under load, wait until all has settled, and look."""
        name = f"{self._seed}/{fault.name}"
        outcome = Outcome(fault)
        promises = Promises()
        scene = Scene(self._stack, Random(name), promises, name)
        with working(self._stack, name, promises):
            self._under_load(scene, outcome)
        self._settle(outcome)
        outcome.remark = scene.remark
        outcome.kept = promises.kept_count
        outcome.unanswered = sum(not each.status for each in promises.tries)
        outcome.slowest = promises.slowest.seconds
        outcome.breaches += self._checker.breaches(
            name, promises, may_die=fault.may_die, may_wait=fault.may_wait
        )
        outcome.breaches += _late_or_refused(fault, promises)
        outcome.breaches += self.memory.breaches()
        return outcome

    def _under_load(self, scene: Scene, outcome: Outcome) -> None:
        try:
            scene.await_publications(WARM_UP)
            outcome.fault.how(scene)
            begin, until = time.monotonic(), self._now()
            while self._open_until(until):
                if time.monotonic() - begin > SETTLING:
                    outcome.breaches.append(f"still open: {ledger.ask(self._stack, LEFT)}")
                    break
                time.sleep(0.05)
            outcome.recovered = time.monotonic() - begin
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - the drill goes on
            outcome.breaches.append(f"{type(error).__name__}: {error}"[:500])
        if outcome.recovered > outcome.fault.recovery:
            took, allowed = outcome.recovered, outcome.fault.recovery
            outcome.breaches.append(f"recovery took {took:.1f} s instead of {allowed:.0f} s")

    def _settle(self, outcome: Outcome) -> None:
        """The workload has ended: everything ends, and the tabs have it."""
        ends = time.monotonic() + SETTLING
        while self._open_until(self._now()) and time.monotonic() < ends:
            time.sleep(0.05)
        ends = time.monotonic() + TABS_SETTLING
        while not all(tab.is_level(self._stack) for tab in self._tabs):
            if time.monotonic() > ends:
                outcome.breaches.append("not all tabs have caught up")
                break
            time.sleep(0.05)

    def _now(self) -> object:
        while True:
            with suppress(psycopg2.OperationalError):
                return ledger.ask(self._stack, "SELECT clock_timestamp()")[0][0]
            time.sleep(0.1)

    def _open_until(self, moment: object) -> int:
        with suppress(psycopg2.OperationalError):
            return int(ledger.ask(self._stack, OPEN, moment)[0][0])
        return 1


def _late_or_refused(fault: Fault, promises: Promises) -> Iterator[str]:
    slowest = promises.slowest
    if slowest.seconds > fault.slowest:
        yield (
            f"an answer took {slowest.seconds:.1f} s instead of {fault.slowest:.0f} s: "
            f"{slowest.status} to {slowest.what}"
        )
    wrong = [each for each in promises.failures if not fault.may_refuse or each.status != 503]
    if wrong:
        yield f"{len(wrong)} requests were answered {sorted({each.status for each in wrong})}"


@contextmanager
def nemesis(stack: RunningStack, seed: str) -> Iterator[Nemesis]:
    """A stack with classes, people who watch, and somebody who looks after its memory."""
    make_small_classes(stack)
    with tabs(stack) as watching, watched(stack) as memory:
        yield Nemesis(stack, seed, watching, memory)
