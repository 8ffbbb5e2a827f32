"""A job in hand: what its function is given to say how far it is, and to learn when to stop."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, Generic, TypeVar

from django.db import transaction

from core.events.claims import Claimed
from core.events.event import Event
from core.jobs import claims
from core.jobs.models import Job
from core.jobs.telling import tell
from tasks.lease import LeaseLostError
from tasks.policies import PermanentError
from tasks.stopping import is_told_to_stop

TICK: Final = 0.25  # seconds between two ticks, at least
LOOK: Final = 1.0  # seconds between two looks whether it shall stop, at least
GRACE: Final = 1.5  # seconds for a job's next checkpoint, once its worker is told to stop

E = TypeVar("E", bound=Event)


class CancelledError(Exception):
    """Whoever asked for the job wants it no more. Let it pass."""


class HandedBackError(Exception):
    """The worker is to stop, and another one goes on from the checkpoint. Let it pass."""


class TimeLimitError(PermanentError):
    """An attempt took longer than jobs of its kind may."""


class Work(Generic[E]):
    """One attempt at a job.

    It must call `checkpoint` or `progress` every second or so: only there can it be stopped.
    """

    def __init__(self, delivery: Claimed[E], job: Job, limit: timedelta) -> None:
        self._delivery = delivery
        self._job = job
        self._limit = limit
        self._ends = time.monotonic() + limit.total_seconds()
        self._ticked = self._looked = 0.0
        self._gives_up = float("inf")

    @property
    def event(self) -> E:
        """What asked for it."""
        return self._delivery.event

    @property
    def job(self) -> Job:
        """Its row, as this worker knows it."""
        return self._job

    @property
    def resume(self) -> Any:
        """The last checkpoint of an earlier attempt, None for the first."""
        return self._job.checkpoint

    def checkpoint(self, data: Any) -> None:
        """Save from where to go on after a crash; `data` is JSON.

        Inside a transaction it commits with what the step has changed, so that no step is done
        twice; call it last there. Raises CancelledError, LeaseLostError or TimeLimitError, which
        undo the step. When the worker is to stop, HandedBackError follows the commit.
        """
        self._save(data)
        self._job.checkpoint = data
        transaction.on_commit(_stop_if_told)  # noqa: TID251 - the step is to count

    def progress(self, done: float, total: float, stage: str = "") -> None:
        """Show how far it is, with a word for what it does now; raises like `checkpoint`.

        Call it as often as you like: it is told four times a second and written once. No names of
        people in `stage`. Raises HandedBackError when the worker has waited long enough for a
        checkpoint.
        """
        self._job.progress = min(max(done / total, 0.0), 1.0) if total else 0.0
        self._job.stage = stage or self._job.stage
        now = time.monotonic()
        if now - self._ticked >= TICK:
            self._ticked = now
            tell(self._job)
        if now - self._looked >= LOOK:
            self._save()
            self._stop_without_checkpoint(now)

    def _save(self, checkpoint: Any = None) -> None:
        self._looked = time.monotonic()
        saved = claims.save(
            self._delivery,
            progress=self._job.progress,
            stage=self._job.stage,
            checkpoint=checkpoint,
        )
        if not saved.is_ours:
            raise LeaseLostError(str(self._job))
        if saved.is_cancelled:
            raise CancelledError(str(self._job))
        if self._looked > self._ends:
            raise TimeLimitError(f"It took longer than {self._limit}.")

    def _stop_without_checkpoint(self, now: float) -> None:
        """None came in time: what was done since the last is better done twice than killed."""
        if is_told_to_stop():
            self._gives_up = min(self._gives_up, now + GRACE)
        if now >= self._gives_up:
            raise HandedBackError("The worker is to stop.")


def _stop_if_told() -> None:
    if is_told_to_stop():
        raise HandedBackError("The worker is to stop.")


Run = Callable[[Work[E]], Any]
