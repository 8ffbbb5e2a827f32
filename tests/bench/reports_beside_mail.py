"""Whether mails wait for reports: from publishing to the mail server, beside reports and without.

`python -m tests.bench.reports_beside_mail` starts a stack with 50,000 people in each centre and
publishes homework one after the other, in turns while nobody wants a report, while PDFs of all
these people are being made and more are waiting, and, for comparison, while as many processes of
the lowest priority only count. Then it does so with a stack whose reports never stand still, as
they were before: processors that share a core slow each other whatever they do, which no priority
can help. It prints milliseconds of all mails; a ratio is that to the same stack without reports.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path
from statistics import quantiles
from typing import Final

import psutil

from infra.local.stack import CHECKOUT
from tests import ledger
from tests.portal import Person
from tests.servers import RunningStack, running_stack

CENTRES: Final = ("oakwood", "riverside")
WAITING: Final = 3  # reports of each centre, at least: one is made, the others wait
TARGET: Final = 1.1  # times as long as without reports, at most
# TABLE: what is measured: for how many seconds reports stand still.
STACKS: Final = {"that stand still": "5", "that never do": "0"}
LOOK: Final = 0.2  # seconds between two looks, so that looking costs little
PATIENCE: Final = 120.0
LAST_DAY: Final = date(2026, 12, 31)

PEOPLE: Final = """
WITH person AS (
    INSERT INTO people_user (password, is_superuser, email, name, is_active, is_operator, language)
    SELECT '', false, 'many' || number || '@mail.example', 'Person ' || number, true, false, ''
    FROM generate_series(1, %(people)s) number RETURNING id
)
INSERT INTO people_membership (user_id, centre_id, roles, is_active)
SELECT person.id, centre.id, '{staff}', true FROM person CROSS JOIN people_centre centre;
ANALYZE people_user, people_membership;
"""
COUNT: Final = """
import sys, time
from tasks.gentle import be_gentle
be_gentle()
ends = time.monotonic() + float(sys.argv[1])
while time.monotonic() < ends:
    pass
"""
LIVE: Final = """
SELECT report.id, report.state, job.state FROM reports_report report
JOIN people_centre centre ON centre.id = report.centre_id LEFT JOIN job ON job.id = report.job
WHERE centre.slug = %s AND job.state IN ('requested', 'running')
"""


@dataclass
class Trial:
    """A running stack, a teacher who publishes, and the office of each centre."""

    stack: RunningStack
    teacher: Person
    offices: dict[str, Person]
    seen: set[str] = field(default_factory=set)  # mails
    count: int = 0  # of reports and homework, so that none equals another

    def publish(self) -> list[float]:
        """Milliseconds from the request to the mail server, for each mail."""
        self.count += 1
        homework = self.teacher.draft(f"Number {self.count}")
        begin = time.time()
        self.teacher.publish(homework)
        self.await_none(ledger.OPEN, homework)
        ((event,),) = ledger.ask(self.stack, ledger.EVENTS, homework)
        return [(at - begin) * 1000 for at in self._mails_of(event)]

    def _mails_of(self, event: str) -> Iterator[float]:
        """When each came."""
        for file in Path(self.stack.facts["mailbox_dir"]).glob("*.eml"):
            if file.name not in self.seen:
                self.seen.add(file.name)
                with file.open("rb") as mail:
                    about = BytesHeaderParser().parse(mail)["X-Schoolbell-Event"]
                if about == event:
                    yield file.stat().st_mtime

    def fill(self) -> None:
        """See to it that a report of each centre is being made, and that others wait."""
        for centre, office in self.offices.items():
            for _ in range(WAITING - len(ledger.ask(self.stack, LIVE, centre))):
                self._ask(office)
        self._await(self._is_busy, "reports that are being made")

    def _ask(self, office: Person) -> None:
        self.count += 1
        days = {"since": str(LAST_DAY - timedelta(days=self.count)), "until": str(LAST_DAY)}
        body = {"kind": "account_activity", "format": "pdf", "params": days}
        office.post("/api/reports", body).raise_for_status()

    def _is_busy(self) -> bool:
        return all(
            any(state == "generating" for _, state, _ in ledger.ask(self.stack, LIVE, centre))
            for centre in CENTRES
        )

    def clear(self) -> None:
        """Cancel all reports; returns when no worker has one in hand."""
        for centre, office in self.offices.items():
            for report_id, *_ in ledger.ask(self.stack, LIVE, centre):
                office.post(f"/api/reports/{report_id}/cancel")
        self._await(
            lambda: not any(ledger.ask(self.stack, LIVE, centre) for centre in CENTRES),
            "workers that stop",
        )

    def await_none(self, statement: str, value: str) -> None:
        self._await(lambda: ledger.ask(self.stack, statement, value) == [(0,)], "mails")

    def _await(self, is_so: Callable[[], bool], what: str) -> None:
        ends = time.monotonic() + PATIENCE
        while not is_so():
            if time.monotonic() > ends:
                sys.exit(f"Waited {PATIENCE:.0f} s in vain for {what}.")
            time.sleep(LOOK)


@contextmanager
def running_trial(people: int, seconds: str) -> Iterator[Trial]:
    """With the people that reports are about."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_stack(Path(home) / "home", REPORTS_STAND_STILL=seconds) as stack,
        Person(stack.base_url, "teacher@oakwood.example") as teacher,
        Person(stack.base_url, "staff@oakwood.example") as oakwood,
        Person(stack.base_url, "staff@riverside.example") as riverside,
    ):
        ledger.change(stack, PEOPLE, {"people": people})
        yield Trial(stack, teacher, dict(zip(CENTRES, (oakwood, riverside), strict=True)))


def measure(trial: Trial, rounds: int, homeworks: int) -> dict[str, list[float]]:
    """Milliseconds of all mails without reports and beside them, in turns."""
    took: dict[str, list[float]] = {"without": [], "counting": [], "beside": []}
    trial.publish()  # so that everything is imported
    for number in range(rounds):
        for how in list(took)[:: 1 if number % 2 else -1]:
            with counting() if how == "counting" else nullcontext():
                for _ in range(homeworks):
                    if how == "beside":
                        trial.fill()
                    took[how] += trial.publish()
            show(how, took[how][-60 * homeworks :])
            trial.clear()
    return took


@contextmanager
def counting() -> Iterator[None]:
    """Beside as many processes as the worker of reports has, which yield as it does."""
    argv = [sys.executable, "-c", COUNT, str(PATIENCE)]
    counters = [subprocess.Popen(argv, start_new_session=True, cwd=CHECKOUT) for _ in CENTRES]
    try:
        yield
    finally:
        for counter in counters:
            counter.kill()
            counter.wait()


def show(name: str, milliseconds: list[float]) -> tuple[float, float]:
    """A line of the output; the median and the 95th percentile."""
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    load = os.getloadavg()[0]
    line = f"{name:8} {len(milliseconds):5} mails  p50 {cuts[49]:6.0f}  p95 {cuts[94]:6.0f} ms"
    sys.stdout.write(f"{line}  (load {load:.1f})\n")
    sys.stdout.flush()
    return cuts[49], cuts[94]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.reports_beside_mail", description=__doc__
    )
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--homeworks", type=int, default=5, help="of each round")
    given = parser.parse_args()
    busy = psutil.cpu_percent(1.0)
    head = f"{given.people:,} people, {os.cpu_count()} cores, {busy:.0f}% busy before\n"
    sys.stdout.write(head)
    worst = {}
    for name, seconds in STACKS.items():
        sys.stdout.write(f"Reports {name}:\n")
        with running_trial(given.people, seconds) as trial:
            worst[name] = compare(measure(trial, given.rounds, given.homeworks))
    sys.exit(worst["that stand still"] > TARGET)


def compare(took: dict[str, list[float]]) -> float:
    """Print how much longer mails took than without anything beside; the worst beside reports."""
    shown = {name: show(name, each) for name, each in took.items()}
    ratios = {
        name: [b / a for a, b in zip(shown["without"], shown[name], strict=True)]
        for name in ("counting", "beside")
    }
    for name, each in ratios.items():
        said = ", ".join(f"{ratio:.2f}" for ratio in each)
        sys.stdout.write(f"{name} / without: p50, p95 {said}\n")
    return max(ratios["beside"])


if __name__ == "__main__":
    main()
