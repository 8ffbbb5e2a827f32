"""The backend that the settings name; Django looks for it in a module of this name."""

from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql import base

from core.events.database.ahead import Connection, Cursor
from core.events.nudge import Following, announce


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with fewer round trips, and word of a commit while it is on its way."""

    connection: Connection

    def get_connection_params(self) -> dict[str, Any]:
        """psycopg2's parameters, with our connection and cursor (ADR 24)."""
        ours = {"connection_factory": Connection, "cursor_factory": Cursor}
        return super().get_connection_params() | ours

    def carry(self, sql: str, params: Any = None) -> None:
        """Have a statement without an answer travel with the transaction's next one."""
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            self.connection.carry(sql, params)

    def commit(self) -> None:
        """Commit; as it sets out, those are told of it who have to do what follows.

        A commit takes about as long to reach the disk as a worker takes to come, so the worker
        comes just in time. Whoever comes too early finds nothing, and is told again after the
        commit.
        """
        calls = [getattr(call, "__self__", None) for _savepoints, call, *_ in self.run_on_commit]
        if following := [each for each in calls if isinstance(each, Following)]:
            announce(following)
        super().commit()

    def _savepoint(self, sid: str) -> None:
        self.carry(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self.carry(self.ops.savepoint_commit_sql(sid))


def carry(sql: str, params: Any = None) -> None:
    """Have a statement without an answer travel with the present transaction's next one."""
    cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS]).carry(sql, params)
