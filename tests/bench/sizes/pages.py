"""How many pages statements touch: what they cost on a machine that is busy with other things."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, transaction

EXPLAIN: Final = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "
EXPLAINED: Final = ("SELECT", "INSERT", "UPDATE", "WITH")


class Count:
    """Explains each statement before it is executed; what that does is undone."""

    def __init__(self) -> None:
        self.pages = 0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if sql.lstrip().startswith(EXPLAINED):
            with transaction.atomic():
                execute(EXPLAIN + sql, params, many, context)
                (explained,) = context["cursor"].fetchone()
                transaction.set_rollback(True)
            plan = explained[0]["Plan"]
            self.pages += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return execute(sql, params, many, context)


@contextmanager
def counted_pages() -> Iterator[Count]:
    """Counts while the block runs, functions' own statements included, triggers' not."""
    count = Count()
    with connection.execute_wrapper(count):
        yield count
