"""Faults of PostgreSQL."""

import signal
import time
from typing import Final

import psycopg2

from tests import ledger
from tests.faults.scene import BreachError, Scene
from tests.faults.signals import await_successor
from tests.servers import wait_for

TERMINATE_ONE: Final = """
SELECT pg_terminate_backend(pid) FROM (
    SELECT pid FROM pg_stat_activity
    WHERE usename = current_user AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    ORDER BY random() LIMIT 1
) AS victim
"""
TERMINATING: Final = 8.0
ENOUGH: Final = 5


def restarted_fast(scene: Scene) -> None:
    """SIGINT: connections are cut, what is open is rolled back."""
    _restart(scene, signal.SIGINT)


def restarted_immediately(scene: Scene) -> None:
    """SIGQUIT: as at a power cut."""
    _restart(scene, signal.SIGQUIT)


def _restart(scene: Scene, signum: signal.Signals) -> None:
    pid = scene.stack.send("postgres", signum)
    await_successor(scene.stack, "postgres", pid)
    wait_for(lambda: _answers(scene), what="PostgreSQL")


def _answers(scene: Scene) -> bool:
    try:
        ledger.ask(scene.stack, "SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


def backends_terminated(scene: Scene) -> None:
    """For 8 s, end one connection after the other in mid-transaction."""
    url = scene.stack.facts["database_url"]  # a role may end its own connections
    count = 0
    ends = time.monotonic() + TERMINATING
    while time.monotonic() < ends:
        count += len(ledger.ask_at(url, TERMINATE_ONE))
        time.sleep(0.05)
    if count < ENOUGH:
        raise BreachError(f"only {count} connections were in mid-transaction")
