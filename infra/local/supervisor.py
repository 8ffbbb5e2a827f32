"""Starts a stack in order, keeps it running and stops it in order."""

import asyncio
import time
from collections.abc import Coroutine

from infra.local.follow import follow_logs, start_logs
from infra.local.keeper import Keeper, how_it_ended
from infra.local.postgres import prepare_postgres, set_roles
from infra.local.problem import ProgramFailedError
from infra.local.program import Process, Program, last_lines
from infra.local.programs import Plan
from infra.local.redis import prepare_redis
from infra.local.screen import Screen
from infra.local.stack import Stack
from infra.local.stack_file import write_stack_file

ALL_STOPPED = 14.0
"""Seconds for the whole stop; the rows below share them, and the last has what is left."""
STOP_ORDER = (("worker", 5.0), ("smtp", 1.0), ("redis", 1.5), ("postgres", ALL_STOPPED))
FIRST_TO_STOP = 5.5
REPEAT = 1.0
LATER = frozenset(kind for kind, _ in STOP_ORDER)


class Supervisor:
    """One running stack."""

    def __init__(self, stack: Stack, plan: Plan, screen: Screen) -> None:
        self._stack = stack
        self._plan = plan
        self._screen = screen
        self._keepers: list[Keeper] = []
        self._step: Process | None = None
        self._watching: list[asyncio.Task[None]] = []
        self._complete = False

    async def start(self) -> None:
        """Returns when everything serves; raises ProblemError when something cannot."""
        start_logs(self._stack.home)
        if self._screen.verbose:
            self._watch(follow_logs(self._stack.home, self._screen))
        await asyncio.to_thread(self._prepare)
        await self._serve(self._plan.servers(self._stack))
        await asyncio.to_thread(set_roles, self._stack)
        for step in self._plan.steps(self._stack):
            await self._run_step(step)
        await self._serve(self._plan.programs(self._stack))
        self._complete = True
        self._note_processes()
        if not self._screen.verbose:
            self._watch(follow_logs(self._stack.home, self._screen))

    async def watch(self) -> None:
        """Returns never; raises what ends one of the keepers."""
        done, _ = await asyncio.wait(self._watching, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """End everything within fifteen seconds, the programs before the servers they use."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
        deadline = time.monotonic() + ALL_STOPPED
        if self._step is not None:
            await asyncio.to_thread(self._step.stop, 1.0)
        first = [keeper for keeper in self._keepers if keeper.program.kind not in LATER]
        await asyncio.gather(*(keeper.finish(FIRST_TO_STOP) for keeper in first))
        for kind, seconds in STOP_ORDER:
            left = min(seconds, max(deadline - time.monotonic(), 0.5))
            row = [keeper for keeper in self._keepers if keeper.program.kind == kind]
            await asyncio.gather(*(keeper.finish(left) for keeper in row))
        self._stack.home.stack_file.unlink(missing_ok=True)

    def kill_all(self) -> None:
        """End everything at once."""
        for keeper in self._keepers:
            if keeper.process is not None:
                keeper.process.kill()
        if self._step is not None:
            self._step.kill()
        self._stack.home.stack_file.unlink(missing_ok=True)

    def _prepare(self) -> None:
        if not self._stack.home.postgres.exists():
            self._screen.tell("postgres", "making a new database")
        prepare_postgres(self._stack)
        prepare_redis(self._stack)

    async def _serve(self, programs: list[Program]) -> None:
        """Start the programs side by side, and wait until each serves."""
        keepers = [
            Keeper(program, self._stack, self._screen, self._note_processes) for program in programs
        ]
        self._keepers += keepers
        for keeper in keepers:
            self._watch(keeper.keep())
        failed = asyncio.create_task(self.watch())
        served = asyncio.create_task(_all_served(keepers))
        await asyncio.wait({served, failed}, return_when=asyncio.FIRST_COMPLETED)
        if failed.done():
            served.cancel()
            failed.result()
        failed.cancel()

    async def _run_step(self, step: Program) -> None:
        self._step = process = Process(step, self._stack)
        await process.ended()
        self._step = None
        process.clear_away()
        if process.exit_code != 0:
            how = how_it_ended(process.exit_code)
            message = (
                f"{step.name} ended {how}. The end of {process.log}:\n{last_lines(process.log)}"
            )
            raise ProgramFailedError(message)
        self._screen.tell(step.name, f"done ({process.uptime:.1f} s)")

    def _watch(self, work: Coroutine[None, None, None]) -> None:
        self._watching.append(asyncio.create_task(work))

    def _note_processes(self) -> None:
        if not self._complete:
            return
        running = [
            (keeper.program, keeper.process.pid)
            for keeper in self._keepers
            if keeper.process is not None
        ]
        try:
            write_stack_file(self._stack, running)
        except OSError as error:
            self._screen.say(f"stack.json cannot be written: {error.strerror}")
            asyncio.get_running_loop().call_later(REPEAT, self._note_processes)


async def _all_served(keepers: list[Keeper]) -> None:
    for keeper in keepers:
        await keeper.served.wait()
