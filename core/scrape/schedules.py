"""How late the schedules are."""

from datetime import datetime

from django.db import connection
from django_celery_beat.models import PeriodicTask

TASK = "schedules.tick"  # as schedules/sync.py marks our rows


def lags(now: datetime) -> dict[str, float]:
    """By schedule, seconds since the slot after the last one fired was due; 0 before it is."""
    fired = _last_slots()
    enabled = PeriodicTask.objects.filter(task=TASK, enabled=True).select_related("crontab")
    return {
        each.name: _overdue(each.schedule, fired.get(each.name, each.date_changed), now)
        for each in enabled
    }


def _overdue(crontab: object, last: datetime, now: datetime) -> float:
    start, until_next, _ = crontab.remaining_delta(last)  # type: ignore[attr-defined]  # no types
    return float(max(0.0, (now - (start + until_next)).total_seconds()))


def _last_slots() -> dict[str, datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT schedule, max(due_at) FROM schedule_slot GROUP BY schedule")
        return dict(cursor.fetchall())
