"""Work in a process of its own: it can stand still, or be ended, in the middle of anything.

Who sets a page or draws a chart is within a library that listens to nobody. The process that asks
for it stays free: it says how far the work is, renews its lease, and hears of a cancel. What the
work took of memory is given back when it ends.
"""

import ctypes
import logging
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, NoReturn

from django.db import connections

from tasks.gentle import CAN_STAND_STILL, Courtesy, be_gentle

EVERY: Final = 0.1  # seconds after which who waits is told that there is no news
PARENT_DEATH: Final = 1  # PR_SET_PDEATHSIG of prctl(2), which Linux alone has
LIBC: Final = ctypes.CDLL(None) if CAN_STAND_STILL else None
STDERR: Final = 2  # the log
OWN_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGCHLD)

Say = Callable[[Any], None]
Hear = Callable[[Any], None]

logger = logging.getLogger(__name__)


class DiedError(Exception):
    """The process was killed, or ended itself, in the middle of its work."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The last word of the process: its work is done, or has failed."""

    error: Exception | None = None


class Process:
    """A process of ours, for any thread; after its end signals go nowhere."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._lock = threading.Lock()
        self._status: int | None = None

    def stand_still(self) -> None:
        """Until it is to go on."""
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Whether it stood still or not."""
        self._send(signal.SIGCONT)

    def end(self) -> int:
        """Kill it if it is still there; its exit code, or the negative number of a signal."""
        with self._lock:
            if self._status is None:
                os.kill(self._pid, signal.SIGKILL)  # reaches one that stands still, too
                self._status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
            return self._status

    def _send(self, signum: signal.Signals) -> None:
        with self._lock:
            if self._status is None:
                os.kill(self._pid, signum)


def run_apart(work: Callable[[Say], None], hear: Hear) -> None:
    """Run `work` in a process of its own, which lets all others go first, and wait for its end.

    What it says comes to `hear` here, and None whenever there was no news for a tenth of a second.
    When `hear` raises, the process is killed, and so it is with this one. What `work` raises is
    raised here; DiedError if its process was killed. It says what can be pickled, and short.

    It has all that was loaded, but no connections, locks and threads of this process. So this one
    must not have used a library that works in threads of its own, as Typst and Vega's engine do.
    """
    heard, said = Pipe(duplex=False)
    parent, pid = os.getpid(), os.fork()
    if pid == 0:
        _be_apart(work, said, parent)
    said.close()
    process = Process(pid)
    try:
        with Courtesy(process):
            _hear_out(heard, hear, process)
    finally:
        process.end()
        heard.close()


def _hear_out(heard: "Connection[Any, Any]", hear: Hear, process: Process) -> None:
    while True:
        if not heard.poll(EVERY):
            hear(None)
            continue
        try:
            word = heard.recv()
        except EOFError as error:
            raise DiedError(f"Its process ended with {process.end()}.") from error
        if not isinstance(word, Ended):
            hear(word)
        elif word.error:
            raise word.error
        else:
            return


def _be_apart(work: Callable[[Say], None], said: "Connection[Any, Any]", parent: int) -> NoReturn:
    """What the new process does from beginning to end: nothing of its parent's is tidied up."""
    code = 1
    try:
        _cut_ties(said.fileno(), parent)
        be_gentle()
        said.send(_ended(work, said.send))
        code = 0
    finally:
        os._exit(code)


def _ended(work: Callable[[Say], None], say: Say) -> Ended:
    try:
        work(say)
    except Exception as error:  # noqa: BLE001 - whatever it raises is raised where it was asked for
        return Ended(_portable(error))
    return Ended()


def _portable(error: Exception) -> Exception:
    """The error, or its words where it cannot leave the process; with the place as a note."""
    error.add_note("".join(traceback.format_exception(error))[-8_000:])
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - as an error's own code pleases
        return RuntimeError(f"{type(error).__name__}: {error}"[:2_000])
    return error


def _cut_ties(kept: int, parent: int) -> None:
    os.setsid()  # a session of its own: its priority is counted apart, Ctrl-C is not meant for it
    signal.set_wakeup_fd(-1)
    for signum in OWN_SIGNALS:
        signal.signal(signum, signal.SIG_DFL)
    if LIBC is not None:
        LIBC.prctl(PARENT_DEATH, signal.SIGKILL)
    if os.getppid() != parent:  # it died before it could be said
        sys.exit()
    # What the parent has open is nothing here: to close it would say goodbye in its name.
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in [int(each.name) for each in Path("/dev/fd").iterdir()]:
        if fd > STDERR and fd not in (kept, nothing):
            os.dup2(nothing, fd, inheritable=False)
    for each in connections.all(initialized_only=True):
        each.connection = None
