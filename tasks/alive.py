"""A sign of life: a file that a worker's main process touches for as long as it listens.

Relay and beat touch theirs each turn. The supervisor, and `infra/docker/healthy.sh` in a
container, look only at when it was touched. To start a worker anew that cannot reach Redis would
not help, so that one touches it too. One that listens and works nothing off is found by its
canaries (`/readyz`).
"""

import logging
import os
import time
from pathlib import Path
from typing import Final

from core.env import env

RATE: Final = 2.0  # seconds between two touches

logger = logging.getLogger(__name__)


class SignOfLife:
    """Touches the file for the process that made this, not for those forked from it."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._pid = os.getpid()
        self._next = 0.0

    def give(self) -> None:
        """The worker listens, or has something in hand, or does what it can to listen again."""
        now = time.monotonic()
        if self._file is None or now < self._next or os.getpid() != self._pid:
            return
        self._next = now + RATE
        try:
            self._file.touch()
        except OSError as error:
            logger.warning("No sign of life could be given: %s", error)


sign: Final = SignOfLife(env().alive_file)
