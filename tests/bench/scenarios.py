"""What is measured, per contender: each scenario returns figures by name."""

import os
import time
from statistics import median, quantiles

import psutil

from tests.bench.contenders import LIMIT, RECIPIENTS, Contender
from tests.bench.stage import Stage
from tests.servers import wait_for

ACTIONS = int(os.environ.get("BENCH_ACTIONS", "5000"))
SINGLES = 300
PER_SECOND = 20
IDLE = 10.0  # seconds

Figures = dict[str, float]


def limit(stage: Stage) -> Figures:
    """Actions a second of the domain transaction alone, with one and with two producers."""
    found = {}
    for producers in (1, 2):
        stage.clear()
        with stage.producers(None, LIMIT, [ACTIONS // producers] * producers) as begin:
            found[f"S1 /s, {producers}p"] = ACTIONS / (time.time() - begin)
    return found


def end_to_end(stage: Stage, contender: Contender, producers: int) -> Figures:
    """S1: actions a second from the first action to the last handled row."""
    with stage.workers(contender):
        warm_up(stage, contender)
        counts = [ACTIONS // producers] * producers
        with stage.producers(contender, contender.act, counts) as begin:
            stage.wait_until_done(ACTIONS)
            return {f"S1 /s, {producers}p": ACTIONS / (_last_done(stage) - begin)}


def drain(stage: Stage, contender: Contender) -> Figures:
    """Rows a second out of a backlog, from the first handled row to the last."""
    stage.clear()
    with stage.producers(contender, contender.act, [ACTIONS // 2] * 2):
        time.sleep(0.2)
    with stage.workers(contender):
        stage.wait_until_done(ACTIONS)
    return {
        "drain /s": ACTIONS / float(stage.ask("SELECT max(done_at) - min(done_at) FROM bench_row"))
    }


def recipients(stage: Stage, contender: Contender) -> Figures:
    """S2: seconds for one action that tells 10,000 people, a row each."""
    with stage.workers(contender):
        warm_up(stage, contender)
        with stage.producers(contender, contender.tell_all, [1]) as begin:
            counted = "SELECT count(*) FROM bench_told"
            wait_for(lambda: stage.ask(counted) >= RECIPIENTS, seconds=120, what="all told")
            return {"S2 s": time.time() - begin}


def singles(stage: Stage, contender: Contender) -> Figures:
    """S3: milliseconds from commit to handler, at 20 actions a second."""
    with stage.workers(contender) as processes:
        warm_up(stage, contender)
        with stage.producers(contender, contender.act, [SINGLES], PER_SECOND):
            stage.wait_until_done(SINGLES)
        waits = stage.ask("SELECT array_agg((done_at - committed_at) * 1000) FROM bench_row")
        figures = {"S3 p50 ms": median(waits), "S3 p99 ms": quantiles(waits, n=100)[98]}
        return figures | rest(processes)


def rest(processes: list[psutil.Process]) -> Figures:
    """S4: memory of all processes, shared pages counted once, and CPU while there is no work."""
    family = [each for top in processes for each in (top, *top.children(recursive=True))]
    memory = sum(each.memory_full_info().pss for each in family)
    before = [each.cpu_times() for each in family]
    time.sleep(IDLE)
    used = sum(
        after.user + after.system - start.user - start.system
        for after, start in zip((each.cpu_times() for each in family), before, strict=True)
    )
    return {"S4 MB": memory / 1e6, "S4 idle CPU %": 100 * used / IDLE}


def warm_up(stage: Stage, contender: Contender) -> None:
    """Some work for every process, then empty tables."""
    stage.clear()
    with stage.producers(contender, contender.act, [100]):
        stage.wait_until_done(100)
    stage.clear()


def _last_done(stage: Stage) -> float:
    return float(stage.ask("SELECT max(done_at) FROM bench_row"))
