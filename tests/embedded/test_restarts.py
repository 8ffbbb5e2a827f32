"""What dies is started again within two seconds, and stack.json stays true."""

import os
import signal
import time
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from infra.local.leftovers import runs
from tests.embedded.conftest import SMALL
from tests.servers import READY, RunningStack, running_stack, wait_for


@pytest.mark.parametrize("name", ["web", "smtp", "redis", "postgres"])
def test_a_killed_program_runs_again_within_two_seconds(stack: RunningStack, name: str) -> None:
    killed = stack.send(name, signal.SIGKILL)

    wait_for(lambda: stack.pids().get(name, killed) != killed, seconds=2, what=f"{name} again")

    assert psutil.Process(stack.process(name)).status() != psutil.STATUS_ZOMBIE
    assert _is_gone(killed)


def test_a_program_that_dies_again_and_again_is_started_each_time(stack: RunningStack) -> None:
    for _ in range(3):
        killed = stack.send("web", signal.SIGKILL)
        wait_for(
            lambda killed=killed: stack.pids().get("web", killed) != killed,  # type: ignore[misc]
            seconds=2,
            what="web again",
        )


def test_postgres_comes_back_with_its_data_and_without_old_backends(stack: RunningStack) -> None:
    url = stack.facts["admin_database_url"]
    wait_for(lambda: _answers(url), seconds=10, what="recovery from an earlier story's kill")
    connection = psycopg2.connect(url)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE kept AS SELECT 1 AS one")
    connection.commit()
    cursor.execute("SELECT pg_backend_pid()")
    backend = cursor.fetchone()[0]  # type: ignore[index]
    os.kill(backend, signal.SIGSTOP)

    killed = stack.send("postgres", signal.SIGKILL)
    wait_for(lambda: stack.pids().get("postgres", killed) != killed, seconds=2, what="postgres")

    assert _is_gone(backend)
    wait_for(lambda: _answers(url), seconds=10, what="crash recovery")
    connection.close()


def test_redis_comes_back_with_its_data(stack: RunningStack) -> None:
    with redis.Redis.from_url(stack.facts["redis_url"]) as client:
        client.set("kept", "yes")
        time.sleep(1.1)  # appendfsync everysec
        killed = stack.send("redis", signal.SIGKILL)
        wait_for(lambda: stack.pids().get("redis", killed) != killed, seconds=2, what="redis")
        wait_for(lambda: _pings(client), seconds=5, what="redis to load")
        assert client.get("kept") == b"yes"


def test_a_killed_supervisor_takes_its_programs_along_and_the_next_start_recovers(
    home: Path,
) -> None:
    with running_stack(home, module=SMALL) as first:
        everything = first.all_processes()
        first.send("smtp", signal.SIGSTOP)
        first.stop(signal.SIGKILL)

        with running_stack(home, module=SMALL) as second:
            assert "cleaned up after it: postgres, redis, smtp, web" in second.output
            assert second.output.splitlines()[-1].startswith(READY)
            assert [each for each in everything if runs(each)] == []


def test_a_stale_pid_file_with_a_reused_number_does_not_stop_postgres(home: Path) -> None:
    with running_stack(home, module=SMALL) as stack:
        pid_file = home / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        stack.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    pid_file.chmod(0o666)

    with running_stack(home, module=SMALL) as stack:
        assert _answers(stack.facts["admin_database_url"])


def _is_gone(pid: int) -> bool:
    try:
        return not runs(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return True


def _answers(url: str) -> bool:
    try:
        connection = psycopg2.connect(url)
    except psycopg2.OperationalError:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles")
    connection.close()
    return True


def _pings(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
