"""Where contenders run: PostgreSQL and Redis, workers and producers."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import psycopg2
from redis import Redis

from infra.local.stack import OWNER
from tests.bench.contenders import Contender
from tests.servers import Servers, wait_for

PATIENCE = 300  # seconds for all that is to be done


@dataclass(frozen=True)
class Stage:
    """One PostgreSQL, fsync on, and one Redis for all contenders."""

    servers: Servers
    env: dict[str, str]

    def ask(self, statement: str) -> Any:
        """The first value of the first row."""
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            (value, *_) = cursor.fetchone() or (None,)
            return value

    def clear(self) -> None:
        """Begin anew: empty tables, empty Redis."""
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("TRUNCATE bench_row, bench_told, event, delivery CASCADE")
            cursor.execute("VACUUM ANALYZE bench_row, bench_told, event, delivery")
        with Redis.from_url(self.servers.stack.redis_url) as redis:
            redis.flushall()

    def _connect(self) -> Any:
        return psycopg2.connect(self.servers.stack.database_url(OWNER))

    @contextmanager
    def workers(self, contender: Contender) -> Iterator[list[psutil.Process]]:
        """The contender's processes, warm: each has done some work."""
        processes = [
            subprocess.Popen(
                [sys.executable, *worker],
                env={**self.env, **contender.env},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for worker in contender.workers
        ]
        try:
            yield [psutil.Process(process.pid) for process in processes]
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)

    @contextmanager
    def producers(
        self, contender: Contender | None, action: str, counts: list[int], per_second: float = 0
    ) -> Iterator[float]:
        """Let producers act, all at once; yields when they have, with the moment they began."""
        env = {**self.env, **(contender.env if contender else {})}
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.bench.produce", action, str(count), str(per_second)],
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for count in counts
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        begin = time.time()
        for process in processes:
            _say(process)
        for process in processes:
            assert process.stdout is not None
            assert float(process.stdout.readline()) > 0
        try:
            yield begin
        finally:
            for process in processes:
                _say(process)
                process.wait(30)
                for pipe in (process.stdin, process.stdout):
                    assert pipe is not None
                    pipe.close()

    def wait_until_done(self, count: int) -> None:
        """Until so many rows have been handled."""
        statement = "SELECT count(*) FROM bench_row WHERE done_at IS NOT NULL"
        wait_for(lambda: self.ask(statement) >= count, seconds=PATIENCE, what=f"{count} rows")


def _say(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def bench_environment(servers: Servers) -> dict[str, str]:
    """What the contenders' processes see."""
    return {
        **os.environ,
        **servers.env,
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "LOG_LEVEL": "ERROR",
    }
