"""The socket while Redis or PostgreSQL are in trouble: late perhaps, but gapless."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, connections, transaction
from redis import Redis

from core.env import env
from core.live import entries, groups
from tests.servers import Servers, wait_for
from tests.sockets import SocketServer, Tab, cookie_of, entry, person, serving

pytestmark = pytest.mark.django_db(transaction=True)

SLOW = 60.0  # seconds; a heartbeat that does not come
# Our own: autovacuum, which may be at it here too, belongs to nobody.
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


@pytest.fixture
def ann(transactional_db: None) -> Any:
    return person("ann")


@pytest.fixture
def redis() -> Iterator["Redis"]:
    with Redis.from_url(env().redis_url(1), socket_timeout=2) as redis:
        yield redis


@contextmanager
def tabs(user: Any, settings: Any, *, heartbeat: float, count: int = 1) -> Iterator[list[Tab]]:
    """So many sockets of a person, of which the group knows."""
    settings.LIVE_HEARTBEAT = heartbeat
    cookie = cookie_of(user)
    with serving() as server:
        yield from _open(server, cookie, count)


def _open(server: SocketServer, cookie: str, count: int) -> Iterator[list[Tab]]:
    if not count:
        yield []
        return
    with server.tab(cookie) as tab:
        tab.subscribe()
        for others in _open(server, cookie, count - 1):
            yield [tab, *others]


def tell(user: Any) -> float:
    """One entry; returns how many seconds it took to write."""
    begin = time.monotonic()
    with transaction.atomic():
        entries.append([entry(f"me:{user.pk}")])
    return time.monotonic() - begin


def members(redis: "Redis", user: Any) -> int:
    return int(redis.zcard(f"asgi:group:{groups.group_of(f'me:{user.pk}')}"))


def test_a_process_is_one_member_however_many_its_sockets(
    ann: Any, settings: Any, redis: "Redis"
) -> None:
    with tabs(ann, settings, heartbeat=SLOW, count=5) as opened:
        wait_for(lambda: members(redis, ann) > 0)
        tell(ann)

        assert [tab.numbers(1) for tab in opened] == [[1]] * 5
        assert members(redis, ann) == 1


def test_groups_are_groups_of_channels(ann: Any, settings: Any, redis: "Redis") -> None:
    """Our scripts and Channels' own calls mean the same keys."""
    with tabs(ann, settings, heartbeat=SLOW) as (tab,):
        wait_for(lambda: members(redis, ann) > 0)
        with connection.cursor() as cursor:  # an entry of which no hint tells
            cursor.execute("INSERT INTO live_stream VALUES (%s, 1)", [f"me:{ann.pk}"])
            cursor.execute(
                "INSERT INTO live_entry (stream, seq, type, data) VALUES (%s, 1, 'notice', '{}')",
                [f"me:{ann.pk}"],
            )
        hint = {"type": "hint", "heads": {f"me:{ann.pk}": 1}}
        async_to_sync(get_channel_layer().group_send)(groups.group_of(f"me:{ann.pk}"), hint)

        assert tab.numbers(1) == [1]


def test_ten_thousand_hints_are_one_message_for_a_process(
    ann: Any, settings: Any, redis: "Redis"
) -> None:
    with tabs(ann, settings, heartbeat=SLOW) as (tab,):
        wait_for(lambda: members(redis, ann) > 0)
        with transaction.atomic():
            entries.append([entry(f"me:{ann.pk + number}") for number in range(10_000)])

        assert tab.numbers(1) == [1]


def test_redis_wiped(ann: Any, settings: Any, redis: "Redis") -> None:
    with tabs(ann, settings, heartbeat=0.2) as (tab,):
        redis.flushall()
        tell(ann)
        assert tab.numbers(1) == [1]

        wait_for(lambda: members(redis, ann) > 0, what="joining again")
        tell(ann)
        assert tab.numbers(1) == [2]


@contextmanager
def frozen_redis(servers: Servers) -> Iterator[None]:
    """Redis takes connections and answers nothing."""
    pid = servers.process("redis").pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_redis_frozen(ann: Any, settings: Any, servers: Servers) -> None:
    with tabs(ann, settings, heartbeat=0.2) as (tab,):
        with frozen_redis(servers):
            took = tell(ann)
            assert tab.numbers(1) == [1]
        tell(ann)
        assert tab.numbers(1) == [2]
        assert took < 0.5


def test_subscribing_while_redis_is_frozen(ann: Any, settings: Any, servers: Servers) -> None:
    with frozen_redis(servers), tabs(ann, settings, heartbeat=0.2) as (tab,):
        tell(ann)
        assert tab.numbers(1) == [1]


def test_connections_to_redis_cut(ann: Any, settings: Any, redis: "Redis") -> None:
    with tabs(ann, settings, heartbeat=SLOW) as (tab,):
        wait_for(lambda: members(redis, ann) > 0)
        redis.client_kill_filter(_type="normal", skipme=True)
        time.sleep(0.3)  # the hub comes again after a pause
        tell(ann)

        assert tab.numbers(1) == [1]


def test_connections_to_postgresql_cut(ann: Any, settings: Any) -> None:
    with tabs(ann, settings, heartbeat=0.2) as (tab,):
        tab.hear("head")  # it has caught up: until then a cut sends it away, to come again
        for number in (1, 2):
            with connection.cursor() as cursor:
                cursor.execute(CUT)
            tell(ann)
            assert tab.numbers(1) == [number]
        assert tab.subscribe(after=1)["seq"] == 2


def test_postgresql_away(ann: Any, settings: Any) -> None:
    with tabs(ann, settings, heartbeat=0.2) as (tab,), database_closed():
        tab.say(op="subscribe", stream="me", after=0)
        assert tab.close_code() == 1013


def test_postgresql_comes_back(ann: Any, settings: Any) -> None:
    with tabs(ann, settings, heartbeat=0.2) as (tab,):
        tab.hear("head")  # it has caught up
        with database_closed():
            time.sleep(0.5)
        tell(ann)
        assert tab.numbers(1) == [1]


def test_entries_that_were_set_back(ann: Any, settings: Any) -> None:
    with tabs(ann, settings, heartbeat=0.1) as (tab,):
        for number in (1, 2, 3):
            tell(ann)
            assert tab.numbers(1) == [number]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE live_stream SET head = 1")
            cursor.execute("DELETE FROM live_entry WHERE seq > 1")

        assert tab.hear("resync") == {"op": "resync", "stream": "me", "seq": 1}
        tell(ann)
        assert tab.numbers(1) == [2]


@contextmanager
def database_closed() -> Iterator[None]:
    """A database that ends all connections and takes no new ones but the test's."""
    name = connection.settings_dict["NAME"]
    with connections["default"].cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
        cursor.execute(CUT)
    try:
        yield
    finally:
        with connections["default"].cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
