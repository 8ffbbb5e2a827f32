"""How long a published homework takes to reach a browser's socket, on an idle stack.

`python -m tests.bench.publish_to_frame` starts a stack, publishes 100 homeworks one by one,
each when the mails of the one before are out, and prints quantiles in milliseconds.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Final

from tests import ledger
from tests.portal import Listener, Person, listening
from tests.servers import RunningStack, running_stack, wait_for

RUNS: Final = 100
ALL_OPEN: Final = "SELECT count(*) FROM delivery WHERE state IN ('pending', 'running')"


def one_run(stack: RunningStack, teacher: Person, tab: Listener, number: int) -> tuple[float, ...]:
    """Seconds from the request to its answer, and from the request to the frame."""
    homework = teacher.draft(f"Run {number}")
    begin = time.monotonic()
    answer = teacher.publish(homework)
    wait_for(lambda: number in tab.arrived, what="the frame")
    wait_for(lambda: ledger.ask(stack, ALL_OPEN) == [(0,)], what="the mails")
    return answer, tab.arrived[number] - begin


def summary(name: str, seconds: list[float]) -> str:
    cuts = quantiles(seconds, n=100, method="inclusive")
    return f"{name}: p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms"


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as home,
        running_stack(Path(home) / "home") as stack,
        Person(stack.base_url, "teacher@oakwood.example") as teacher,
        Person(stack.base_url, "student1@oakwood.example") as student,
        listening(student) as tab,
    ):
        runs = [one_run(stack, teacher, tab, number) for number in range(1, RUNS + 1)]
    answers, frames = ([run[part] for run in runs] for part in (0, 1))
    lines = [
        f"{RUNS} homeworks, each to 60 people, idle stack",
        summary("request -> answer (two requests: token, publish)", answers),
        summary("request -> frame", frames),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
