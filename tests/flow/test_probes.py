"""Whether the portal is alive and ready, said truly and soon."""

import time
from threading import Event as Signal
from unittest.mock import patch as swap

import pytest
from django.db import OperationalError
from django.test import Client
from redis import RedisError

from core.ops import outside, probes
from core.ops.probe import Probe


def names_missing(status: int) -> list[str]:
    answer = Client().get("/readyz")
    assert answer.status_code == status, answer.content
    missing: list[str] = answer.json()["missing"]
    return missing


@pytest.mark.django_db(transaction=True)
def test_all_is_there() -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}
    assert names_missing(200) == []


@pytest.mark.django_db(transaction=True)
def test_without_redis_requests_are_served_all_the_same() -> None:
    with swap.object(outside, "broker", side_effect=RedisError):
        assert names_missing(200) == ["redis"]


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_is_missing() -> None:
    known = probes.latest_migrations() | {("classes", "9999_to_come")}
    with swap.object(probes, "latest_migrations", return_value=known):
        assert names_missing(503) == ["migrations"]


def test_without_a_database_nothing_is_served() -> None:
    with swap.object(probes, "connection") as connection:
        connection.cursor.side_effect = OperationalError
        assert names_missing(503) == ["database"]
        assert Client().get("/healthz").status_code == 200


def test_what_hangs_is_not_waited_for_and_not_asked_twice() -> None:
    freed, looks = Signal(), []

    def hang() -> list[str]:
        looks.append(1)
        freed.wait(10)
        return []

    hanging = Probe("database", hang)
    with swap.object(probes, "CHECKS", (hanging,)), swap.object(probes, "PATIENCE", 0.1):
        began = time.monotonic()
        assert names_missing(503) == ["database"]
        assert names_missing(503) == ["database"]
        assert time.monotonic() - began < 1
        assert len(looks) == 1
        freed.set()
        assert hanging.seen(time.monotonic() + 5) == []
