"""Every event leads somewhere, every handler is looked after, every schedule is known."""

import importlib
import inspect
from pathlib import Path

import pytest
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from core.events.event import Event
from schedules.scheduler import BY_NAME
from schedules.sync import sync
from schedules.table import SCHEDULES
from tasks.app import QUEUES, app
from tasks.silence import SILENT
from tasks.subscriptions import HANDLERS, SUBSCRIPTIONS
from tests.flow.test_delivered_twice import STORIES

CORE = Path(__file__).parents[2] / "core"


def all_events() -> set[type[Event]]:
    """Every event that an area's events.py defines."""
    modules = (
        importlib.import_module(f"core.{file.parent.name}.events")
        for file in CORE.glob("*/events.py")
    )
    return {
        value
        for module in modules
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Event) and value is not Event
    }


def test_every_event_has_a_handler_or_a_reason_for_silence() -> None:
    assert {each for each in all_events() if not each.__subclasses__()} == set(SUBSCRIPTIONS)
    assert {event for event, line in SUBSCRIPTIONS.items() if not line} == set(SILENT)
    assert all(len(reason) > 10 for reason in SILENT.values())


def test_every_handler_stands_under_its_own_event() -> None:
    for event, line in SUBSCRIPTIONS.items():
        assert [handler.event for handler in line] == [event] * len(line)


def test_every_handler_is_a_task_in_a_queue_of_its_folder() -> None:
    app.loader.import_default_modules()
    names = {handler.name for handler in HANDLERS}
    assert len(names) == len(HANDLERS)
    assert names <= set(app.tasks)
    assert {name.partition(".")[0] for name in names} <= set(QUEUES)


def test_every_handler_is_tested_with_a_duplicate_delivery() -> None:
    assert set(STORIES) == {handler.name for handler in HANDLERS}


def test_every_docstring_of_an_event_says_what_happened() -> None:
    assert all(event.__doc__ for event in all_events())


@pytest.mark.django_db
def test_every_schedule_is_registered_once_and_edits_survive() -> None:
    sync(SCHEDULES)
    PeriodicTask.objects.update(enabled=False)
    PeriodicTask.objects.create(
        name="gone from the table", task="schedules.tick", crontab_id=_any_crontab()
    )
    sync(SCHEDULES)

    rows = dict(PeriodicTask.objects.values_list("name", "enabled"))
    assert rows == dict.fromkeys(BY_NAME, False)


def _any_crontab() -> int:
    return int(CrontabSchedule.objects.create(minute="1").pk)
