"""Workers killed again and again: how long until what they held has ended."""

import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from tests import ledger
from tests.faults.scene import BreachError, Scene
from tests.faults.signals import asleep, kill, names_of
from tests.faults.stack import LEASE
from tests.servers import wait_for

KILLS: Final = 20
PAUSES: Final = (0.2, 2.5)  # seconds from when all listen again, some five after a kill
GLANCES: Final = (0.02, 0.15)  # seconds between two looks at whether a worker holds something
SEARCH: Final = 5.0  # seconds after which a worker is killed that holds nothing
OTHERS_END: Final = 0.1  # seconds in which the living worker ends most of what it holds
ENOUGH: Final = 10  # kills of a worker that held something
LONGEST: Final = 60.0
ALLOWED: Final = 10.0
"""Seconds: the 99th percentile of recoveries after a killed worker."""

HELD: Final = "SELECT id, attempt FROM delivery WHERE state = 'running'"
STILL_OPEN: Final = """
SELECT count(*) FROM delivery WHERE id = ANY(%s) AND state IN ('pending', 'running')
"""
TAKEN_OVER: Final = """
SELECT count(*) FROM delivery JOIN unnest(%s::bigint[], %s::int[]) AS held (id, attempt) USING (id)
WHERE delivery.attempt > held.attempt
"""

Claims = frozenset[tuple[int, int]]  # id and attempt


@dataclass(frozen=True, eq=False)
class Killing:
    """When a worker was killed, and what was claimed at that moment."""

    at: float  # by time.monotonic()
    held: Claims


Latest = dict[int, Killing]  # by delivery: who takes one over may be the next one killed


def killed_many_times(scene: Scene) -> None:
    """Kill one worker and then the other, 20 times; each time the other one carries on."""
    names = names_of(scene.stack, "worker")
    claimed: Claims = frozenset()
    latest: Latest = {}
    with ThreadPoolExecutor(KILLS) as watchers:
        watched = []
        for number in range(KILLS):
            wait_for(lambda: _all_listen(scene, names), seconds=LONGEST, what="all workers")
            scene.last(scene.chance.uniform(*PAUSES))
            killing = _kill_at_work(scene, names[number % len(names)], claimed)
            claimed |= killing.held
            latest |= {each: killing for each, _ in killing.held}
            watched.append(watchers.submit(_recovery, scene, killing, latest))
        recoveries = [each.result() for each in watched]
    _judge(scene, [each for each in recoveries if each is not None])


def _all_listen(scene: Scene, names: list[str]) -> bool:
    """Whether each has given a sign of life; one that is dead takes its file along."""
    return all((scene.stack.home / "run" / f"{name}.alive").exists() for name in names)


def _kill_at_work(scene: Scene, name: str, claimed: Claims) -> Killing:
    """Freeze a worker at moments of chance, and kill it in the first at which it holds something.

    A claim does not say whose it is: the worker's are those that do not end while it is frozen,
    less what others had claimed that are dead by now. After a while it is killed all the same.
    """
    ends = time.monotonic() + SEARCH
    while True:
        with asleep(scene.stack, name):
            at = time.monotonic()
            if held := _held(scene) - claimed:
                time.sleep(OTHERS_END)
                held &= _held(scene)
            if held or at > ends:
                kill(scene.stack, name)
                return Killing(at, held)
        scene.last(scene.chance.uniform(*GLANCES))


def _held(scene: Scene) -> Claims:
    return frozenset((each, attempt) for each, attempt in ledger.ask(scene.stack, HELD))


def _recovery(scene: Scene, killing: Killing, latest: Latest) -> float | None:
    """Seconds until all that it held has ended; None where nothing had to be taken over.

    What a second worker died of as well counts from that one's death.
    """
    while time.monotonic() < killing.at + LONGEST:
        own = [(each, attempt) for each, attempt in killing.held if latest[each] is killing]
        if not scene.count(STILL_OPEN, [each for each, _ in own]):
            break
        time.sleep(0.05)
    took = time.monotonic() - killing.at
    ids, attempts = [each for each, _ in own], [attempt for _, attempt in own]
    return took if scene.count(TAKEN_OVER, ids, attempts) else None


def _judge(scene: Scene, recoveries: Sequence[float]) -> None:
    if len(recoveries) < ENOUGH:
        raise BreachError(f"only {len(recoveries)} of {KILLS} killed workers held something")
    half, most = percentile(recoveries, 0.5), percentile(recoveries, 0.99)
    scene.remark = (
        f"p50 {half:.1f} s, p99 {most:.1f} s, after {len(recoveries)} of {KILLS} kills that left "
        f"something claimed, with a lease of {LEASE:.0f} s"
    )
    if most > ALLOWED:
        raise BreachError(f"p99 is {most:.1f} s instead of {ALLOWED:.0f} s")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share does not exceed; of few, p99 is the largest."""
    return sorted(values)[math.ceil(share * len(values)) - 1]
