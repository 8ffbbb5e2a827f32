"""How much memory the programs take while the drill runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import psutil

from tests.faults.signals import family, names_of, resident
from tests.servers import RunningStack

INTERVAL: Final = 1.0
KINDS: Final = ("web", "worker", "relay", "beat")
MOST: Final = {"web": 350, "worker": 700, "relay": 200, "beat": 200}
"""Megabytes that one program with its children may take; each sign-in takes 100 for its hash."""
MEGABYTE: Final = 2**20


class Memory:
    """The most that was seen of each kind of program, in megabytes."""

    def __init__(self, stack: RunningStack) -> None:
        self.most: dict[str, int] = dict.fromkeys(KINDS, 0)
        self._stack = stack
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def __str__(self) -> str:
        return ", ".join(f"{kind} {took}" for kind, took in self.most.items())

    def breaches(self) -> list[str]:
        return [
            f"a {kind} took {took} MB, more than {MOST[kind]} MB"
            for kind, took in self.most.items()
            if took > MOST[kind]
        ]

    def _watch(self) -> None:
        while not self._over.wait(INTERVAL):
            for kind in KINDS:
                for name in names_of(self._stack, kind):
                    with suppress(psutil.NoSuchProcess):
                        pid = self._stack.pids().get(name)
                        took = resident(family(self._stack, name)) if pid else 0
                        self.most[kind] = max(self.most[kind], took // MEGABYTE)


@contextmanager
def watched(stack: RunningStack) -> Iterator[Memory]:
    """Watch the stack's memory for as long as the block takes."""
    memory = Memory(stack)
    memory.start()
    try:
        yield memory
    finally:
        memory.stop()
