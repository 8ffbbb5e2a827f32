"""Work that yields: all others get the processor first, and while people wait it stands still.

Priority alone does not help enough: processors that share a core, as most do, slow each other
whatever they work at. So what a person does - a request that changes something, and the notices
and mails that follow - is said in Redis, and what yields hears it while it is at work.
"""

import logging
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol, Self

from redis import RedisError
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry

from core.env import env
from core.events.nudge import AT_WORK, broker

LEAST: Final = 19  # of nice
# Where Linux groups sessions (sched_autogroup_enabled), it shares processors between these first,
# and nice counts only within one. What yields has a session of its own.
AUTOGROUP: Final = Path("/proc/self/autogroup")

# Where a process does not die with its parent, one that stands still could stand there for ever.
CAN_STAND_STILL: Final = sys.platform == "linux"
# Seconds without a word after which nobody waits: the steps of one burst are closer together.
LULL: Final = 0.2
REGAINED: Final = 4.0  # seconds that it may stand still, for each that it runs
RUN: Final = 1.0  # seconds that it runs at least, once it may stand still no longer
LOOK: Final = 0.2  # seconds between two looks whether the work is over
AGAIN: Final = 1.0  # seconds before Redis is asked again
AT_ONCE: Final = Retry(NoBackoff(), 0)  # by default minutes may pass before it is said to be away

logger = logging.getLogger(__name__)


def be_gentle() -> None:
    """Let everybody else go first, from now on; for this process, and for its session."""
    os.setpriority(os.PRIO_PROCESS, 0, LEAST)
    with suppress(OSError):  # there is no such file on other systems
        AUTOGROUP.write_text(str(LEAST))


class Still(Protocol):
    """What can stand still and go on, such as a process."""

    def stand_still(self) -> None: ...
    def go_on(self) -> None: ...


class Allowance:
    """For how long work may stand still: `most` seconds in a row, and four fifths of its time.

    A burst is over long before; but where people are at work all day long, reports are made too.
    """

    def __init__(self, most: float, now: float) -> None:
        self.left = most
        self.stands = False
        self.stood = 0.0  # seconds, altogether
        self._most = most
        self._at = now
        self._runs_until = now

    def stand(self, *, wanted: bool, now: float) -> bool:
        """Whether it is to stand still from now on."""
        passed, self._at = now - self._at, now
        if self.stands:
            self.stood += passed
            self.left -= passed
        else:
            self.left = min(self.left + passed * REGAINED, self._most)
        if self.left <= 0:
            self._runs_until = now + RUN
        self.stands = wanted and self.left > 0 and now >= self._runs_until
        return self.stands


class Courtesy:
    """Has something stand still while people wait, for the length of a block.

    A thread listens; what it stops it lets go on, also when Redis goes away.
    """

    def __init__(self, still: Still) -> None:
        self._still = still
        self._allowance = Allowance(env().reports_stand_still, time.monotonic())
        self._over = threading.Event()
        self._until = 0.0  # somebody is at work

    def __enter__(self) -> Self:
        if CAN_STAND_STILL and env().reports_stand_still:
            threading.Thread(target=self._run, name="courtesy", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._allowance.stood:
            logger.info("Stood still for %.1f s while people waited", self._allowance.stood)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._listen()
            except (RedisError, OSError) as error:
                logger.debug("Nobody can be heard: %s", error)
                self._over.wait(AGAIN)

    def _listen(self) -> None:
        with broker() as redis, redis.pubsub(ignore_subscribe_messages=True) as heard:
            redis.set_retry(AT_ONCE)
            heard.subscribe(AT_WORK)
            try:
                while not self._over.is_set():
                    self._hear(heard)
            finally:
                self._decide(wanted=False)

    def _hear(self, heard: PubSub) -> None:
        patience = LOOK
        if self._allowance.stands:
            patience = min(self._until - time.monotonic(), self._allowance.left, LOOK)
        word: Any = heard.get_message(timeout=max(patience, 0.001))
        now = time.monotonic()
        if word:
            self._until = now + LULL
        self._decide(wanted=now < self._until)

    def _decide(self, *, wanted: bool) -> None:
        stood = self._allowance.stands
        stands = self._allowance.stand(wanted=wanted, now=time.monotonic())
        if stands and not stood:
            self._still.stand_still()
        elif stood and not stands:
            self._still.go_on()
