"""Which slot of a crontab a beat takes after a pause."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django_celery_beat.tzcrontab import TzAwareCrontab

from schedules.scheduler import latest_slot

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def nightly(zone: str = "UTC") -> TzAwareCrontab:
    return TzAwareCrontab(minute="0", hour="2", tz=ZoneInfo(zone))


def test_the_latest_of_several_missed_slots_counts() -> None:
    slot = latest_slot(nightly(), after=NOON - timedelta(days=5), until=NOON)
    assert slot == datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def test_no_slot_no_turn() -> None:
    assert latest_slot(nightly(), after=NOON - timedelta(hours=9), until=NOON) is None


def test_slots_are_those_of_their_time_zone() -> None:
    slot = latest_slot(nightly("America/New_York"), after=NOON - timedelta(days=1), until=NOON)
    assert slot == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
