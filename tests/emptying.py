"""Emptying the test database between two tests: only what was written to, nothing made anew.

Django truncates every table and then makes content types, permissions and our functions again,
which takes longer than most tests. Rows are deleted here without looking after references: with
the role `replica`, which a superuser must once let the owner take.
"""

from typing import Any, Final

import psycopg2
from django.db import connection
from django.test import TransactionTestCase

from core.isolation.scope import everywhere
from infra.local.ports import HOST
from infra.local.stack import OWNER, SUPERUSER, Stack

KEPT: Final = {"django_migrations", "django_content_type", "auth_permission"}
UNCHECKED: Final = "session_replication_role"


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
    names = set(connection.introspection.django_table_names(include_views=False)) - KEPT
    each = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in sorted(names)]  # noqa: S608 - our own tables
    with everywhere(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        used = [name for (name,) in cursor.fetchall()]
        deletions = ";".join(f"DELETE FROM {name}" for name in used)  # noqa: S608
        if used:
            cursor.execute(f"SET {UNCHECKED} = replica")
            cursor.execute(deletions)
            cursor.execute(f"RESET {UNCHECKED}")


def empty_instead_of_flushing() -> None:
    """From now on, for all tests with real commits."""
    TransactionTestCase._fixture_teardown = empty_used_tables  # type: ignore[attr-defined]
