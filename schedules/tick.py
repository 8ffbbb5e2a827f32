"""A schedule's turn: its slot and its event in one transaction, once however many beats tick."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from core import clock
from core.events.publish import publish
from core.metrics import recording
from schedules.table import SCHEDULES, Schedule

TAKE: Final = """
INSERT INTO schedule_slot (schedule, due_at, fired_at, by_id) VALUES (%s, %s, now(), %s)
ON CONFLICT (schedule, due_at) DO NOTHING
"""
NEXT: Final = """
INSERT INTO schedule_next (schedule, due_at) VALUES (%s, %s)
ON CONFLICT (schedule) DO UPDATE SET due_at = excluded.due_at
"""

logger = logging.getLogger(__name__)


@transaction.atomic
def tick(schedule: Schedule, due_at: datetime, *, by: int | None = None) -> bool:
    """Publish the schedule's event for the slot `due_at`; `by` is an operator, None the clock.

    Returns False when the slot was taken already.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [schedule.name, due_at, by])
        if not cursor.rowcount:
            return False
    publish(schedule.event)
    recording.fired(schedule.name)
    logger.info("%s: fired for %s", schedule.name, due_at)
    return True


def tick_now(name: str, *, by: int) -> datetime | None:
    """The same for an operator who does not want to wait: a slot of its own, at this moment.

    Returns that moment; None when there is no such schedule.
    """
    schedule = next((each for each in SCHEDULES if each.name == name), None)
    if schedule is None:
        return None
    slot = clock.now()
    while not tick(schedule, slot, by=by):
        slot += timedelta(microseconds=1)
    return slot


def note_next(schedule: str, due_at: datetime) -> None:
    """Write down for operators when a schedule is to fire next."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [schedule, due_at])
