"""Counting SQL statements that take long, and writing them into the log without their values."""

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

from core.env import env
from core.metrics import recording

SHOWN: Final = 300  # characters of a statement
LONG: Final = env().slow_statement_seconds

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]

logger = logging.getLogger(__name__)


def watch_statements(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """Have a connection's statements timed; receives Django's `connection_created`."""
    if time_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(time_statement)


def time_statement(
    execute: Execute,
    sql: str,
    params: Any,
    many: bool,  # noqa: FBT001 - Django calls it so
    context: dict[str, Any],
) -> Any:
    """Run a statement; one of Django's execute wrappers."""
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took = time.perf_counter() - began
        if took >= LONG:
            recording.slow_statement()
            logger.warning("A statement took %.2f s: %s", took, " ".join(sql.split())[:SHOWN])
