"""What is looked up when Prometheus asks, and what the recorders are told."""

import logging
import os
import subprocess
import sys
import time
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import connection
from prometheus_client import CollectorRegistry, Metric

from core import clock
from core.backups.models import Backup
from core.canary.events import CanaryDue
from core.events import claims
from core.events.claims import Claim
from core.events.models import Delivery
from core.metrics import statements
from core.metrics.registry import REGISTRY
from core.ops.probe import Probe
from core.scrape import schedules
from core.scrape.collector import Parts
from core.scrape.parts import FRESH, Seen, look_at_database
from schedules.models import Slot
from schedules.sync import sync
from schedules.table import SCHEDULES
from tests.collector import total
from tests.flow.conftest import School
from tests.servers import Servers

pytestmark = pytest.mark.django_db(transaction=True)


def seen(probes: tuple[Probe[Seen], ...], patience: float = 1.0) -> list[Metric]:
    registry = CollectorRegistry()
    registry.register(Parts(probes, patience))
    return list(registry.collect())


def test_a_schedule_is_late_by_the_slot_after_its_last_one() -> None:
    sync(SCHEDULES)
    minute = clock.now().replace(second=0, microsecond=0)
    Slot.objects.create(schedule="canary", due_at=minute, fired_at=minute)
    lags = schedules.lags(minute + timedelta(minutes=5))
    assert lags["canary"] == 4 * 60
    assert lags["clean-up"] == 0  # it has never fired, and its time has not come since it is known
    assert set(lags) == {schedule.name for schedule in SCHEDULES}


def test_the_latest_good_backup_is_told_of() -> None:
    assert "schoolbell_backup_age_seconds" not in {each.name for each in look_at_database()}
    for hours, state, size in ((30, "good", 1), (3, "good", 1234), (1, "failed", 0)):
        at = clock.now() - timedelta(hours=hours)
        Backup.objects.create(
            name=f"backup_{hours}", state=state, started_at=at, finished_at=at, size=size
        )
    told = list(look_at_database())
    assert total(told, "schoolbell_backup_age_seconds") == pytest.approx(3 * 3600, abs=60)
    assert total(told, "schoolbell_backup_size_bytes") == 1234


def test_what_hangs_is_told_to_be_down_and_not_asked_twice() -> None:
    freed, looks = Signal(), []

    def hang() -> Seen:
        looks.append(1)
        freed.wait(10)
        return []

    def fail() -> Seen:
        raise ConnectionError

    parts: tuple[Probe[Seen], ...] = (
        Probe("hanging", hang, fresh=FRESH),
        Probe("well", list, fresh=FRESH),
        Probe("broken", fail, fresh=FRESH),
    )
    began = time.monotonic()
    told = [seen(parts, patience=0.2) for _ in range(2)]
    freed.set()
    assert time.monotonic() - began < 1
    assert len(looks) == 1
    for each in told:
        assert total(each, "schoolbell_up", part="well") == 1
        assert total(each, "schoolbell_up", part="hanging") == 0
        assert total(each, "schoolbell_up", part="broken") == 0


def test_what_was_seen_is_told_again_for_a_while() -> None:
    looks: list[int] = []

    def look() -> Seen:
        looks.append(1)
        return []

    probe = Probe("counted", look, fresh=FRESH)
    for _ in range(3):
        seen((probe,))
    assert looks == [1]


def test_a_slow_statement_is_counted_and_logged_without_its_values(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "LONG", 0.0)
    before = total(list(REGISTRY.collect()), "schoolbell_slow_statements_total")
    with caplog.at_level(logging.WARNING), connection.cursor() as cursor:
        cursor.execute("SELECT %s", ["a pupil's name"])
    after = total(list(REGISTRY.collect()), "schoolbell_slow_statements_total")
    assert after == before + 1
    assert "SELECT %s" in caplog.text
    assert "a pupil's name" not in caplog.text


def test_a_claim_says_how_long_it_was_waited_for(school: School) -> None:
    school.publish()
    handler = Delivery.objects.filter(handler="notices.notify_class")
    handler.update(due_at=clock.now() - timedelta(seconds=7))
    wanted = Claim(limit=10, lease=timedelta(seconds=5))
    (claimed,) = claims.claim("notices.notify_class", CanaryDue, wanted)
    assert claimed.waited == pytest.approx(7, abs=1)


def test_code_of_the_release_before_can_still_claim(school: School) -> None:
    school.publish()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM claim_deliveries('notices.notify_class', 10, '5 s', -1, NULL, false)"
        )
        (row,) = cursor.fetchall()
        assert len(row) == 10


def test_a_worker_without_a_folder_for_its_metrics_says_so(servers: Servers) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "tasks.app", "worker"],
        env={**os.environ, **servers.env, "METRICS_PORT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "PROMETHEUS_MULTIPROC_DIR" in ended.stderr
