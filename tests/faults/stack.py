"""The stack under the drill: two of each program, a moody mail server, a cable to Redis."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from core.env import Env
from infra.local.ports import HOST, free_port
from infra.local.postgres import postgres_program
from infra.local.probes import answers
from infra.local.program import Program
from infra.local.programs import Plan, programs, python, steps
from infra.local.redis import redis_program
from infra.local.run import run_stack
from infra.local.stack import CHECKOUT, Stack
from tests.made_home import made_home
from tests.servers import RunningStack, running_stack

LEASE: Final[float] = Env.model_fields["delivery_lease_seconds"].default  # as shipped
CABLE, MOOD = "cable.txt", "mood.txt"
"""Files of the home that say in what state the cable and the mail server are."""
RELEASES: Final = "releases"
"""A folder of the home: for each program a link to the code that it is started from."""


@contextmanager
def drill_stack(home: Path) -> Iterator[RunningStack]:
    """A running one."""
    with running_stack(
        made_home(home),
        module="tests.faults.stack",
        SCHOOLBELL_WEBS="2",
        SCHOOLBELL_WORKERS="2",
        SCHOOLBELL_RELAYS="2",
        SCHOOLBELL_BEATS="2",
    ) as stack:
        yield stack


def moody_servers(cable_port: int, stack: Stack) -> list[Program]:
    return [
        postgres_program(stack),
        redis_program(stack),
        cable_program(cable_port, stack),
        mail_program(stack),
    ]


def cable_program(port: int, stack: Stack) -> Program:
    options = ("--listen", str(port), "--to", str(stack.ports.redis))
    mode = ("--mode-file", str(stack.home.root / CABLE))
    program = python(
        "redis-cable", ("-m", "tests.faults.cable", *options, *mode), stack.bare_environment()
    )
    ready = answers(
        port, said=f"AUTH {stack.passwords.redis}\r\nPING\r\n".encode(), greeting=b"+OK\r\n+PONG"
    )
    return replace(program, ready=ready, address=f"{HOST}:{port}")


def mail_program(stack: Stack) -> Program:
    port = stack.ports.smtp
    options = ("--port", str(port), "--mailbox", str(stack.home.mailbox))
    mood = ("--mood-file", str(stack.home.root / MOOD))
    program = python(
        "smtp", ("-m", "tests.faults.mailserver", *options, *mood), stack.bare_environment()
    )
    return replace(program, ready=answers(port, greeting=b"220"), address=f"{HOST}:{port}")


def cabled_programs(cable_port: int, stack: Stack) -> list[Program]:
    """All programs reach Redis through the cable."""
    return [
        released(replace(program, env={**program.env, "REDIS_PORT": str(cable_port)}), stack)
        for program in programs(stack)
        if program.name != "flower"
    ]


def released(program: Program, stack: Stack) -> Program:
    """The program, started from where its link points by then; at first that is here."""
    release(stack.home.root, program.name, CHECKOUT)
    link = str(stack.home.root / RELEASES / program.name)
    return replace(program, argv=("sh", "-c", 'cd "$0" && exec "$@"', link, *program.argv))


def release(home: Path, name: str, tree: Path) -> None:
    """From its next start on, the program runs the code of this tree."""
    link = home / RELEASES / name
    link.parent.mkdir(exist_ok=True)
    new = link.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.symlink_to(tree)
    new.replace(link)


def main() -> int:
    port = free_port()
    return run_stack(Plan(partial(moody_servers, port), steps, partial(cabled_programs, port)))


if __name__ == "__main__":
    sys.exit(main())
