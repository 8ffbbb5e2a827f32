"""Looking at something that may hang: in a thread, never two at a time, and not too often."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

Seen = TypeVar("Seen")


class Probe(Generic[Seen]):
    """A look at one thing; for `fresh` seconds, what was seen is told again."""

    def __init__(self, name: str, look: Callable[[], Seen], *, fresh: float = 0.0) -> None:
        self.name = name
        self._look = look
        self._fresh = fresh
        self._seen: Seen | None = None
        self._seen_at = 0.0
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Look, unless what was seen is fresh or a look is still under way."""
        with self._guard:
            is_fresh = self._seen is not None and time.monotonic() - self._seen_at < self._fresh
            is_looking = self._thread is not None and self._thread.is_alive()
            if not is_fresh and not is_looking:
                self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
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
            self._seen = self._look()
        except Exception as error:  # noqa: BLE001 - whatever it is, there is nothing to be seen
            logger.warning("Nothing is to be seen of %s: %s", self.name, error)
            self._seen = None
        self._seen_at = time.monotonic()
