"""How often a failed delivery is tried, and how long it waits in between."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Patience:
    """Exponential back-off with jitter: 1, 2, 4 ... seconds up to `longest`, half of it by chance.

    The defaults wait out about an hour before a delivery is a dead letter.
    """

    attempts: int = 14
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=15)

    def wait_after(self, attempt: int) -> timedelta:
        """How long to wait after the attempt of this number, counted from 1."""
        doublings: int = 2 ** min(attempt - 1, 30)
        return min(self.first * doublings, self.longest) * random.uniform(0.5, 1)  # noqa: S311 - spreads retries, keeps no secret

    def is_over(self, attempt: int) -> bool:
        """Whether the attempt of this number was the last."""
        return attempt >= self.attempts


PATIENCE: Final = Patience()
