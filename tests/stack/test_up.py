"""The real stack as an operator finds it after `make stack-up`."""

import socket
from contextlib import ExitStack, closing
from typing import Any, Final

import psycopg2
import pytest
import redis

from tests import ledger
from tests.stack.composed import ComposedStack

UP_WITHIN: Final = 90.0  # seconds after the build
CLIENTS: Final = 40  # more than the pool has connections
OF_MEGABYTES: Final = {"app": 900, "cleanup": 950, "nginx": 350, "pgbouncer": 350}


def test_all_is_healthy_in_time(portal: ComposedStack) -> None:
    portal.note(f"built in {portal.times.build:.0f} s, healthy after {portal.times.up:.0f} s")
    assert portal.times.up < UP_WITHIN
    states = {each.name: each.attrs["State"] for each in portal.containers()}
    unhealthy = {
        name: state["Status"]
        for name, state in states.items()
        if state.get("Health", {"Status": "healthy"})["Status"] != "healthy"
    }
    assert unhealthy == {}


def test_only_nginx_is_reached_from_outside(portal: ComposedStack) -> None:
    published = {
        str(each.labels["com.docker.compose.service"]): each.attrs["HostConfig"]["PortBindings"]
        for each in portal.containers()
    }
    assert sorted(name for name, ports in published.items() if ports) == ["nginx"]
    assert sorted(published["nginx"]) == ["8080/tcp", "8443/tcp"]


def test_the_inner_network_leads_nowhere(portal: ComposedStack) -> None:
    assert portal.engine.networks.get(f"{portal.stack.project}_inside").attrs["Internal"]
    outside = {
        str(each.labels["com.docker.compose.service"])
        for each in portal.containers()
        if len(each.attrs["NetworkSettings"]["Networks"]) > 1
    }
    assert outside == {"nginx", "worker-email"}  # who is asked from there, and who sends mail there


def test_nobody_is_root_and_nothing_writes_to_its_image(portal: ComposedStack) -> None:
    for container in portal.containers():
        host = container.attrs["HostConfig"]
        assert host["ReadonlyRootfs"], container.name
        assert host["CapDrop"] == ["ALL"], container.name
        assert host["Memory"] > 0, container.name
        assert host["NanoCpus"] > 0, container.name
        assert container.exec_run(["id", "-u"]).output != b"0\n", container.name


def test_shared_files_are_the_portals_whichever_container_is_made_first(
    portal: ComposedStack,
) -> None:
    """An empty volume takes its owner from what the image of the last one has there."""
    for name, folders in {"app": ["static", "media"], "nginx": ["static", "media"]}.items():
        owners = portal.engine.containers.run(
            f"schoolbell/{name}:latest",
            ["-c", "%u", *(f"/srv/{folder}" for folder in folders)],
            entrypoint="stat",
            remove=True,
        )
        assert set(owners.split()) == {b"10001"}, name


def test_images_are_small_and_without_compilers(portal: ComposedStack) -> None:
    for name, most in OF_MEGABYTES.items():
        image = portal.engine.images.get(f"schoolbell/{name}:latest")
        size = image.attrs["Size"] / 1e6
        portal.note(f"schoolbell/{name}: {size:.0f} MB")
        assert size < most
    for compiler in ("gcc", "cc", "g++", "make"):
        assert portal.container("web").exec_run(["which", compiler]).exit_code == 1


def test_redis_lets_in_whom_it_knows_and_keeps_what_it_has(portal: ComposedStack) -> None:
    url = portal.facts["redis_url"]
    with redis.Redis.from_url(f"{url}/2") as known:
        assert known.ping()
        assert known.info()["maxmemory_policy"] == "noeviction"
        assert known.info()["aof_enabled"] == 1
        for forbidden in (known.flushall, known.config_get, known.shutdown):
            with pytest.raises(redis.exceptions.NoPermissionError):
                forbidden()
        with pytest.raises(redis.exceptions.ResponseError):
            known.select(3)
    with (
        redis.Redis(host=portal.address("redis")) as stranger,
        pytest.raises(redis.exceptions.AuthenticationError),
    ):
        stranger.ping()


def test_the_portal_owns_nothing_and_waits_for_nothing_without_end(portal: ComposedStack) -> None:
    told = _ask_pgbouncer(
        portal,
        "SELECT current_user::text, current_setting('statement_timeout'), "
        "(SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole)",
    )
    assert told == ("schoolbell_app", "30s", 0)
    assert ledger.ask(portal, "SHOW password_encryption") == [("scram-sha-256",)]


def test_pgbouncer_hands_connections_on_after_each_transaction(portal: ComposedStack) -> None:
    """Clients are more than servers, and what one told PostgreSQL the next one does not find."""
    with ExitStack() as open_connections:
        backends = set()
        for _ in range(CLIENTS):
            client = open_connections.enter_context(closing(_through_pgbouncer(portal)))
            with client, client.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_backend_pid(), current_setting('schoolbell.centre', true), "
                    "set_config('schoolbell.centre', '7', true)"
                )
                pid, centre, _ = cursor.fetchone()
                backends.add(pid)
                assert centre in {None, ""}
    assert len(backends) < CLIENTS


def test_a_port_that_is_closed_stays_closed(portal: ComposedStack) -> None:
    """From the machine itself too: what listens there is not ours."""
    host_ports = {5432, 6432, 6379, 5555}
    bound = {
        int(each["HostPort"])
        for container in portal.containers()
        for each in (container.attrs["HostConfig"]["PortBindings"] or {}).values()
        for each in each
    }
    assert bound.isdisjoint(host_ports)
    with socket.create_connection(("127.0.0.1", int(portal.variables["HTTPS_PORT"])), timeout=5):
        pass


def _through_pgbouncer(portal: ComposedStack) -> Any:
    return psycopg2.connect(
        host=portal.address("pgbouncer"),
        port=6432,
        dbname="schoolbell",
        user="schoolbell_app",
        password=portal.variables["DB_PASSWORD"],
    )


def _ask_pgbouncer(portal: ComposedStack, statement: str) -> Any:
    with closing(_through_pgbouncer(portal)) as client, client.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()
