"""Where contenders run: one PostgreSQL, fsync on, and one Redis for all of them."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg2
from redis import Redis

from infra.local.stack import CHECKOUT, OWNER, Stack
from tests.bench.contenders import Contender
from tests.servers import Servers, plan_servers, running_servers

ROWS: Final = ("bench_row", "bench_told")
OURS: Final = ("event", "delivery")
ALL_CENTRES: Final = "-cschoolbell.centre=all"


@dataclass(frozen=True)
class Stage:
    """The servers, and one connection to look at what contenders have done."""

    servers: Servers
    connection: Any
    tables: tuple[str, ...]  # of contenders that keep their queue in PostgreSQL

    @property
    def stack(self) -> Stack:
        return self.servers.stack

    def env(self, contender: Contender) -> dict[str, str]:
        """What a contender's processes see."""
        return {
            **os.environ,
            **self.servers.env,
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "LOG_LEVEL": "ERROR",
            **contender.env,
        }

    def run(self, contender: Contender, *arguments: str) -> None:
        """Run Python to its end, as the contender's processes are run."""
        argv = [sys.executable, *arguments]
        env = self.env(contender)
        done = subprocess.run(
            argv, cwd=CHECKOUT, env=env, capture_output=True, check=False, timeout=120
        )
        if done.returncode:
            sys.exit(f"{' '.join(arguments)}:\n{done.stderr.decode(errors='replace')}")

    def ask(self, statement: str) -> Any:
        """The first value of the first row."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            (value, *_) = cursor.fetchone() or (None,)
            return value

    def clear(self) -> None:
        """Begin anew: empty tables, empty Redis. Nobody is at work."""
        self._empty(*ROWS, *OURS, *self.tables)
        with Redis.from_url(self.stack.redis_url) as redis:
            redis.flushall()

    def clear_rows(self) -> None:
        """Forget what was handled; workers go on, and so their queues stay."""
        self._empty(*ROWS)

    def stop_autovacuum(self) -> None:
        """Its tick would hit one contender and not the next, and analyse tables just emptied."""
        with self.connection.cursor() as cursor:
            for table in (*ROWS, *OURS, *self.tables):
                cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")

    def _empty(self, *tables: str) -> None:
        """Not analysed: a plan made for an empty table would be kept for a full one."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")


@contextmanager
def running_stage(chosen: list[Contender]) -> Iterator[Stage]:
    """Servers of its own in a temporary directory, with all tables."""
    tables = tuple(table for contender in chosen for table in contender.tables)
    with tempfile.TemporaryDirectory() as home:
        stack = plan_servers(Path(home) / "bench", durable=True)
        with (
            running_servers(stack) as servers,
            closing(psycopg2.connect(stack.database_url(OWNER), options=ALL_CENTRES)) as connection,
        ):
            connection.autocommit = True
            stage = Stage(servers, connection, tables)
            stage.run(chosen[0], "manage.py", "migrate", "--run-syncdb", "--verbosity", "0")
            for contender in chosen:
                for arguments in contender.prepare:
                    stage.run(contender, *arguments)
            yield stage
