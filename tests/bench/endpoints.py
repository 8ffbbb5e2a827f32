"""How long the portal's most used endpoints take in a large school.

`python -m tests.bench.endpoints` starts a stack, adds a school of 10,000 pupils, and asks each
endpoint 200 times as its people would, one request at a time; it prints milliseconds.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Final

import psutil

from infra.local.stack import CHECKOUT
from tests.portal import Person
from tests.servers import RunningStack, running_stack

ASKED: Final = 200
TARGET: Final = 50  # ms, p95
SCHOOL: Final = "lindenhof.example"


@dataclass(frozen=True)
class Endpoint:
    """A request as a person makes it; `{class}` and `{homework}` are one of theirs."""

    who: str
    path: str


# TABLE: what people and their browsers ask for most.
ENDPOINTS: Final = (
    Endpoint("student1", "/"),
    Endpoint("teacher1", "/"),
    Endpoint("student1", "/api/me"),
    Endpoint("student1", "/api/homework"),
    Endpoint("student1", "/api/homework/{homework}"),
    Endpoint("parent1", "/api/homework"),
    Endpoint("student1", "/api/notices"),
    Endpoint("student1", "/api/notices/unread"),
    Endpoint("teacher1", "/api/classes/{class}/students"),
    Endpoint("teacher1", "/api/classes/{class}/grade-book"),
    Endpoint("teacher1", "/api/homework/{homework}/submissions"),
    Endpoint("staff", "/api/people?q=student77"),
    Endpoint("staff", "/api/classes"),
)


def add_school(stack: RunningStack, pupils: int) -> None:
    """With the environment of the stack's own web."""
    env = psutil.Process(stack.process("web")).environ()
    command = [sys.executable, "manage.py", "demo", "--pupils", str(pupils)]
    subprocess.run(command, cwd=CHECKOUT, env=env, check=True)


def measure(person: Person, endpoint: Endpoint) -> list[float]:
    """Milliseconds of each request, the first few left out."""
    path = endpoint.path
    if "{" in path:
        school_class = person.get("/api/classes")["items"][0]["id"]
        homework = person.get("/api/homework")["items"][0]["id"]
        path = path.replace("{class}", school_class).replace("{homework}", homework)
    took = []
    for _ in range(ASKED + 5):
        begin = time.perf_counter()
        person.http.get(path).raise_for_status()
        took.append((time.perf_counter() - begin) * 1000)
    return took[5:]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.endpoints", description=__doc__)
    parser.add_argument("--pupils", type=int, default=10_000)
    pupils = parser.parse_args().pupils
    slow = []
    with (
        tempfile.TemporaryDirectory() as home,
        running_stack(Path(home) / "home", SCHOOLBELL_WEBS="1") as stack,
    ):
        add_school(stack, pupils)
        sys.stdout.write(f"{pupils:,} pupils, {ASKED} requests each, one at a time\n")
        for endpoint in ENDPOINTS:
            with Person(stack.base_url, f"{endpoint.who}@{SCHOOL}") as person:
                cuts = quantiles(measure(person, endpoint), n=100, method="inclusive")
            line = (
                f"{endpoint.who:9} GET {endpoint.path:40} p50 {cuts[49]:6.1f}  p95 {cuts[94]:6.1f}"
            )
            sys.stdout.write(line + " ms\n")
            sys.stdout.flush()
            if cuts[94] > TARGET:
                slow.append(line)
    sys.exit("\n".join([f"Slower than {TARGET} ms:", *slow]) if slow else 0)


if __name__ == "__main__":
    main()
