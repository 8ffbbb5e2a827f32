"""Who started the supervisor (make, a terminal) and how that one asks it to stop."""

import asyncio
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

INTERVAL = 0.2
TERMINAL = 0
"""Standard input."""


@contextmanager
def own_foreground(environ: Mapping[str, str]) -> Iterator[None]:
    """Under make in a terminal, let Ctrl-C reach the supervisor alone.

    make would be ended by the same Ctrl-C and report a failure, though everything stopped well.
    """
    if not is_under_make(environ) or not os.isatty(TERMINAL):
        yield
        return
    before = os.tcgetpgrp(TERMINAL)
    if before != os.getpgrp():
        yield  # in the background: the terminal is not ours to take
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    # make would not notice that its child was suspended, and the terminal would hang.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(TERMINAL, os.getpgrp())
    try:
        yield
    finally:
        with suppress(OSError):
            os.tcsetpgrp(TERMINAL, before)


async def make_wants_stop(environ: Mapping[str, str]) -> None:
    """Returns when the make that started the supervisor was interrupted or killed.

    make hands SIGTERM on to its recipe, but not a SIGINT sent to it alone; then it waits for ever.
    """
    parent = os.getppid()
    if not is_under_make(environ):
        await asyncio.Event().wait()
    # Started in the background by a shell, make never catches it: nothing can be learnt from that.
    tells = _catches_interrupt(parent)
    while os.getppid() == parent and _catches_interrupt(parent) == tells:  # noqa: ASYNC110 - no event
        await asyncio.sleep(INTERVAL)


def is_under_make(environ: Mapping[str, str]) -> bool:
    return "MAKELEVEL" in environ and _status(os.getppid()).get("Name") in {"make", "gmake"}


def _catches_interrupt(pid: int) -> bool:
    """Whether a process handles SIGINT; make stops doing so when it has got one."""
    caught = int(_status(pid).get("SigCgt", "0"), 16)
    return bool(caught & 1 << (signal.SIGINT - 1))


def _status(pid: int) -> dict[str, str]:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return {}
