"""Bringing the table of schedules into django-celery-beat, where operators may edit it."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from schedules.table import Schedule

TASK: Final = "schedules.tick"  # marks our rows; beat ticks them itself, no worker runs it


@transaction.atomic
def sync(schedules: Sequence[Schedule]) -> None:
    """Add the missing ones as the table says; remove ours that the table no longer has."""
    PeriodicTask.objects.filter(task=TASK).exclude(
        name__in=[schedule.name for schedule in schedules]
    ).delete()
    for schedule in schedules:
        if not PeriodicTask.objects.filter(name=schedule.name).exists():
            # Two schedules of the same times have a row each, so that an edit moves one of them.
            crontab = CrontabSchedule.objects.create(**schedule.crontab, timezone=schedule.timezone)
            PeriodicTask.objects.create(name=schedule.name, task=TASK, crontab=crontab)
