"""Telling PostgreSQL the present scope: in front of a transaction's first statement, with it.

The scope is a setting of the transaction (`set_config(…, true)`), so that PgBouncer can never hand
it on to somebody else. It travels in the same message as the statement, and costs no round trip.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from core.isolation.scope import NOBODYS, Scope, present

# These see no rows, and some of them cannot share a message.
WITHOUT_ROWS: Final = (
    *("SAVEPOINT", "RELEASE", "SET", "SHOW", "VACUUM", "ANALYZE"),
    *("CREATE", "ALTER", "DROP", "TRUNCATE"),
)
UNDOES: Final = "ROLLBACK TO SAVEPOINT"  # what was told within the savepoint too

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


def follow_scope(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """Have a connection tell the scope from now on; receives Django's `connection_created`."""
    connection.told_scope = NOBODYS  # type: ignore[attr-defined]  # read in `tell_scope`
    if tell_scope not in connection.execute_wrappers:
        connection.execute_wrappers.append(tell_scope)


def tell_scope(execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django calls it so
    """Run a statement within the present scope; one of Django's execute wrappers."""
    connection: Any = context["connection"]
    if sql.startswith(UNDOES):
        connection.told_scope = None
        return execute(sql, params, many, context)
    if connection.connection.info.transaction_status == TRANSACTION_STATUS_IDLE:
        connection.told_scope = NOBODYS  # what the last transaction was told ended with it
    scope = present()
    if connection.told_scope == scope or sql.lstrip().upper().startswith(WITHOUT_ROWS):
        return execute(sql, params, many, context)
    told, connection.told_scope = connection.told_scope, scope
    return execute(telling(scope, told) + sql, params, many, context)


def telling(scope: Scope, told: Scope | None) -> str:
    """The statement that tells PostgreSQL; each part is digits, `all`, or empty.

    Most transactions have nothing to do with the outbox of others, and none say so.
    """
    outbox = ""
    if told is None or told.outbox != scope.outbox:
        outbox = f", set_config('schoolbell.outbox', '{scope.outbox}', true)"
    return (
        f"SELECT set_config('schoolbell.centre', '{scope.centre}', true),"
        f" set_config('schoolbell.person', '{scope.person}', true){outbox};"
    )
