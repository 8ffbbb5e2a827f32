"""Keeps one program running: starts it, knows when it serves, starts it again when it dies."""

import asyncio
import signal
import time
from collections.abc import Callable

from infra.local.problem import ProgramFailedError
from infra.local.program import TICK, Process, Program, last_lines
from infra.local.pulse import LOOK_SECONDS, LOOKS, Pulse
from infra.local.screen import Screen
from infra.local.stack import Stack

READY_SECONDS = 90.0
FIRST_DEATHS = 3
"""Deaths before a program ever served, after which it is taken to be broken."""
STABLE_SECONDS = 10.0
FAREWELL_SECONDS = 5.0
"""For a stuck program to end by itself before it is killed."""
SHORTEST_PAUSE = 0.1
LONGEST_PAUSE = 1.5
"""Seconds; anything that died runs again within two."""


class Keeper:
    """One program of a stack, over all its restarts."""

    def __init__(
        self, program: Program, stack: Stack, screen: Screen, changed: Callable[[], None]
    ) -> None:
        self.program = program
        self.process: Process | None = None
        self.served = asyncio.Event()
        self._stack = stack
        self._screen = screen
        self._changed = changed
        self._deaths = 0
        self._pause = SHORTEST_PAUSE

    async def keep(self) -> None:
        """Never returns; raises ProgramFailedError when the program cannot be brought up."""
        while True:
            process = await self._start()
            await self._until_ready(process)
            await self._until_ended(process)
            self._bury(process)
            await asyncio.sleep(self._next_pause(process))

    async def finish(self, seconds: float) -> None:
        """Stop the program for good."""
        if self.process is not None:
            await asyncio.to_thread(self.process.stop, seconds)
            self.process = None

    async def _start(self) -> Process:
        self.process = await self._launch()
        if self.served.is_set():
            self._screen.tell(self.program.name, f"started again (pid {self.process.pid})")
        self._changed()
        return self.process

    async def _launch(self) -> Process:
        """What served before is tried until it starts: the machine may be short of something."""
        while True:
            try:
                return Process(self.program, self._stack)
            except OSError as error:
                if not self.served.is_set():
                    raise
                self._screen.tell(self.program.name, f"cannot be started: {error.strerror}")
                await asyncio.sleep(LONGEST_PAUSE)

    async def _until_ready(self, process: Process) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while process.exit_code is None:
            if await asyncio.to_thread(process.is_ready):
                self._announce(process)
                return
            if not self.served.is_set() and time.monotonic() > deadline:
                self._give_up(f"was not ready after {READY_SECONDS:.0f} s")
            await asyncio.sleep(TICK)

    async def _until_ended(self, process: Process) -> None:
        """A program that shows no sign of life any more is ended here."""
        if self.program.alive_file is None:
            await process.ended()
            return
        pulse = Pulse(self.program.alive_file)
        while process.exit_code is None:
            if pulse.is_gone():
                silence = f"no sign of life for {LOOKS * LOOK_SECONDS:.0f} s"
                self._screen.tell(self.program.name, f"{silence}; ending it (pid {process.pid})")
                await asyncio.to_thread(process.stop, FAREWELL_SECONDS)
            await asyncio.sleep(TICK)

    def _announce(self, process: Process) -> None:
        if not self.served.is_set():
            where = f" on {self.program.address}" if self.program.address else ""
            self._screen.tell(self.program.name, f"ready{where} ({process.uptime:.1f} s)")
        self.served.set()

    def _bury(self, process: Process) -> None:
        process.clear_away()
        self.process = None
        self._deaths += 1
        how = how_it_ended(process.exit_code)
        if not self.served.is_set() and self._deaths >= FIRST_DEATHS:
            self._give_up(f"died {self._deaths} times before it served, the last time {how}")
        self._screen.tell(self.program.name, f"ended {how}; starting it again")

    def _give_up(self, reason: str) -> None:
        log = self._stack.home.log(self.program.name)
        message = f"{self.program.name} {reason}. The end of {log}:\n{last_lines(log)}"
        raise ProgramFailedError(message)

    def _next_pause(self, process: Process) -> float:
        if process.uptime > STABLE_SECONDS:
            self._pause = SHORTEST_PAUSE
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return pause


def how_it_ended(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"by {signal.Signals(-exit_code).name}"
    return f"with exit code {exit_code}"
