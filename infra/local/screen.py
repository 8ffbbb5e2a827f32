"""What the person at the terminal sees: progress, then only what needs attention."""

import os
import queue
import re
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress

NAME_WIDTH = 10
WAITING_LINES = 20_000
COLOURS = (36, 33, 35, 32, 34, 96, 93, 95, 92, 94)
ALARMS = re.compile(
    r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b|\[(warning|error|critical)|^Traceback"
    r"|\"level\": ?\"(warning|error|critical)\"|\blevel=(warning|error|critical)\b"
)
SERVER_ALARMS = re.compile(r"\bPANIC:")
"""The servers' own warnings are about tuning, and their errors come up in the programs too."""
SERVERS = frozenset({"postgres", "redis"})


class Screen:
    """Writes from a thread of its own: a terminal or pipe that nobody reads stops nothing else."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.verbose = environ.get("SCHOOLBELL_VERBOSE", "") not in {"", "0"}
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in environ
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING_LINES)
        self._alarmed: set[str] = set()
        self._writer = threading.Thread(target=self._write_all, daemon=True)
        self._writer.start()

    def say(self, text: str = "") -> None:
        with suppress(queue.Full):
            self._lines.put_nowait(text + "\n")

    def tell(self, name: str, text: str) -> None:
        """A line about a program."""
        self.say(f"  {self._painted(name)} {text}")

    def pass_on(self, name: str, line: str) -> None:
        """A line of a program's own log, if it is worth interrupting for."""
        if self.verbose or self._is_alarming(name, line):
            self.say(f"  {self._painted(name)} | {line}")

    def close(self, seconds: float = 1.0) -> None:
        with suppress(queue.Full):
            self._lines.put_nowait(None)
        self._writer.join(seconds)

    def _is_alarming(self, name: str, line: str) -> bool:
        """The lines under an alarm, such as a traceback's, are indented."""
        alarms = SERVER_ALARMS if name in SERVERS else ALARMS
        if alarms.search(line):
            self._alarmed.add(name)
        elif not line.startswith((" ", "\t")):
            self._alarmed.discard(name)
        return name in self._alarmed

    def _painted(self, name: str) -> str:
        padded = name.ljust(NAME_WIDTH)
        if not self._coloured:
            return padded
        return f"\033[{COLOURS[sum(name.encode()) % len(COLOURS)]}m{padded}\033[0m"

    def _write_all(self) -> None:
        while (line := self._lines.get()) is not None:
            # The reader may be gone (a closed terminal): the stack goes on without it.
            with suppress(OSError):
                _write(line.encode(errors="replace"))


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]
