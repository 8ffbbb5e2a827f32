"""What a job is: `@job(Event)`, and how a worker works through one."""

import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from core.events import nudge
from core.events.claims import Claimed
from core.events.event import Event
from core.jobs import claims
from core.jobs.models import Job
from core.jobs.telling import tell
from core.metrics import recording
from core.metrics.recording import Outcome
from tasks.drain import run
from tasks.handler import Batch, Handler
from tasks.lease import LeaseLostError, kept, lease
from tasks.policies import POLICIES, Policy
from tasks.work import CancelledError, HandedBackError, Run, TimeLimitError, Work

JOBS: Final = Policy(attempts=5, at_once=2)  # where tasks/policies.py has no line

E = TypeVar("E", bound=Event)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHandler(Handler[E]):
    """A handler for long work: one delivery at a time, outside of any transaction.

    `limit` is the time that one attempt may take; `policy.at_once` how many run in a centre.
    """

    limit: timedelta

    @property
    def at_once(self) -> int:
        """How many a centre may have running."""
        return self.policy.at_once or 1


def job(
    event: type[E], *, limit: timedelta = timedelta(minutes=30)
) -> Callable[[Run[E]], JobHandler[E]]:
    """Make a function the job of an event; its queue is the folder that it stands in.

    It is given its Work and returns the result, as JSON, or nothing. It still needs its line in
    tasks/subscriptions.py.
    """

    def make(work_through: Run[E]) -> JobHandler[E]:
        name = f"{work_through.__module__.split('.')[1]}.{work_through.__name__}"
        return JobHandler(
            name=name,
            event=event,
            run=partial(_run, work_through, limit),
            batch=1,
            outside=True,
            policy=POLICIES.get(name, JOBS),
            limit=limit,
        )

    return make


def call_next(handler: JobHandler[E]) -> None:
    """Send the message of the job that is to run next: its own, so that Flower shows which runs.

    The relay sends what is lost; a job that is called twice runs once.
    """
    if job_id := claims.next_job(handler.name, handler.at_once):
        nudge.nudger().send(handler.name, {}, str(job_id))


def work_on(handler: JobHandler[E], job_id: UUID) -> int:
    """Run a job if it may run now; returns how many ran."""
    claimed = claims.claim_job(job_id, handler.event, at_once=handler.at_once, lease=lease())
    if claimed is None:
        return 0
    nudge.wake([handler.name])  # perhaps another worker is free for the next one
    with kept([claimed]):
        run(handler, [claimed])
    claims.settle(claimed.id)  # where its attempts were spent before it began
    nudge.wake([handler.name])
    return 1


def _run(work_through: Run[E], limit: timedelta, batch: Batch[E]) -> None:
    for delivery in batch.claimed:
        row = claims.begin(delivery, f"{os.getpid()}@{socket.gethostname()}")
        tell(row)
        try:
            _work_through(work_through, Work(delivery, row, limit), delivery)
        except LeaseLostError:
            logger.warning("%s is another worker's by now", row)
            continue
        except CancelledError:
            claims.finish_cancelled(delivery)
            recording.came_to(delivery.handler, Outcome.CANCELLED)
        except HandedBackError:
            claims.hand_back(delivery, "its worker stopped; another goes on")
            recording.came_to(delivery.handler, Outcome.POSTPONED)
        except SoftTimeLimitExceeded:
            _fail(batch, delivery, TimeLimitError(f"It took longer than {limit}."))
        except Exception as error:  # noqa: BLE001 - whatever a job raises is its own failure
            _fail(batch, delivery, error)
        tell(Job.objects.get(pk=row.pk))


def _work_through(work_through: Run[E], work: Work[E], delivery: Claimed[E]) -> None:
    if work.job.cancel_requested_at:  # its worker died before it could stop
        raise CancelledError(str(work.job))
    result: Any = work_through(work)
    if not claims.finish(delivery, result):
        raise LeaseLostError(str(work.job))
    recording.came_to(delivery.handler, Outcome.DONE)


@transaction.atomic
def _fail(batch: Batch[E], delivery: Claimed[E], error: Exception) -> None:
    if batch.fail(delivery, error):
        claims.settle(delivery.id)
