"""What a machine does to programs: freezes them, kills them, and brings them back."""

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import psutil

from tests.servers import RunningStack, wait_for


@contextmanager
def stopped(stack: RunningStack, name: str) -> Iterator[None]:
    """Freeze a program for as long as the block takes."""
    pid = stack.send(name, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@contextmanager
def asleep(stack: RunningStack, name: str) -> Iterator[None]:
    """Freeze a program together with its children."""
    sleepers = family(stack, name)
    for process in sleepers:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in sleepers:
            with suppress(psutil.NoSuchProcess):
                process.resume()


def family(stack: RunningStack, name: str) -> list[psutil.Process]:
    """A program and its children."""
    head = psutil.Process(stack.process(name))
    return [head, *head.children(recursive=True)]


def kill(stack: RunningStack, *names: str) -> None:
    """End programs and their children as an out-of-memory killer would, and see them replaced."""
    victims = {name: family(stack, name) for name in names}
    for process in [process for processes in victims.values() for process in processes]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    for name, (head, *_) in victims.items():
        await_successor(stack, name, head.pid)


def await_successor(stack: RunningStack, name: str, pid: int, *, seconds: float = 30) -> None:
    """Wait until a program runs under another pid than this."""
    wait_for(
        lambda: stack.pids().get(name, pid) != pid,
        seconds=seconds,
        what=f"another {name} than {pid}",
    )


def names_of(stack: RunningStack, kind: str) -> list[str]:
    """`web` -> `web`, `web-2`."""
    return [name for name in stack.pids() if name.partition("-")[0] == kind]


def resident(processes: Iterable[psutil.Process]) -> int:
    """Bytes of memory that they hold together."""
    total = 0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total
