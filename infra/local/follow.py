"""Reads the programs' logs as they grow, and keeps them from filling the disk."""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from infra.local.home import Home
from infra.local.screen import Screen

INTERVAL = 0.1
LARGEST_LOG = 50 * 2**20
LONGEST_LINE = 10_000
AT_ONCE = 2**18
BEFORE = ".before.log"


def start_logs(home: Home) -> None:
    """Put the logs of the run before aside."""
    for log in _current_logs(home):
        log.replace(log.with_suffix(BEFORE))


def _current_logs(home: Home) -> list[Path]:
    logs = sorted((home.root / "log").glob("*.log"))
    return [log for log in logs if not log.name.endswith(BEFORE)]


async def follow_logs(home: Home, screen: Screen) -> None:
    """Pass on what the logs say from now on."""
    followed = {log: FollowedLog(log, log.stat().st_size) for log in _current_logs(home)}
    while True:
        for path in _current_logs(home):
            log = followed.setdefault(path, FollowedLog(path))
            with suppress(OSError):
                for line in log.new_lines():
                    screen.pass_on(path.stem, line)
        await asyncio.sleep(INTERVAL)


@dataclass
class FollowedLog:
    """How far one log was read."""

    path: Path
    position: int = 0
    rest: bytes = b""

    def new_lines(self) -> list[str]:
        with self.path.open("rb") as file:
            file.seek(self.position)
            new = file.read(AT_ONCE)
        self.position += len(new)
        *lines, self.rest = (self.rest + new).split(b"\n")
        self._shorten()
        return [line.decode(errors="replace")[:LONGEST_LINE] for line in lines]

    def _shorten(self) -> None:
        """The programs append, so what they write next goes on at the start of the emptied file."""
        if self.position > LARGEST_LOG:
            os.truncate(self.path, 0)
            self.position = 0
