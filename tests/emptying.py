"""Emptying the test database between two tests: only what was written to, nothing made anew.

Django truncates every table and then makes content types, permissions and our functions again,
which takes longer than most tests. Rows are deleted here without looking after references: with
the role `replica`, which a superuser must once let the owner take.

It is done by a function in the database, and the connection stays open over all tests: PostgreSQL
keeps the function's plans, and what it has read of its own catalogue.
"""

from functools import cache
from typing import Any, Final

import psycopg2
from django.db import connection
from django.test import TransactionTestCase

from core.isolation.scope import everywhere
from infra.local.ports import HOST
from infra.local.stack import OWNER, SUPERUSER, Stack
from tasks.lease import keeper

KEPT: Final = {"django_migrations", "django_content_type", "auth_permission"}
UNCHECKED: Final = "session_replication_role"
SCHEMA: Final = "remembered"  # of what only tests need
EMPTYING: Final = f"{SCHEMA}.empty_used_tables()"


def allow_emptying(stack: Stack) -> None:
    """Let the owner of the test database delete without triggers."""
    superuser = psycopg2.connect(
        host=HOST,
        port=stack.ports.postgres,
        user=SUPERUSER,
        password=stack.passwords.postgres,
        dbname=SUPERUSER,
    )
    with superuser, superuser.cursor() as cursor:
        cursor.execute(f"GRANT SET ON PARAMETER {UNCHECKED} TO {OWNER}")
    superuser.close()


def empty_used_tables(_test: Any = None) -> None:
    """Delete what a test has left; in the place of Django's own flush."""
    with keeper()._renewing:  # what has been held is held no more: it comes back to nothing
        run_unchecked(emptying())


def run_unchecked(*functions: str) -> None:
    """Run functions of the tests' own schema, one after the other, in one transaction."""
    with everywhere(), connection.cursor() as cursor:
        cursor.execute(";".join(f"SELECT {function}" for function in functions))


def define(function: str, statements: list[str]) -> None:
    """Make a function of statements that look after no references."""
    with everywhere(), connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {function} RETURNS void LANGUAGE plpgsql"
            f" SET {UNCHECKED} = replica AS $$ BEGIN {' '.join(statements)} END $$"
        )


def tables() -> set[str]:
    """Those whose rows come and go with a test."""
    return set(connection.introspection.django_table_names(include_views=False)) - KEPT


@cache
def emptying() -> str:
    """The function that empties, made when it is first asked for."""
    each = (
        f"IF EXISTS (SELECT FROM {table}) THEN DELETE FROM {table}; END IF;"  # noqa: S608 - our own tables
        for table in sorted(tables())
    )
    define(EMPTYING, list(each))
    return EMPTYING


def empty_instead_of_flushing() -> None:
    """From now on, for all tests with real commits; one connection is theirs in turn."""
    TransactionTestCase._fixture_teardown = empty_used_tables  # type: ignore[attr-defined]
    TransactionTestCase._should_reload_connections = lambda _test: False  # type: ignore[attr-defined]
