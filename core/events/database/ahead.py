"""Statements that nobody waits for: they travel with the next one.

`BEGIN`, `SAVEPOINT`, `RELEASE` and the recording of an event have no answer that anybody reads. On
their own each is a round trip; in the next statement's message they are none. PostgreSQL carries
out a message's statements one by one and stops at the first that fails, so they take effect in the
order in which they were given, and an error of theirs is raised by the statement they travel with.
"""

from typing import Any, Final

from psycopg2 import ProgrammingError, extensions

BEGIN: Final = b"BEGIN"
MANY: Final = 500  # statements in one message, a few hundred kilobytes at most


class Connection(extensions.connection):
    """psycopg2's, but transactions begin and end by messages of its own making.

    psycopg2 itself stays in autocommit: a `BEGIN` of its own would be a round trip.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_session(autocommit=True)
        self._autocommit = False
        self.ahead: list[bytes] = [BEGIN]

    @property
    def autocommit(self) -> bool:
        """Whether each statement is a transaction of its own."""
        return self._autocommit

    @autocommit.setter
    def autocommit(self, wanted: bool) -> None:
        if self._is_begun():
            raise ProgrammingError("autocommit cannot be set inside a transaction")
        self._autocommit = wanted
        self._start_anew()

    def carry(self, sql: str, params: Any = None) -> None:
        """Have a statement without an answer travel with the transaction's next one."""
        if self._autocommit:
            raise ProgrammingError("outside a transaction nothing may come to take it along")
        self.ahead.append(extensions.cursor(self).mogrify(sql, params))
        if len(self.ahead) > MANY:
            self.send_ahead()

    def send_ahead(self) -> None:
        """Send what waits by itself, before something that cannot share a message."""
        if self.ahead:
            ahead, self.ahead = self.ahead, []
            extensions.cursor(self).execute(b";".join(ahead))

    def commit(self) -> None:
        """End the transaction, with what waits; one in which nothing was said was none."""
        ahead = self.ahead
        self._start_anew()
        if self._is_begun() or ahead[1:]:
            extensions.cursor(self).execute(b";".join([*ahead, b"COMMIT"]))

    def rollback(self) -> None:
        """Undo the transaction; what waits is not sent."""
        self._start_anew()
        if self._is_begun():
            extensions.cursor(self).execute(b"ROLLBACK")

    def _is_begun(self) -> bool:
        """Whether PostgreSQL is within a transaction; also where its connection is lost."""
        return self.get_transaction_status() != extensions.TRANSACTION_STATUS_IDLE

    def _start_anew(self) -> None:
        self.ahead = [] if self._autocommit else [BEGIN]


class Cursor(extensions.cursor):
    """psycopg2's, with what waits in front of each statement.

    Not for `callproc`, `copy_from` and `copy_to`, which nobody here needs.
    """

    connection: Connection

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's name for it
        """Run a statement and those that wait, in one message."""
        if not self.connection.ahead or self.name:
            self.connection.send_ahead()
            super().execute(query, vars)
            return
        statement = self.mogrify(query, vars)
        ahead, self.connection.ahead = self.connection.ahead, []
        super().execute(b";".join([*ahead, statement]))

    def executemany(self, query: Any, vars_list: Any) -> None:
        """Run a statement once for each of these, after those that wait."""
        self.connection.send_ahead()
        super().executemany(query, vars_list)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        """Copy rows from a file or to it, after what waits."""
        self.connection.send_ahead()
        super().copy_expert(sql, file, size)
