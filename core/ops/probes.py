"""Whether the process is alive, and whether it can serve."""

import logging
import threading
import time
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Final

from django.db import ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse

from core.canary.answers import late_canaries
from core.ops.outside import redis_answers

PATIENCE: Final = 1.0  # seconds for all checks together
NEEDED: Final = frozenset({"database", "migrations"})  # a request never waits for Redis

logger = logging.getLogger(__name__)


class Check:
    """A look at something that may hang: in a thread of its own, and never two at a time."""

    def __init__(self, name: str, look: Callable[[], list[str]]) -> None:
        self.name = name
        self._look = look
        self._missing: list[str] = []
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start to look, unless a look is still under way."""
        with self._guard:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
                self._thread.start()

    def missing(self, until: float) -> list[str]:
        """What is missing; its own name when nothing is known by `until` (monotonic seconds)."""
        thread = self._thread
        if thread is not None:
            thread.join(max(0.0, until - time.monotonic()))
            if not thread.is_alive():
                return self._missing
        return [self.name]

    def _run(self) -> None:
        try:
            self._missing = self._look()
        except Exception as error:  # noqa: BLE001 - whatever it is, the thing cannot be used
            logger.warning("%s cannot be used: %s", self.name, error)
            self._missing = [self.name]


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
        return [f"worker:{queue}" for queue in late_canaries()]
    finally:
        connection.close()


CHECKS: Final = (Check("database", look_at_database), Check("redis", look_at_redis))
WORKERS: Final = Check("workers", look_at_canaries)


def healthz(_request: HttpRequest) -> JsonResponse:
    """The process is alive."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """Whether requests can be served, and what is missing; without Redis all only takes longer."""
    until = time.monotonic() + PATIENCE
    for check in (*CHECKS, WORKERS):
        check.begin()
    missing = [name for check in CHECKS for name in check.missing(until)]
    if NEEDED.isdisjoint(missing):
        missing += WORKERS.missing(until)
        return JsonResponse({"status": "degraded" if missing else "ready", "missing": missing})
    answer = JsonResponse({"status": "unavailable", "missing": missing})
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    answer.headers["Retry-After"] = "5"
    return answer
