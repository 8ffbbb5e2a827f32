"""TABLE: the parts of the system that are looked at, and what is told of each."""

import shutil
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.db import connection
from prometheus_client import Metric

from core import clock
from core.backups.queries import latest_good
from core.canary.answers import late_canaries
from core.events.nudge import broker
from core.isolation.scope import everywhere
from core.metrics import table
from core.ops import queues
from core.ops.probe import Probe
from core.scrape import schedules
from core.scrape.families import by_label, one

FRESH: Final = 5.0  # seconds for which what was seen is told again
CONNECTIONS: Final = """
SELECT coalesce(state, 'hidden'), count(*) FROM pg_stat_activity
WHERE datname IS NOT NULL GROUP BY 1
"""
LIMIT: Final = "SELECT current_setting('max_connections')::int"

Seen = Sequence[Metric]


def look_at_database() -> Seen:
    """Queues, schedules, connections, the latest backup."""
    try:
        with everywhere():
            return [*_queues(), *_schedules(), *_connections(), *_backup()]
    finally:
        connection.close()


def _queues() -> Seen:
    found = queues.overview()
    late = set(late_canaries())
    return [
        by_label(table.QUEUE_PENDING, {each.name: each.pending for each in found}),
        by_label(table.QUEUE_RUNNING, {each.name: each.running for each in found}),
        by_label(table.QUEUE_DEAD, {each.name: each.dead for each in found}),
        by_label(table.QUEUE_OLDEST, {each.name: each.oldest_age or 0.0 for each in found}),
        by_label(table.QUEUE_WORKERS, {each.name: each.workers for each in found}),
        by_label(table.QUEUE_PAUSED, {each.name: each.paused_at is not None for each in found}),
        by_label(table.CANARY_LATE, {each.name: each.name in late for each in found}),
    ]


def _schedules() -> Seen:
    return [by_label(table.SCHEDULE_LAG, schedules.lags(clock.now()))]


def _connections() -> Seen:
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS)
        by_state: dict[str, float] = dict(cursor.fetchall())
        cursor.execute(LIMIT)
        (limit,) = cursor.fetchone()
    return [by_label(table.DB_CONNECTIONS, by_state), one(table.DB_LIMIT, limit)]


def _backup() -> Seen:
    """Nothing where there is none yet."""
    backup = latest_good()
    if backup is None or backup.finished_at is None:
        return []
    age = (clock.now() - backup.finished_at).total_seconds()
    return [one(table.BACKUP_AGE, age), one(table.BACKUP_SIZE, backup.size)]


def look_at_redis() -> Seen:
    """Memory, hits and connections, for all its databases together."""
    with broker() as redis:
        info: dict[str, Any] = redis.info()
    return [
        one(table.REDIS_MEMORY, info["used_memory"]),
        one(table.REDIS_MEMORY_LIMIT, info["maxmemory"]),
        one(table.REDIS_HITS, info["keyspace_hits"]),
        one(table.REDIS_MISSES, info["keyspace_misses"]),
        one(table.REDIS_CLIENTS, info["connected_clients"]),
    ]


def look_at_media() -> Seen:
    """The disk of uploaded files and reports."""
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    disk = shutil.disk_usage(settings.MEDIA_ROOT)
    return [
        by_label(table.DISK_FREE, {"media": disk.free}),
        by_label(table.DISK_SIZE, {"media": disk.total}),
    ]


PROBES: Final = (
    Probe("database", look_at_database, fresh=FRESH),
    Probe("redis", look_at_redis, fresh=FRESH),
    Probe("media", look_at_media, fresh=FRESH),
)
