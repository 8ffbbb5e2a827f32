"""A job that counts slowly, and a worker that knows it: `celery -A tests.flow.slow_job worker`."""

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import django
from django.apps import apps

if not apps.ready:  # a worker's own start comes too late for the imports below
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    django.setup()

from django.db import transaction

from core.events.event import Event
from core.events.models import Delivery, EventRecord
from core.live.models import Entry
from tasks.app import app
from tasks.job import JobHandler, job
from tasks.work import Work
from tasks.worker import register_job

NAME = "cleanup.count_slowly"


class CountingAsked(Event):
    """Somebody wants it counted."""

    steps: int = 20
    seconds: float = 0.1  # for a step


@job(CountingAsked)
def count_slowly(work: Work[CountingAsked]) -> dict[str, Any]:
    """Each step leaves a row, and a line with the number of the process that has begun it."""
    for step in range((work.resume or {"done": 0})["done"], work.event.steps):
        _note(step)
        time.sleep(work.event.seconds)
        with transaction.atomic():
            Entry.objects.create(stream=f"step:{work.job.pk}", seq=step, type="step", data={})
            work.checkpoint({"done": step + 1})
        work.progress(step + 1, work.event.steps, "counting")
    return {"counted": work.event.steps}


def _note(step: int) -> None:
    if path := os.environ.get("SLOW_JOB_LOG"):
        with Path(path).open("a") as log:
            log.write(f"{os.getpid()} {step}\n")


def named(handler: JobHandler[Any], **changes: Any) -> JobHandler[Any]:
    """The handler under a name whose queue there is."""
    return replace(handler, name=NAME, **changes)


def ask(*, centre: int = 1, by: int | None = None, age: timedelta = timedelta(), **f: Any) -> UUID:
    """An event that asks for it, and its delivery; returns the event's id."""
    payload = CountingAsked(centre_id=centre, **f).model_dump(mode="json")
    event = EventRecord.objects.create(
        id=uuid4(), kind="CountingAsked", version=1, centre_id=centre, payload=payload, actor_id=by
    )
    Delivery.objects.create(event=event, centre_id=centre, handler=NAME)
    if age:
        Delivery.objects.filter(event=event).update(due_at=event.occurred_at - age)
    return event.id


HANDLER = named(count_slowly)
register_job(HANDLER)
__all__ = ["app"]
