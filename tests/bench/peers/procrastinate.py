"""Procrastinate: jobs deferred inside the action's transaction, in Django's own connection.

Its threads keep their database connections by themselves. Many recipients: chunks of 500, all
jobs deferred in one statement.
"""

from typing import Any, Final

from django.db import transaction
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import connector_params
from procrastinate.contrib.django.django_connector import DjangoConnector

from tests.bench import work


def with_tasks(connector: Any) -> Any:
    """An app with the benchmark's two tasks."""
    made = App(connector=connector)
    made.task(name="touch")(work.touch_row)
    made.task(name="tell_chunk")(work.tell_one_by_one)
    return made


def _connection() -> dict[str, Any]:
    """Django's parameters; but a worker may prepare its statements, as psycopg does by itself."""
    return {
        name: value for name, value in connector_params().items() if name != "prepare_threshold"
    }


app: Final = with_tasks(PsycopgConnector(kwargs=_connection()))  # the workers'
actions: Final = with_tasks(DjangoConnector())


@transaction.atomic
def act() -> None:
    actions.tasks["touch"].defer(row_id=work.make_row().pk)


@transaction.atomic
def tell_all() -> None:
    jobs = [{"recipients": numbers} for numbers in work.chunks()]
    actions.tasks["tell_chunk"].batch_defer(*jobs)
