"""Sessions straight with PostgreSQL: PgBouncer lends a connection for one transaction only."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg2
from django.conf import settings
from psycopg2 import sql

from core.backups.faults import BackupError, BusyError
from core.backups.programs import Login, Tick

SESSION: Final = "schoolbell backup"  # the names under which PostgreSQL shows us
DUMP: Final = "schoolbell dump"
CONNECT_SECONDS: Final = 10
# All centres' rows; and PostgreSQL notices within a minute when our machine is gone.
OPTIONS: Final = (
    "-c schoolbell.centre=all -c statement_timeout=0"
    " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
)

# PostgreSQL notices that a session has gone only after it has: the next backup would be told no.
LET_GO: Final = "ROLLBACK; SELECT pg_advisory_unlock_all()"
LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('schoolbell backup', 0))"
# Whoever has the lock makes the only backup: an older dump has outlived its worker.
END_ORPHANS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = %s AND usename = current_user AND datname = current_database()
"""
BEGIN: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
SNAPSHOT: Final = "SELECT pg_export_snapshot()"

TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
ISOLATED: Final = """
SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity
    AND relnamespace = 'public'::regnamespace
    AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)
ORDER BY relname
"""
FUNCTIONS: Final = """
SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1
"""
GRANTS: Final = """
SELECT format('%s to %s: %s', relname, grantee::regrole,
    string_agg(privilege_type, ', ' ORDER BY privilege_type))
FROM pg_class CROSS JOIN LATERAL aclexplode(relacl)
WHERE relnamespace = 'public'::regnamespace AND grantee <> relowner
GROUP BY relname, grantee ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a database holds; the same before a backup and after its restore."""

    rows: dict[str, int]  # by table
    isolated: list[str]  # tables under forced row-level security
    functions: list[str]
    grants: list[str]


class Session:
    """One session, with the lock while a backup is made."""

    def __init__(self, connection: "psycopg2.extensions.connection") -> None:
        self._connection = connection

    def values(self, statement: Any, *params: Any) -> list[Any]:
        """The first column of what a statement answers; [] where it answers nothing."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, params or None)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []

    def take_lock(self) -> None:
        """Be the only one who makes a backup of this database; BusyError when another is."""
        if not self.values(LOCK)[0]:
            raise BusyError("Another backup is being made.")
        self.values(END_ORPHANS, DUMP)

    def begin_snapshot(self) -> str:
        """From now on see what there is at this moment; returns the snapshot's name."""
        self.values(BEGIN)
        return str(self.values(SNAPSHOT)[0])

    def end_snapshot(self) -> None:
        """See what is new again. Fails when the session, and so the lock, was lost meanwhile."""
        self.values("COMMIT")

    def shape(self, tick: Tick) -> Shape:
        """What the database holds, each table counted."""
        rows: dict[str, int] = {}
        for table in self.values(TABLES):
            tick()
            count = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))
            rows[table] = self.values(count)[0]
        found = (self.values(statement) for statement in (ISOLATED, FUNCTIONS, GRANTS))
        return Shape(rows, *found)


@contextmanager
def session(login: Login, database: str) -> Iterator[Session]:
    """A session of its own, each statement a transaction unless one is begun."""
    user, password = login
    if not user:
        raise BackupError("DB_BACKUP_USER or, for a restore, DB_OWNER_USER is not set.")
    connection = psycopg2.connect(
        host=settings.DB_DIRECT_HOST,
        port=settings.DB_DIRECT_PORT,
        user=user,
        password=password,
        dbname=database,
        connect_timeout=CONNECT_SECONDS,
        application_name=SESSION,
        options=OPTIONS,
    )
    connection.autocommit = True
    own = Session(connection)
    try:
        yield own
    finally:
        with suppress(psycopg2.Error):  # where the session was cut off, its lock has gone with it
            own.values(LET_GO)
        connection.close()
