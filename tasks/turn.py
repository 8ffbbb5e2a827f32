"""A worker process's turn at one handler: which batch, for how long, and what others are told."""

import time
from dataclasses import replace
from typing import Final, Generic, TypeVar

from core.events import claims
from core.events.claims import NONE_YET, Claim, Claimed
from core.events.event import Event
from core.events.nudge import nudger
from tasks.handler import Handler
from tasks.lease import lease

# Seconds after which a turn gives its worker process back, so that the first queue waiting is
# served: what people look at never stands behind a backlog of mail for longer than this.
TURN: Final = 0.1
MARK: Final = 0.05  # seconds after which a turn says that it is still at it
# Seconds between two batches of a stream. Claiming and committing cost the same for one delivery as
# for five; the first of a stream, and all that come singly, wait for nothing. Where many come in
# that time, to wait longer saves a tenth of all that they cost.
GATHER: Final = 0.005
MANY: Final = 10
GATHER_MANY: Final = 0.015

E = TypeVar("E", bound=Event)

# By handler: the centre that this process served last. The next turn goes on from there, or the
# centres that come first would have all the turns.
served_last: dict[str, int] = {}


def take(handler: Handler[E]) -> None:
    """Note that a nudge has reached this worker.

    What is committed while a batch of effects in PostgreSQL runs is left to its turn: so batches
    grow by themselves under load. Where a batch takes as long as mail servers please, other workers
    are nudged at once.
    """
    if handler.outside:
        nudger().over(handler.name)
    else:
        nudger().arrived(handler.name)


class Turn(Generic[E]):
    """Batch after batch of what is due, centre after centre, until none is left or time is up."""

    def __init__(self, handler: Handler[E]) -> None:
        self.count = 0  # deliveries claimed
        self._handler = handler
        self._ends = time.monotonic() + TURN
        self._mark = time.monotonic() + MARK
        self._is_last = False
        self._gather = 0.0  # seconds before the next batch
        self._wanted = Claim(
            limit=handler.batch,
            lease=lease(),
            at_once=handler.policy.at_once,
            durable=handler.outside,
        )

    def next_batch(self) -> list[Claimed[E]]:
        """Claim what is to be run now; none when nothing is due, or time is up."""
        if self._is_last:
            return []
        if self._gather:
            time.sleep(self._gather)
        batch = self._claim()
        if not batch and (self.count == 0 or not self._handler.outside):
            # Before the last look commits are told to nudge again, so none is missed; that of who
            # came before the commit it was called for neither.
            nudger().over(self._handler.name)
            batch = self._claim()
            self._mark = 0.0
        self._gather = self._pause_after(len(batch))
        self.count += len(batch)
        return batch

    def tell_others(self, batch: list[Claimed[E]]) -> None:
        """That there may be work for them too, or that this turn is still at it."""
        now = time.monotonic()
        self._is_last = now > self._ends
        if self._is_last:
            nudger().over(self._handler.name)
            nudger().send(self._handler.name, {})
        elif len(batch) >= self._handler.batch:
            nudger().invite(self._handler.name)
        elif now > self._mark and not self._handler.outside:
            self._is_last = nudger().busy(self._handler.name)  # what one can do is left to one
            self._mark = now + MARK

    def _pause_after(self, found: int) -> float:
        if self.count == 0 or found >= self._handler.batch:
            return 0.0
        return GATHER if found < MANY else GATHER_MANY

    def _claim(self) -> list[Claimed[E]]:
        name = self._handler.name
        wanted = replace(self._wanted, after=served_last.get(name, NONE_YET))
        batch = claims.claim(name, self._handler.event, wanted)
        if batch:
            served_last[name] = batch[0].centre_id
        return batch
