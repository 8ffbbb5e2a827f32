"""Which process counts. A worker's processes count in files that its main process adds up.

A new process that takes a dead one's place goes on in the same file, so that there are never more
files than places, and nothing that was counted is lost.
"""

import os
from pathlib import Path
from typing import Final

from prometheus_client import values

# As prometheus_client itself, which must know when it is imported.
_named: Final = os.environ.get("PROMETHEUS_MULTIPROC_DIR")  # noqa: TID251
FOLDER: Final = Path(_named) if _named else None
_place: list[str] = []  # of this process, once it has been told


def place() -> str:
    """What this process' files are named after."""
    return _place[0] if _place else str(os.getpid())


def take_place(name: str) -> None:
    """From now on count as `name`; no two processes may do so at a time."""
    _place[:] = [name]


def begin_anew() -> None:
    """Drop what an earlier run has left; for the main process, before it has others count."""
    if FOLDER:
        for file in FOLDER.glob("*.db"):
            file.unlink(missing_ok=True)
        take_place("main")


os.register_at_fork(after_in_child=_place.clear)
if FOLDER:
    FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    values.ValueClass = values.MultiProcessValue(place)  # type: ignore[no-untyped-call]
