"""What a worker runs: one task per handler, under the handler's name."""

from typing import Any, Final
from uuid import UUID

from celery.signals import setup_logging, worker_process_init

from core.events.nudge import nudger
from tasks import database
from tasks.app import app
from tasks.drain import drain
from tasks.handler import Handler
from tasks.job import JobHandler, call_next, work_on
from tasks.lease import keeper
from tasks.subscriptions import HANDLERS

STRATEGY: Final = "tasks.broker:sturdy_strategy"
GRACE: Final = 30  # seconds in which a job that is over its time may end itself


def register(handler: Handler[Any]) -> None:
    """Make a Celery task of a handler, without arguments: what is due stands in PostgreSQL."""

    @app.task(name=handler.name, Strategy=STRATEGY)
    def answer_nudge() -> int:
        """Work off what is due; returns how many deliveries ran."""
        nudger().arrived(handler.name)
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
        nudger().arrived(handler.name, *job)
        database.new_turn()
        if job:
            return work_on(handler, UUID(job[0]))
        call_next(handler)
        return 0


for each in HANDLERS:
    if isinstance(each, JobHandler):
        register_job(each)
    else:
        register(each)


@worker_process_init.connect
def prepare_process(**_: Any) -> None:
    """A worker process keeps its database connection, and starts its threads while it has room."""
    database.keep_open()
    keeper()


@setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Django has set logging up; Celery leaves it alone when something listens here."""
