"""One run of a stack, from its home's lock to the last process gone."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from infra.local.caller import make_wants_stop, own_foreground
from infra.local.home import HomeLock, locked, prepare_home
from infra.local.leftovers import end_leftovers
from infra.local.ports import web_port
from infra.local.problem import ProblemError
from infra.local.programs import Plan
from infra.local.screen import Screen
from infra.local.stack import CHECKOUT, Stack, plan_stack
from infra.local.supervisor import Supervisor
from infra.local.welcome import welcome

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_stack(plan: Plan) -> int:
    """Run until asked to stop; returns the exit code."""
    os.umask(0o077)
    for signum in STOP_SIGNALS:
        signal.signal(signum, _leave)
    screen = Screen(os.environ)
    try:
        with own_foreground(os.environ):
            _run_in_home(plan, screen)
    except ProblemError as problem:
        screen.say(f"Schoolbell did not start: {problem}")
        return problem.exit_code
    except OSError as error:
        screen.say(f"Schoolbell stopped: {error.filename or 'the system'}: {error.strerror}")
        return ProblemError.exit_code
    finally:
        screen.close()
    return 0


def _leave(_signum: int, _frame: FrameType | None) -> None:
    """Asked to stop before anything was started."""
    sys.exit(0)


def _run_in_home(plan: Plan, screen: Screen) -> None:
    home = prepare_home(Path(os.environ.get("SCHOOLBELL_HOME") or CHECKOUT / "var"))
    with locked(home) as lock:
        left = end_leftovers(home)
        if left:
            names = ", ".join(left)
            screen.say(f"The run before did not end well; cleaned up after it: {names}.")
        stack = plan_stack(home, web_port(os.environ))
        lock.note(where=stack.base_url)
        screen.say(f"Schoolbell starts in {home.root}")
        asyncio.run(Run(stack, plan, screen, lock).go())
        for signum in STOP_SIGNALS:
            signal.signal(signum, signal.SIG_IGN)  # everything has stopped already


class Run:
    """The stack's life between a start and whatever ends it."""

    def __init__(self, stack: Stack, plan: Plan, screen: Screen, lock: HomeLock) -> None:
        self._stack = stack
        self._screen = screen
        self._lock = lock
        self._supervisor = Supervisor(stack, plan, screen)
        self._asked = asyncio.Event()
        self._stopping = False

    async def go(self) -> None:
        for signum in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(signum, self._ask_to_stop)
        live = asyncio.create_task(self._live())
        asked = asyncio.create_task(self._asked.wait())
        make = asyncio.create_task(make_wants_stop(os.environ))
        await asyncio.wait({live, asked, make}, return_when=asyncio.FIRST_COMPLETED)
        for task in (asked, make):
            task.cancel()
        await self._stop(live)

    async def _live(self) -> None:
        await self._supervisor.start()
        welcome(self._stack, self._screen)
        await self._supervisor.watch()

    async def _stop(self, live: asyncio.Task[None]) -> None:
        self._stopping = True
        self._lock.note(where=self._stack.base_url, stopping=True)
        failed = live.done()
        live.cancel()
        if not failed:
            self._screen.say("Schoolbell stops (Ctrl-C again ends it at once)")
        await asyncio.gather(live, return_exceptions=True)
        await self._supervisor.stop()
        if failed:
            live.result()
        self._screen.say("Schoolbell has stopped.")

    def _ask_to_stop(self) -> None:
        if self._stopping:
            self._supervisor.kill_all()
        self._asked.set()
