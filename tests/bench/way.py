"""`python -m tests.bench.way`: where the time of a single event goes, round trip by round trip."""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from tests.bench.contenders import CELERY_M, FLAGS, OURS, QUIET
from tests.bench.processes import running_producers, running_workers
from tests.bench.scenarios import PER_SECOND, SETTLE, SINGLES, WARM_UP
from tests.bench.stage import running_stage
from tests.bench.way_stamps import FOLDER, read

# What ends at each stamp, the stamp at which it began, what it is, the round trips it takes.
STEPS: Final = (
    ("made", "asked", "`BEGIN` and the action's own row, in one message", "1 to PostgreSQL"),
    ("published", "made", "`publish()`: it travels with the commit", "-"),
    ("woken", "published", "the commit sets out: the nudge thread wakes", "-"),
    ("nudged", "woken", "meanwhile, mark and message", "1 to Redis"),
    (
        "committed",
        "published",
        "`record_event()` and `COMMIT`, on disk: **the action has answered**",
        "1 to PostgreSQL",
    ),
    ("received", "nudged", "Celery: the worker's main process has it", "its `BRPOP` returns"),
    ("called", "received", "Celery: the task begins in a worker process", "a pipe"),
    ("claimed", "called", "`claim_due_deliveries()`: **the handler begins**", "1 to PostgreSQL"),
    ("handled", "claimed", "`BEGIN` and the handler's own statement", "1 to PostgreSQL"),
    ("done", "handled", "marked done and `COMMIT`, on disk", "1 to PostgreSQL"),
    ("looked", "done", "nothing more is due", "1 to PostgreSQL"),
    ("over", "looked", "the mark goes", "1 to Redis"),
    ("looked-again", "over", "still nothing is due", "1 to PostgreSQL"),
)


def measure(count: int) -> dict[str, dict[str, float]]:
    """The stamps of so many events, 20 a second."""
    with tempfile.TemporaryDirectory() as folder:
        contender = replace(
            OURS,
            act="tests.bench.way_act:act",
            workers=((*CELERY_M, "tests.bench.way_app", "worker", *FLAGS, *QUIET),),
            env={FOLDER: folder},
        )
        with running_stage([contender]) as stage, running_workers(stage, contender):
            for each in (WARM_UP, count):
                for file in Path(folder).iterdir():
                    file.unlink()
                with running_producers(stage, contender, contender.act, [each], PER_SECOND):
                    time.sleep(SETTLE)
        return read(Path(folder))


def table(found: dict[str, dict[str, float]]) -> str:
    """Markdown: what each step took, and the whole until then."""
    whole = [steps for steps in found.values() if {step for step, *_ in STEPS} <= set(steps)]
    lines = [
        "| step | round trips | p50 ms | p99 ms | since the beginning |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for step, before, what, trips in STEPS:
        took = [(steps[step] - steps[before]) * 1000 for steps in whole]
        since = median((steps[step] - steps["asked"]) * 1000 for steps in whole)
        high = quantiles(took, n=100)[98]
        lines.append(f"| {what} | {trips} | {median(took):.2f} | {high:.2f} | {since:.2f} |")
    return "\n".join([*lines, "", f"{len(whole)} of {len(found)} events, one at a time.", ""])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.way", description=__doc__)
    parser.add_argument("--events", type=int, default=SINGLES)
    sys.stdout.write(table(measure(parser.parse_args().events)))


if __name__ == "__main__":
    main()
