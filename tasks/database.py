"""The database connection of processes that live long and work in turns."""

from django.db import close_old_connections, connection


def keep_open() -> None:
    """Let this process keep its connection between turns.

    Opening one per task took 58% of plain Celery's worker time. It is checked for health at the
    first query after `new_turn`, so a cut one is replaced.
    """
    connection.settings_dict["CONN_MAX_AGE"] = None


def new_turn() -> None:
    """Drop the connection if it broke; check it before its next use."""
    close_old_connections()
