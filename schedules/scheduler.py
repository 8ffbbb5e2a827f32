"""Beat's scheduler: it ticks into PostgreSQL, so it neither needs Redis nor fires twice."""

import logging
from datetime import UTC, datetime
from typing import Any

from celery.schedules import crontab
from django.db import DatabaseError
from django.db.models import QuerySet
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

from core import clock
from core.metrics import recording
from core.metrics.server import serve_metrics
from schedules.sync import sync
from schedules.table import SCHEDULES
from schedules.tick import note_next, tick
from tasks.alive import sign

BY_NAME = {schedule.name: schedule for schedule in SCHEDULES}

logger = logging.getLogger(__name__)


def latest_slot(crontab: crontab, *, after: datetime, until: datetime) -> datetime | None:
    """The last time of a crontab in `after < time <= until`, in UTC; None when there is none."""
    latest = None
    start, until_next, _ = crontab.remaining_delta(after)
    while (slot := start + until_next) <= until:
        latest = slot.astimezone(UTC)
        start, until_next, _ = crontab.remaining_delta(slot)
    return latest


def next_slot(crontab: crontab, *, after: datetime) -> datetime:
    """The first time of a crontab after another one, in UTC."""
    start, until_next, _ = crontab.remaining_delta(after)
    slot: datetime = start + until_next
    return slot.astimezone(UTC)


class SlotScheduler(DatabaseScheduler):  # type: ignore[misc]  # it has no types
    """django-celery-beat's scheduler, with `tick` in the place of a Celery message."""

    producer = None  # beat would wait for a connection to Redis before each turn

    def setup_schedule(self) -> None:
        """Bring the table into the database; Celery's own default entries are not wanted."""
        sync(SCHEDULES)
        recording.fires(BY_NAME)
        serve_metrics()

    def enabled_models_qs(self) -> QuerySet[PeriodicTask]:
        """All of them: leaving out those of other hours would lose a slot slept through."""
        enabled: QuerySet[PeriodicTask] = PeriodicTask.objects.enabled()
        return enabled

    def tick(self, *args: Any, **options: Any) -> float:
        """A turn of beat, which shows that it still runs; the next comes within five seconds."""
        sign.give()
        return float(super().tick(*args, **options))

    def all_as_schedule(self) -> dict[str, ModelEntry]:
        """All entries, at the start and after each edit; operators are told what comes of them."""
        entries: dict[str, ModelEntry] = super().all_as_schedule()
        for entry in entries.values():
            self._note_next(entry, after=entry.last_run_at)
        return entries

    def _note_next(self, entry: ModelEntry, *, after: datetime) -> None:
        """When it fires next. What was missed for too long is not made up for, and not owed."""
        if (schedule := BY_NAME.get(entry.name)) is not None:
            since = max(after, clock.now() - schedule.catch_up)
            note_next(schedule.name, next_slot(entry.schedule, after=since))

    def apply_entry(self, entry: ModelEntry, producer: Any = None) -> None:
        """Take the latest slot since the last run, unless it was missed for too long."""
        schedule, now = BY_NAME[entry.name], clock.now()
        after = max(entry.last_run_at, now - schedule.catch_up)
        slot = latest_slot(entry.schedule, after=after, until=now)
        try:
            if slot:
                tick(schedule, slot)
            self._note_next(entry, after=now)
        except DatabaseError:
            logger.exception("%s could not tick", entry.name)
