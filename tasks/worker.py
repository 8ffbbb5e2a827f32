"""What a worker runs: one task per handler, under the handler's name."""

from typing import Any

from celery.signals import setup_logging, worker_process_init

from core.events.nudge import nudger
from tasks import database
from tasks.app import app
from tasks.drain import drain
from tasks.handler import Handler
from tasks.subscriptions import HANDLERS


def register(handler: Handler[Any]) -> None:
    """Make a Celery task of a handler, without arguments: what is due stands in PostgreSQL."""

    @app.task(name=handler.name)
    def answer_nudge() -> int:
        """Work off what is due; returns how many deliveries ran."""
        nudger().arrived(handler.name)
        database.new_turn()
        return drain(handler)


for each in HANDLERS:
    register(each)


@worker_process_init.connect
def keep_connection(**_: Any) -> None:
    """A worker process keeps its database connection."""
    database.keep_open()


@setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Django has set logging up; Celery leaves it alone when something listens here."""
