"""`make drill`: everything that can go wrong goes wrong, and promises are kept.

`SEED=` repeats a drill, `FAULT=name` runs one fault alone, `FAULT=list` lists them.
"""

import os
import secrets
import shutil
import sys
from typing import Final

from infra.local.stack import CHECKOUT
from tests.faults.faults import FAULTS, Fault
from tests.faults.memory import Memory
from tests.faults.nemesis import Outcome, nemesis
from tests.faults.stack import LEASE, drill_stack

PAGE: Final = CHECKOUT / "docs" / "faults.md"
HOME: Final = CHECKOUT / "test-output" / "drill"
INTRODUCTION: Final = """\
# The drill

`make drill` runs the embedded stack with two webs, workers, relays and beats, lets teachers of two
centres publish all the time, and applies one fault after the other. Clients note what they were
answered; the database, the caught mails and the browsers' sockets must agree with it: each event
once, each notice once, each mail once (or twice under one Message-ID where the mail server's answer
was lost, as often as was counted), each socket numbers 1 to the head, nothing in another centre,
each answer in time. `make drill FAULT=name` applies one alone; `SEED=` repeats a drill.

Recovery is the time from the end of the fault until everything committed before has ended, while
the load goes on. This table is the output of one run, with a lease of {lease:.0f} s.

| fault | promise | outcome | recovery s | slowest answer s | publications |
| --- | --- | --- | ---: | ---: | ---: |
"""
NOT_COVERED: Final = """
Not in the drill: a power cut (the embedded PostgreSQL is stopped hard, its machine is not), and a
newer release that changes tables (`newer-release-*` roll out one that changes an event).
"""
SUMMARY: Final = """
## In short

- {kept} of {all} promises were kept, with a lease of {lease:.0f} s.
- Recovery after a killed worker: {worst:.1f} s at worst in the table (`{name}`);
  killed many times: {many}.
- The most memory that was seen, in MB, of one program with its children: {memory}.
"""


def row(outcome: Outcome) -> str:
    """A line of the page's table."""
    fault = outcome.fault
    verdict = "kept" if outcome.is_well else "**broken**"
    promise = f"{fault.promise}: {outcome.remark}" if outcome.remark else fault.promise
    return (
        f"| {fault.name} | {promise} | {verdict} | {outcome.recovered:.1f} | "
        f"{outcome.slowest:.2f} | {outcome.kept} |\n"
    )


def summary(outcomes: list[Outcome], memory: Memory) -> str:
    """The page's last words."""
    killed = [each for each in outcomes if each.fault.name.startswith("worker-killed")]
    worst = max(killed, key=lambda outcome: outcome.recovered)
    return SUMMARY.format(
        kept=sum(outcome.is_well for outcome in outcomes),
        all=len(outcomes),
        lease=LEASE,
        worst=worst.recovered,
        name=worst.fault.name,
        many="; ".join(each.remark for each in killed if each.remark) or "no percentiles",
        memory=memory,
    )


def show(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show_outcome(outcome: Outcome) -> None:
    """A line of the terminal's table, and what was broken below it."""
    verdict = "kept" if outcome.is_well else "BROKEN"
    show(
        f"{outcome.fault.name:<36}{verdict:<8}{outcome.recovered:>8.1f}{outcome.slowest:>10.2f}"
        f"{outcome.kept:>7}   {outcome.fault.promise}"
    )
    if outcome.remark:
        show(f"    - {outcome.remark}")
    for breach in outcome.breaches:
        show(f"    ! {breach}")


def chosen(name: str) -> tuple[Fault, ...]:
    """The faults that were asked for: all, or those named, with commas between."""
    names = [each for each in name.split(",") if each]
    known = {fault.name: fault for fault in FAULTS}
    wrong = [each for each in names if each not in known]
    if wrong:
        sys.exit(f"There is no fault {', '.join(wrong)}; FAULT=list lists them.")
    return tuple(known[each] for each in names) or FAULTS


def run(faults: tuple[Fault, ...], seed: str) -> tuple[list[Outcome], Memory]:
    """Apply the faults to one stack, showing each outcome as it comes."""
    show(f"SEED={seed}; the lease is {LEASE:.0f} s; starting the stack ...")
    head = f"{'fault':<36}{'outcome':<8}{'recovery':>8}{'slowest':>10}{'kept':>7}   promise"
    outcomes = []
    shutil.rmtree(HOME, ignore_errors=True)
    with drill_stack(HOME) as stack, nemesis(stack, seed) as goddess:
        show(head)
        for fault in faults:
            outcomes.append(goddess.strike(fault))
            show_outcome(outcomes[-1])
        show(f"most memory, in MB, of one program with its children: {goddess.memory}")
    return outcomes, goddess.memory


def main() -> int:
    if os.environ.get("FAULT") == "list":
        show("\n".join(f"{fault.name:<36}{fault.promise}" for fault in FAULTS))
        return 0
    faults = chosen(os.environ.get("FAULT", ""))
    seed = os.environ.get("SEED") or secrets.token_hex(4)
    outcomes, memory = run(faults, seed)
    broken = [outcome.fault.name for outcome in outcomes if not outcome.is_well]
    if faults == FAULTS:
        lines = "".join(row(outcome) for outcome in outcomes)
        head = INTRODUCTION.format(lease=LEASE)
        PAGE.write_text(head + lines + NOT_COVERED + summary(outcomes, memory))
    show(
        f"{len(outcomes) - len(broken)} of {len(outcomes)} kept. SEED={seed}; logs: {HOME / 'log'}"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
