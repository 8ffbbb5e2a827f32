"""Whether the process is alive, and whether it can serve."""

import time
from functools import cache
from http import HTTPStatus
from typing import Final

from django.db import ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse

from core.canary.answers import late_canaries
from core.isolation.scope import outbox
from core.ops.outside import redis_answers
from core.ops.probe import Probe

PATIENCE: Final = 1.0  # seconds for all checks together
NEEDED: Final = frozenset({"database", "migrations"})  # a request never waits for Redis


@cache
def latest_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app, as this code knows them."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def look_at_database() -> list[str]:
    """Whether it answers and has the tables that this code expects."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return ["migrations"] if latest_migrations() - set(cursor.fetchall()) else []
    except ProgrammingError:  # there is no such table yet
        return ["migrations"]
    finally:
        connection.close()


def look_at_redis() -> list[str]:
    """Whether it answers."""
    return [] if redis_answers() else ["redis"]


def look_at_canaries() -> list[str]:
    """Whether every queue is served."""
    try:
        with outbox():
            return [f"worker:{queue}" for queue in late_canaries()]
    finally:
        connection.close()


CHECKS: Final = (Probe("database", look_at_database), Probe("redis", look_at_redis))
WORKERS: Final = Probe("workers", look_at_canaries)


def missing_of(check: Probe[list[str]], until: float) -> list[str]:
    """What is missing; its own name when nothing is known by `until` (monotonic seconds)."""
    missing = check.seen(until)
    return [check.name] if missing is None else missing


def healthz(_request: HttpRequest) -> JsonResponse:
    """The process is alive."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """Whether requests can be served, and what is missing; without Redis all only takes longer."""
    until = time.monotonic() + PATIENCE
    for check in (*CHECKS, WORKERS):
        check.begin()
    missing = [name for check in CHECKS for name in missing_of(check, until)]
    if NEEDED.isdisjoint(missing):
        missing += missing_of(WORKERS, until)
        return JsonResponse({"status": "degraded" if missing else "ready", "missing": missing})
    answer = JsonResponse({"status": "unavailable", "missing": missing})
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    answer.headers["Retry-After"] = "5"
    return answer
