"""A contender's processes: workers, and producers that act. None outlives its turn."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from infra.local.privileges import tethered
from infra.local.program import Process, Program, last_lines
from infra.local.stack import CHECKOUT
from tests.bench.contenders import Contender
from tests.bench.stage import Stage

PATIENCE: Final = 300.0  # seconds for whatever is to be done
FAREWELL: Final = 15.0  # seconds that a process may take to end


class FailedError(Exception):
    """A contender did not do its work."""


@contextmanager
def running_workers(stage: Stage, contender: Contender) -> Iterator[list[Process]]:
    """The contender's workers, each in a process group that is ended with it."""
    processes: list[Process] = []
    try:
        for number, arguments in enumerate(contender.workers):
            program = Program(
                name=f"{contender.name.replace(', ', '-').replace(' ', '-')}-{number}",
                argv=tethered((sys.executable, *arguments)),
                env=stage.env(contender),
                ready=lambda _log: True,
            )
            processes.append(Process(program, stage.stack))
        yield processes
    finally:
        for process in processes:
            process.ask_to_stop()
        for process in processes:
            process.stop(FAREWELL)


def wait_until(is_so: Callable[[], bool], workers: list[Process], every: float) -> None:
    """Look again every so many seconds; fails when a worker has died, or after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        for worker in workers:
            if worker.exit_code is not None:
                raise FailedError(f"{worker.program.name} ended:\n{last_lines(worker.log)}")
        if time.monotonic() > deadline:
            said = "\n".join(last_lines(worker.log) for worker in workers)
            raise FailedError(f"not done after {PATIENCE:.0f} s:\n{said}")
        time.sleep(every)


class Producer:
    """A process that acts when told to; it says one line at each step."""

    def __init__(self, stage: Stage, contender: Contender, *arguments: str) -> None:
        argv = tethered((sys.executable, "-m", "tests.bench.produce", *arguments))
        self._popen = subprocess.Popen(
            argv,
            cwd=CHECKOUT,
            env=stage.env(contender),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        # Reading a line has no time limit of its own.
        self._late = threading.Timer(PATIENCE, self._popen.kill)
        self._late.start()

    def hear(self) -> None:
        """Wait for its next line."""
        assert self._popen.stdout is not None
        if not self._popen.stdout.readline():
            raise FailedError("a producer ended, or was too slow")

    def tell(self) -> None:
        """Let it go on."""
        assert self._popen.stdin is not None
        self._popen.stdin.write("\n")
        self._popen.stdin.flush()

    def end(self) -> None:
        """It leaves by itself once its input ends."""
        try:
            self._popen.communicate(timeout=FAREWELL)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.communicate()
        finally:
            self._late.cancel()


@contextmanager
def running_producers(
    stage: Stage, contender: Contender, action: str, counts: list[int], per_second: float = 0
) -> Iterator[float]:
    """Let producers act, all at once; yields when they have, with the moment they began."""
    with ExitStack() as ends:
        producers = []
        for count in counts:
            producer = Producer(stage, contender, action, str(count), str(per_second))
            ends.callback(producer.end)
            producers.append(producer)
        for producer in producers:
            producer.hear()
        begin = time.time()
        for producer in producers:
            producer.tell()
        for producer in producers:
            producer.hear()
        yield begin
