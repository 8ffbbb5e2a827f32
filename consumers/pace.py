"""How fast a client may send."""

import time
from collections import deque
from collections.abc import Callable


class Pace:
    """Counts frames over a sliding window."""

    def __init__(
        self, most: int = 50, seconds: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._times: deque[float] = deque(maxlen=most)

    def allows(self) -> bool:
        """Count a frame; False when it is one too many within the window."""
        now = self._clock()
        full = len(self._times) == self._times.maxlen
        too_fast = full and now - self._times[0] < self._seconds
        self._times.append(now)
        return not too_fast
