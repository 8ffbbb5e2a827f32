"""A schedule's turn: its slot and its event in one transaction, once however many beats tick."""

import logging
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from core.events.publish import publish
from core.metrics import recording
from schedules.table import Schedule

TAKE: Final = """
INSERT INTO schedule_slot (schedule, due_at, fired_at) VALUES (%s, %s, now())
ON CONFLICT (schedule, due_at) DO NOTHING
"""

logger = logging.getLogger(__name__)


@transaction.atomic
def tick(schedule: Schedule, due_at: datetime) -> bool:
    """Publish the schedule's event for the slot `due_at`.

    Returns False when the slot was taken already.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [schedule.name, due_at])
        if not cursor.rowcount:
            return False
    publish(schedule.event)
    recording.fired(schedule.name)
    logger.info("%s: fired for %s", schedule.name, due_at)
    return True
