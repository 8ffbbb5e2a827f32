"""Looking at something that may hang: in a thread, never two at a time, and not too often."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from prometheus_client import Metric

FRESH: Final = 5.0  # seconds for which what was seen is told again

logger = logging.getLogger(__name__)

Seen = Sequence[Metric]


class Look:
    """One part of the system, and what there is to be seen of it."""

    def __init__(self, part: str, read: Callable[[], Seen]) -> None:
        self.part = part
        self._read = read
        self._seen: Seen | None = None
        self._seen_at = 0.0
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Look, unless what was seen is fresh or a look is still under way."""
        with self._guard:
            is_fresh = self._seen is not None and time.monotonic() - self._seen_at < FRESH
            is_looking = self._thread is not None and self._thread.is_alive()
            if not is_fresh and not is_looking:
                self._thread = threading.Thread(target=self._run, name=self.part, daemon=True)
                self._thread.start()

    def seen(self, until: float) -> Seen | None:
        """What is there; None when it is away, or silent until `until` (monotonic seconds)."""
        thread = self._thread
        if thread is not None:
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                return None
        return self._seen

    def _run(self) -> None:
        try:
            self._seen = self._read()
        except Exception as error:  # noqa: BLE001 - whatever it is, there is nothing to be seen
            logger.warning("No metrics of %s: %s", self.part, error)
            self._seen = None
        self._seen_at = time.monotonic()
