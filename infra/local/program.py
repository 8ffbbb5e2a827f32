"""One program of the stack: what it is, and the process that runs it now."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from infra.local.leftovers import forget_process, record_process
from infra.local.stack import CHECKOUT, Stack

LOG_LIMIT = 50 * 2**20
TICK = 0.05


def nothing() -> None:
    """What most programs need after a death."""


@dataclass(frozen=True)
class Program:
    """A row of the program table."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    ready: Callable[[str], bool]
    address: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    after_death: Callable[[], None] = nothing
    alive_file: Path | None = None
    """What it touches for as long as it is well; when that ends, it is started anew."""
    metrics_url: str = ""

    @property
    def kind(self) -> str:
        return self.name.partition("-")[0]


class Process:
    """A started program, in a session and process group of its own."""

    def __init__(self, program: Program, stack: Stack) -> None:
        self.program = program
        self._home = stack.home
        self.log = stack.home.log(program.name)
        self.started_at = time.monotonic()
        # The program writes its log itself: it can neither block on nor die with the supervisor.
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._popen = subprocess.Popen(  # noqa: S603 - the program table's own commands
                program.argv,
                cwd=CHECKOUT,
                env=dict(program.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        record_process(self._home, program.name, self.pid)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        return self._popen.poll()

    @property
    def uptime(self) -> float:
        return time.monotonic() - self.started_at

    def is_ready(self) -> bool:
        return self.program.ready(self.log_text())

    def log_text(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read(LOG_LIMIT).decode(errors="replace")

    async def ended(self) -> None:
        """Returns when the main process is gone."""
        while self.exit_code is None:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(TICK)

    def ask_to_stop(self) -> None:
        """A stopped (SIGSTOP) process sees the request only once it is continued."""
        for signum in (self.program.stop_signal, signal.SIGCONT):
            with suppress(ProcessLookupError):
                self._popen.send_signal(signum)

    def kill(self) -> None:
        """End the process and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()
        self.clear_away()

    def clear_away(self) -> None:
        """End what a dead main process left of its group."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.program.after_death()
        if self.program.alive_file is not None:
            self.program.alive_file.unlink(missing_ok=True)
        forget_process(self._home, self.program.name)

    def stop(self, seconds: float) -> None:
        """Ask, wait, and kill what is late."""
        self.ask_to_stop()
        deadline = time.monotonic() + seconds
        while self.exit_code is None and time.monotonic() < deadline:
            time.sleep(TICK / 2)
        self.kill()


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for a message."""
    try:
        text = log.read_bytes()[-20_000:].decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-count:])
