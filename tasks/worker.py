"""What a worker runs: one task per handler, under the handler's name."""

import gc
from functools import partial
from typing import Any, Final
from uuid import UUID

from celery.signals import setup_logging, worker_before_create_process, worker_process_init

from core.events.nudge import nudger
from tasks import database, roster, watching
from tasks.app import app
from tasks.drain import drain
from tasks.handler import Handler
from tasks.job import JobHandler, call_next, work_on
from tasks.lease import keeper
from tasks.stopping import Herald
from tasks.subscriptions import HANDLERS
from tasks.turn import take

STRATEGY: Final = "tasks.broker:sturdy_strategy"
GRACE: Final = 30  # seconds in which a job that is over its time may end itself


def register(handler: Handler[Any]) -> None:
    """Make a Celery task of a handler, without arguments: what is due stands in PostgreSQL."""

    @app.task(name=handler.name, Strategy=STRATEGY, taken=staticmethod(partial(take, handler)))
    def answer_nudge() -> int:
        """Work off what is due; returns how many deliveries ran."""
        database.new_turn()
        return drain(handler)


def register_job(handler: JobHandler[Any]) -> None:
    """Make a Celery task of a job: without an argument it calls the next one, which then runs."""
    limit = int(handler.limit.total_seconds())

    @app.task(
        name=handler.name,
        Strategy=STRATEGY,
        soft_time_limit=limit,
        time_limit=limit + GRACE,
    )
    def answer_nudge(*job: str) -> int:
        """Run the named job; returns how many ran."""
        nudger().over(handler.name, *job)
        database.new_turn()
        if job:
            return work_on(handler, UUID(job[0]))
        call_next(handler)
        return 0


app.steps["worker"].add(Herald)
for each in HANDLERS:
    if isinstance(each, JobHandler):
        register_job(each)
    else:
        register(each)


@worker_before_create_process.connect
def share_memory(**_: Any) -> None:
    """What is loaded by now is looked at by no garbage collection, and so stays shared."""
    gc.collect()
    gc.freeze()


@worker_process_init.connect
def prepare_process(**_: Any) -> None:
    """A worker process starts its threads while it has room."""
    keeper()
    roster.start()
    watching.begin_process()


@setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Django has set logging up; Celery leaves it alone when something listens here."""
