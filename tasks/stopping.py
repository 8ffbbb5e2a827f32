"""Whether the worker is to stop: its main process notes it, the processes that work look here."""

import mmap
from typing import Any, Final

from celery.bootsteps import StartStopStep

# One byte, shared with the processes that are forked after this import. Spawned ones (macOS) have
# their own and never hear of it: there a job is killed, and goes on after its lease.
_TOLD: Final = mmap.mmap(-1, 1)


def is_told_to_stop() -> bool:
    """Whether this worker takes nothing new, and ends as soon as what it has in hand is done."""
    return _TOLD[0] != 0


class Herald(StartStopStep):
    """Notes it for whatever reason the worker stops: SIGTERM, Ctrl-C, Flower's button."""

    def close(self, _worker: Any) -> None:
        """Called before the worker waits for its processes."""
        _TOLD[0] = 1
