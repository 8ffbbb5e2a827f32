"""TABLE: what is measured. Each scenario returns a contender's figures by name."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles
from typing import Final

import psutil

from infra.local.program import Process
from tests.bench.contenders import LIMIT, RECIPIENTS, Contender
from tests.bench.processes import FailedError, running_producers, running_workers, wait_until
from tests.bench.stage import Stage

ACTIONS: Final = int(os.environ.get("BENCH_ACTIONS", "5000"))
WARM_UP: Final = 100  # actions, so that every process has done some work
SINGLES: Final = 300
PER_SECOND: Final = 20
IDLE: Final = 10.0  # seconds
SETTLE: Final = 1.0  # seconds for what follows a handler: acks, results, a nudge under way
COUNT_DONE: Final = "SELECT count(*) FROM bench_row WHERE done_at IS NOT NULL"
# A bulk handler's first batch is no rows in no time.
DRAINED: Final = """
    SELECT count(*) FILTER (WHERE done_at > first) / nullif(max(done_at) - first, 0)
    FROM bench_row, (SELECT min(done_at) AS first FROM bench_row) AS begun GROUP BY first
"""

Figures = dict[str, float]


def end_to_end(stage: Stage, contender: Contender, producers: int) -> Figures:
    """S1: actions a second, from the first action to the last handled row."""
    figure = f"s1_{producers}p"
    counts = [ACTIONS // producers] * producers
    if contender is LIMIT:
        stage.clear()
        with running_producers(stage, contender, contender.act, counts) as begin:
            return {figure: sum(counts) / (time.time() - begin)}
    with (
        warm_workers(stage, contender) as workers,
        running_producers(stage, contender, contender.act, counts) as begin,
    ):
        wait_until_done(stage, workers, sum(counts))
        return {figure: sum(counts) / (stage.ask("SELECT max(done_at) FROM bench_row") - begin)}


def drain(stage: Stage, contender: Contender) -> Figures:
    """Rows a second out of a backlog: those handled after the first, until the last."""
    stage.clear()
    with running_producers(stage, contender, contender.act, [ACTIONS // 2] * 2):
        time.sleep(SETTLE)
    with running_workers(stage, contender) as workers:
        wait_until_done(stage, workers, ACTIONS // 2 * 2)
    rate = stage.ask(DRAINED)
    if rate is None:
        raise FailedError("all rows were handled in one moment: too few for a rate")
    return {"drain": rate}


def recipients(stage: Stage, contender: Contender) -> Figures:
    """S2: seconds for one action that tells 10,000 people, a row each."""
    with (
        warm_workers(stage, contender) as workers,
        running_producers(stage, contender, contender.tell_all, [1]) as begin,
    ):
        counted = "SELECT count(*) FROM bench_told"
        wait_until(lambda: stage.ask(counted) >= RECIPIENTS, workers, every=0.02)
        return {"s2": time.time() - begin}


def singles(stage: Stage, contender: Contender) -> Figures:
    """S3: milliseconds from commit to handler, at 20 actions a second; then S4."""
    with warm_workers(stage, contender) as workers:
        with running_producers(stage, contender, contender.act, [SINGLES], PER_SECOND):
            wait_until_done(stage, workers, SINGLES)
        waits = stage.ask("SELECT array_agg((done_at - committed_at) * 1000) FROM bench_row")
        figures = {"s3_p50": median(waits), "s3_p99": quantiles(waits, n=100)[98]}
        return figures | at_rest(workers)


def at_rest(workers: list[Process]) -> Figures:
    """S4: memory of all processes, shared pages counted once, and CPU while there is no work."""
    time.sleep(SETTLE)
    tops = [psutil.Process(worker.pid) for worker in workers]
    family = [each for top in tops for each in (top, *top.children(recursive=True))]
    memory = sum(_memory(each) for each in family)
    before = sum(_cpu(each) for each in family)
    time.sleep(IDLE)
    used = sum(_cpu(each) for each in family) - before
    return {"s4_memory": memory / 1e6, "s4_idle": 100 * used / IDLE}


@contextmanager
def warm_workers(stage: Stage, contender: Contender) -> Iterator[list[Process]]:
    """Workers that have all done some work, and empty tables."""
    stage.clear()
    with running_workers(stage, contender) as workers:
        with running_producers(stage, contender, contender.act, [WARM_UP]):
            wait_until_done(stage, workers, WARM_UP)
        time.sleep(SETTLE)
        stage.clear_rows()
        yield workers


def wait_until_done(stage: Stage, workers: list[Process], count: int) -> None:
    """Until so many rows have been handled."""
    wait_until(lambda: stage.ask(COUNT_DONE) >= count, workers, every=0.05)


def _memory(process: psutil.Process) -> float:
    """Bytes; where the system does not share out shared pages, those of its own alone."""
    found = process.memory_full_info()
    return float(getattr(found, "pss", found.uss))


def _cpu(process: psutil.Process) -> float:
    """Seconds so far."""
    times = process.cpu_times()
    return times.user + times.system


@dataclass(frozen=True, slots=True)
class Scenario:
    """A row of the table."""

    key: str  # as chosen by --scenarios
    name: str
    measure: Callable[[Stage, Contender], Figures]
    has_limit: bool = False  # whether the transaction alone takes part


SCENARIOS: Final = (
    Scenario("S1", "S1, one producer", partial(end_to_end, producers=1), has_limit=True),
    Scenario("S1", "S1, two producers", partial(end_to_end, producers=2), has_limit=True),
    Scenario("drain", "drain", drain),
    Scenario("S2", "S2", recipients),
    Scenario("S3", "S3 and S4", singles),
)
