"""What happens by the clock, as operators see it; and firing a schedule by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from core.ops.faults import LATE
from core.ops.models import OpsAction, OpsAudit
from core.refusals import NotFoundError

TICK: Final = "schedules.tick"  # the task under which django-celery-beat holds ours

SCHEDULES: Final = """
SELECT entry.name, enabled,
    concat_ws(' ', minute, hour, day_of_month, month_of_year, day_of_week), timezone,
    CASE WHEN enabled THEN next.due_at END,
    enabled AND next.due_at < now() - %(late)s,
    last.due_at, last.fired_at, last.by_id
FROM django_celery_beat_periodictask AS entry
    JOIN django_celery_beat_crontabschedule AS crontab ON crontab.id = crontab_id
    LEFT JOIN schedule_next AS next ON schedule = entry.name
    LEFT JOIN LATERAL (
        SELECT due_at, fired_at, by_id FROM schedule_slot
        WHERE schedule_slot.schedule = entry.name ORDER BY due_at DESC LIMIT 1
    ) AS last ON true
WHERE task = %(task)s
ORDER BY entry.name
"""


@dataclass(frozen=True, slots=True)
class ScheduleSeen:
    """A schedule with its next and its last slot."""

    name: str
    enabled: bool
    crontab: str  # minute, hour, day of the month, month, day of the week
    timezone: str
    next_at: datetime | None  # None: switched off, or no beat has come by it yet
    is_late: bool | None  # its time has passed, and no beat has fired it
    last_slot_at: datetime | None
    last_fired_at: datetime | None
    last_by: int | None  # the operator who fired it; None: the clock


def schedules() -> list[ScheduleSeen]:
    """All of them by name; none before a beat has run."""
    wanted: dict[str, Any] = {"task": TICK, "late": LATE}
    with connection.cursor() as cursor:
        cursor.execute(SCHEDULES, wanted)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [ScheduleSeen(*row) for row in rows]


@transaction.atomic
def run_schedule(*, name: str, by: int) -> datetime:
    """Fire a schedule now, whatever its times, and even if it is off; its slot is this moment.

    Raises NotFoundError. Nothing but PostgreSQL is needed.
    """
    fire: Callable[..., datetime | None] = import_string(settings.RUN_SCHEDULE)
    slot = fire(name, by=by)
    if slot is None:
        raise NotFoundError("There is no such schedule.")
    OpsAudit.objects.create(action=OpsAction.RUN, actor_id=by, filter={"schedule": name})
    return slot
