"""What is made once in a test process and copied for each test that wants it.

The copies are tables in a schema of their own; rows come back with the ids that they had. A class
of thirty who are told of a homework by mail takes a second to make, and a hundredth to copy.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar

from django.db import connection

from core import clock
from core.isolation.scope import everywhere
from tests.emptying import SCHEMA, define, emptying, run_unchecked, tables

REAL_TIME: Final = clock.now
# The columns that can be written, by table.
COLUMNS: Final = """
SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER'
GROUP BY table_name
"""

T = TypeVar("T")

# By name and day: the function that puts the rows back, and what was made of them.
_known: dict[tuple[str, date], tuple[str, Any]] = {}


def as_once(name: str, make: Callable[[], T]) -> T:
    """Have `make` add to what is in the database; it runs once a day and process.

    Later all rows are replaced by those that were there then: what a test has made before is gone,
    and who had signed in is not any more. Nothing but rows is remembered - no files, no mails that
    were caught, no keys of Redis - and what `make` has returned. In a test that has set the clock
    it is made anew.
    """
    known = (name, clock.now().date())
    if clock.now is not REAL_TIME:
        return make()
    if known in _known:
        copying_back, made = _known[known]
        run_unchecked(emptying(), copying_back)
        return made  # type: ignore[no-any-return]
    made = make()
    _known[known] = (_remember(name), made)
    return made


def _remember(name: str) -> str:
    """Copy all tables with rows; returns the function that puts the rows back."""
    with everywhere(), connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        ours = tables()
        columns = {table: names for table, names in cursor.fetchall() if table in ours}
        each = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in columns]  # noqa: S608 - our own tables
        cursor.execute(" UNION ALL ".join(each))
        copies = {table: f'{SCHEMA}."{name}/{table}"' for (table,) in cursor.fetchall()}
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        for table, copy in copies.items():
            cursor.execute(f"DROP TABLE IF EXISTS {copy}")
            # Not CREATE TABLE AS: in front of that, the connection tells no scope.
            cursor.execute(f"SELECT {columns[table]} INTO UNLOGGED {copy} FROM {table}")  # noqa: S608
    insertions = [
        f"INSERT INTO {table} ({columns[table]}) SELECT * FROM {copy};"  # noqa: S608
        for table, copy in copies.items()
    ]
    copying_back = f'{SCHEMA}."{name}"()'
    define(copying_back, insertions)
    return copying_back
