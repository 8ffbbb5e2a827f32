"""Real servers for the tests: PostgreSQL, Redis and mail alone, or the whole embedded stack."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from infra.local.home import prepare_home
from infra.local.ports import free_port
from infra.local.postgres import prepare_postgres, set_roles
from infra.local.program import Process
from infra.local.programs import servers as server_programs
from infra.local.redis import prepare_redis
from infra.local.stack import APP, CHECKOUT, OWNER, Stack, plan_stack

READY = "Schoolbell is ready at "


@dataclass(frozen=True)
class Servers:
    """PostgreSQL, Redis and the catching mail server, and how to reach them."""

    stack: Stack
    processes: tuple[Process, ...]

    @property
    def env(self) -> dict[str, str]:
        """The settings' variables alone, with the owner role, which may make test databases."""
        return self._variables(OWNER)

    @property
    def app_env(self) -> dict[str, str]:
        """The same with the application role, which owns nothing."""
        return self._variables(APP)

    def process(self, name: str) -> Process:
        return next(each for each in self.processes if each.program.name == name)

    def _variables(self, role: str) -> dict[str, str]:
        inherited = self.stack.bare_environment()
        own = self.stack.environment(role)
        return {name: value for name, value in own.items() if name not in inherited}


def plan_servers(home: Path, *, durable: bool = False) -> Stack:
    """Ports and passwords, before anything runs; fast rather than safe at a power cut."""
    return plan_stack(prepare_home(home), free_port(), durable=durable)


@contextmanager
def running_servers(stack: Stack) -> Iterator[Servers]:
    """The servers without a supervisor."""
    prepare_postgres(stack)
    prepare_redis(stack)
    processes: list[Process] = []
    try:
        for program in server_programs(stack):
            processes.append(Process(program, stack))  # noqa: PERF401 - what started must be ended
        for process in processes:
            wait_for(process.is_ready, what=f"{process.program.name}:\n{process.log_text()}")
        set_roles(stack)
        yield Servers(stack, tuple(processes))
    finally:
        for process in processes:
            process.ask_to_stop()
        for process in processes:
            process.stop(5.0)


class RunningStack:
    """A whole embedded stack, run as people run it."""

    def __init__(self, home: Path, popen: "subprocess.Popen[bytes]", output: Path) -> None:
        self.home = home
        self.popen = popen
        self._output = output

    @property
    def facts(self) -> dict[str, Any]:
        """stack.json as it is now."""
        facts: dict[str, Any] = json.loads((self.home / "stack.json").read_text())
        return facts

    @property
    def base_url(self) -> str:
        return str(self.facts["base_url"])

    @property
    def entrances(self) -> list[str]:
        """Base URLs of all web programs, read from their command lines."""
        found = []
        for name in [name for name in self.pids() if name.partition("-")[0] == "web"]:
            words = psutil.Process(self.process(name)).cmdline()
            found.append(f"http://127.0.0.1:{words[words.index('--port') + 1]}")
        return found

    @property
    def output(self) -> str:
        return self._output.read_text(errors="replace")

    def pids(self) -> dict[str, int]:
        return {each["name"]: each["pid"] for each in self.facts["processes"]}

    def process(self, name: str) -> int:
        """The pid of a program, which may be between two lives for a moment."""
        wait_for(lambda: name in self.pids(), seconds=5, what=f"a process {name}")
        return self.pids()[name]

    def send(self, name: str, signum: signal.Signals) -> int:
        """Signal a program, as anyone may; returns the pid that got it."""
        pid = self.process(name)
        os.kill(pid, signum)
        return pid

    def all_processes(self) -> list[psutil.Process]:
        """The supervisor and everything below it."""
        supervisor = psutil.Process(self.popen.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def stop(self, signum: signal.Signals = signal.SIGTERM) -> int:
        """Ask the supervisor to stop everything; returns its exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(signum)
        return self.popen.wait(timeout=20)


def start_stack(home: Path, *, module: str = "infra.local", **env: str) -> RunningStack:
    """Start a stack without waiting for it."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    output = home / "output.txt"
    with output.open("wb") as file:
        popen = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=CHECKOUT,
            env={**_clean_environment(), "SCHOOLBELL_HOME": str(home), **env},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    return RunningStack(home, popen, output)


@contextmanager
def running_stack(
    home: Path, *, module: str = "infra.local", seconds: float = 90, **env: str
) -> Iterator[RunningStack]:
    """A stack that serves; its output is in the error when it does not come to that."""
    env.setdefault("PORT", str(free_port()))
    stack = start_stack(home, module=module, **env)
    try:
        wait_for(
            lambda: READY in stack.output or stack.popen.poll() is not None,
            seconds=seconds,
            what="the ready line",
        )
        assert READY in stack.output, f"the stack did not start:\n{stack.output}"
        yield stack
    finally:
        stack.stop()


def wait_for(
    is_so: Callable[[], bool], *, seconds: float = 30, what: str | Callable[[], str] = "it"
) -> None:
    """Look again and again until it is so; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"Waited {seconds} s in vain for {what() if callable(what) else what}")
        time.sleep(0.02)


def _clean_environment() -> dict[str, str]:
    """What the tests set for themselves must not reach a stack that sets its own."""
    ours = ("PORT", "DB_", "REDIS_", "SMTP_", "SCHOOLBELL_", "DELIVERY_", "MAKE", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
