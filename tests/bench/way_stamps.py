"""Moments on the way of an event, written down by each process that it passes."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID

FOLDER: Final = "BENCH_WAY"  # environment: where the processes write


def stamp(event_id: UUID | str, step: str, at: float | None = None) -> None:
    """This step ends now."""
    file = Path(os.environ[FOLDER]) / str(os.getpid())
    with file.open("a") as lines:
        lines.write(f"{event_id} {step} {at or time.time()}\n")


def around(
    owner: Any, name: str, tell: Callable[[float, float, tuple[Any, ...], Any], None]
) -> None:
    """Have `tell` hear of each call: when it began and ended, its arguments and its result."""
    call = getattr(owner, name)

    def timed(*args: Any, **options: Any) -> Any:
        begin = time.time()
        result = call(*args, **options)
        tell(begin, time.time(), args, result)
        return result

    setattr(owner, name, timed)


def read(folder: Path) -> dict[str, dict[str, float]]:
    """Event -> step -> when it ended."""
    found: dict[str, dict[str, float]] = {}
    for file in folder.iterdir():
        for line in file.read_text().splitlines():
            event_id, step, at = line.split()
            found.setdefault(event_id, {}).setdefault(step, float(at))
    return found
