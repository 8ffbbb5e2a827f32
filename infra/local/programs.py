"""TABLE: the programs of the embedded stack, in the order they start."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from infra.local.ports import HOST, free_port
from infra.local.postgres import postgres_program, programs_folder
from infra.local.privileges import tethered
from infra.local.probes import answers, log_says, serves_http
from infra.local.problem import ProblemError
from infra.local.program import Program
from infra.local.redis import redis_program
from infra.local.stack import DATABASE, OWNER, Stack

PYTHON = sys.executable
MOST_COPIES = 16
REPORTS = "reports"  # the queue that has a worker of its own


@dataclass(frozen=True)
class Plan:
    """What a stack is made of: servers first, then steps that must succeed, then the programs."""

    servers: Callable[[Stack], list[Program]]
    steps: Callable[[Stack], list[Program]]
    programs: Callable[[Stack], list[Program]]


def servers(stack: Stack) -> list[Program]:
    return [postgres_program(stack), redis_program(stack), smtp_program(stack)]


def steps(stack: Stack) -> list[Program]:
    return [
        *restore(stack),
        step("migrate", ("migrate", "--noinput"), stack.environment(OWNER)),
        step("demo", ("demo",), stack.environment()),
    ]


def programs(stack: Stack) -> list[Program]:
    ours = [
        *copies(stack, "SCHOOLBELL_WEBS", web),
        *copies(stack, "SCHOOLBELL_WORKERS", worker),
        report_worker(stack),
        *copies(stack, "SCHOOLBELL_RELAYS", relay),
        *copies(stack, "SCHOOLBELL_BEATS", beat),
    ]
    return [*(watched(stack, each) for each in ours), flower(stack)]


EMBEDDED = Plan(servers, steps, programs)


def copies(stack: Stack, variable: str, make: Callable[[Stack, str], Program]) -> list[Program]:
    """As many as the variable says: `web`, `web-2`, `web-3`..."""
    return [make(stack, suffix(number)) for number in range(1, number_of(stack, variable) + 1)]


def suffix(number: int) -> str:
    return "" if number == 1 else f"-{number}"


def watched(stack: Stack, program: Program) -> Program:
    """The same, showing its metrics on a private port; workers count in a folder of their own."""
    port = free_port()
    env = {**program.env, "METRICS_PORT": str(port)}
    if program.kind == "worker":
        env["PROMETHEUS_MULTIPROC_DIR"] = str(stack.home.run / f"{program.name}.metrics")
    return replace(program, env=env, metrics_url=f"http://{HOST}:{port}/metrics")


def number_of(stack: Stack, variable: str) -> int:
    asked = stack.caller.get(variable, "1")
    if not asked.isdecimal() or not 0 <= int(asked) <= MOST_COPIES:
        message = f"{variable}={asked} is not a number from 0 to {MOST_COPIES}."
        raise ProblemError(message)
    return int(asked)


def python(name: str, arguments: tuple[str, ...], env: dict[str, str]) -> Program:
    argv = tethered((PYTHON, *arguments))
    return Program(name=name, argv=argv, env=env, ready=log_says(""))


def step(name: str, arguments: tuple[str, ...], env: dict[str, str]) -> Program:
    """A command of manage.py. Django's checks would load the whole HTTP API before each."""
    return python(name, ("manage.py", *arguments, "--skip-checks"), env)


def restore(stack: Stack) -> list[Program]:
    """The step of a start with SCHOOLBELL_RESTORE, a backup's folder: for a new home alone."""
    wanted = stack.caller.get("SCHOOLBELL_RESTORE")
    arguments = ("restore", wanted or "", "--into", DATABASE)
    env = {**stack.environment(), **stack.owner_login(), **programs_folder()}
    return [step("restore", arguments, env)] if wanted else []


def celery(name: str, arguments: str, stack: Stack) -> Program:
    return python(name, ("-m", *arguments.split()), stack.environment())


def smtp_program(stack: Stack) -> Program:
    port, box = stack.ports.smtp, str(stack.home.mailbox)
    options = ("--host", HOST, "--port", str(port), "--mailbox", box)
    program = python("smtp", ("-m", "infra.local.smtp", *options), stack.bare_environment())
    return replace(program, ready=answers(port, greeting=b"220"), address=f"{HOST}:{port}")


def web(stack: Stack, suffix: str) -> Program:
    port = free_port() if suffix else stack.web_port
    arguments = ("-m", "consumers.server", "--host", HOST, "--port", str(port))
    # Bodies are written down until they are read: on a disk, where /tmp may be memory.
    env = {**stack.environment(), "TMPDIR": str(stack.home.incoming)}
    program = python(f"web{suffix}", arguments, env)
    return replace(program, ready=serves_http(port, "/readyz"), address=f"{HOST}:{port}")


def worker(stack: Stack, suffix: str) -> Program:
    return serving(stack, f"worker{suffix}", f"--exclude-queues {REPORTS}")


def report_worker(stack: Stack) -> Program:
    """A worker for reports alone: they take long, and must neither fill nor slow the others."""
    name = f"worker{suffix(number_of(stack, 'SCHOOLBELL_WORKERS') + 1)}"
    return serving(stack, name, f"--queues {REPORTS}")


def serving(stack: Stack, name: str, queues: str) -> Program:
    options = f"{queues} -n {name}@%h --concurrency 2 --without-gossip --without-mingle -E"
    options = f"{options} --loglevel INFO"
    program = celery(name, f"tasks worker {options}", stack)
    alive = stack.home.run / f"{program.name}.alive"
    env = {**program.env, "ALIVE_FILE": str(alive), **programs_folder(), **stack.backup_login()}
    return replace(program, env=env, ready=log_says(" ready."), alive_file=alive)


def relay(stack: Stack, suffix: str) -> Program:
    program = python(f"relay{suffix}", ("-m", "tasks.relay"), stack.environment())
    return replace(program, ready=log_says("relay ready"))


def beat(stack: Stack, suffix: str) -> Program:
    options = "-S schedules.scheduler:SlotScheduler --pidfile= --loglevel INFO"
    program = celery(f"beat{suffix}", f"tasks beat {options}", stack)
    return replace(program, ready=log_says("beat: Starting"))


def flower(stack: Stack) -> Program:
    port = stack.ports.flower
    command = f"celery --quiet -A tasks.app flower --address={HOST} --port={port}"
    program = celery("flower", command, stack)
    ready = serves_http(port, "/", only_ok=False)
    return replace(program, ready=ready, address=f"{HOST}:{port}")
