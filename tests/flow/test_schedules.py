"""Schedules fire once per slot, however many beats tick."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from core import clock
from core.events.models import EventRecord
from schedules.models import NextSlot, Slot
from schedules.scheduler import SlotScheduler
from schedules.table import SCHEDULES
from schedules.tick import tick
from tasks.app import app

pytestmark = pytest.mark.django_db(transaction=True)
CLEAN_UP = SCHEDULES[0]


def test_two_beats_fire_a_slot_once() -> None:
    slot = clock.now().replace(microsecond=0)
    fired: list[bool] = []

    def beat() -> None:
        fired.append(tick(CLEAN_UP, slot))
        connection.close()

    beats = [threading.Thread(target=beat) for _ in range(5)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()

    assert sorted(fired) == [False] * 4 + [True]
    assert EventRecord.objects.filter(kind="CleanupDue").count() == 1


def test_beat_ticks_into_the_database_and_catches_up(monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler = SlotScheduler(app=app, lazy=False)
    entry = scheduler.schedule[CLEAN_UP.name]
    two_oclock = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    entry.last_run_at = two_oclock - timedelta(days=3)
    for late, slots in [(timedelta(hours=13), []), (timedelta(hours=5), [two_oclock])]:
        monkeypatch.setattr(clock, "now", lambda late=late: two_oclock + late)
        scheduler.apply_entry(entry)
        assert list(Slot.objects.values_list("due_at", flat=True)) == slots


def test_beat_says_what_it_means_to_do_next(monkeypatch: pytest.MonkeyPatch) -> None:
    two_oclock = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    scheduler = SlotScheduler(app=app, lazy=False)
    entry = scheduler.schedule[CLEAN_UP.name]
    assert set(NextSlot.objects.values_list("schedule", flat=True)) == {
        schedule.name for schedule in SCHEDULES
    }
    assert NextSlot.objects.get(schedule=CLEAN_UP.name).due_at > clock.now()

    entry.last_run_at = two_oclock - timedelta(hours=3)
    monkeypatch.setattr(clock, "now", lambda: two_oclock + timedelta(seconds=1))
    scheduler.apply_entry(entry)

    following = NextSlot.objects.get(schedule=CLEAN_UP.name).due_at
    assert following == two_oclock + timedelta(days=1)
