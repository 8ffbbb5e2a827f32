"""When a report comes by itself, and which days it is about."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.reports.models import Every


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a report comes: every so often from a first day on, at an hour of the centre."""

    every: Every
    first_on: date
    hour: int


def next_time(rhythm: Rhythm, timezone: str, after: datetime) -> datetime:
    """The first of its times that is later than `after`."""
    zone = ZoneInfo(timezone)
    day = max(rhythm.first_on, after.astimezone(zone).date())
    while not (_falls_on(rhythm, day) and _at(rhythm, day, zone) > after):
        day += timedelta(days=1)
    return _at(rhythm, day, zone)


def _at(rhythm: Rhythm, day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(rhythm.hour), zone)


def _falls_on(rhythm: Rhythm, day: date) -> bool:
    match rhythm.every:
        case Every.DAY:
            return True
        case Every.WEEK:
            return day.weekday() == rhythm.first_on.weekday()
        case _:  # the 31st is the last of a shorter month
            last = calendar.monthrange(day.year, day.month)[1]
            return day.day == min(rhythm.first_on.day, last)


def period_before(rhythm: Rhythm, due_at: datetime, timezone: str) -> dict[str, str]:
    """The days since the time before, today not included."""
    today = due_at.astimezone(ZoneInfo(timezone)).date()
    since = today - timedelta(days=1)
    while not _falls_on(rhythm, since):
        since -= timedelta(days=1)
    return {"since": since.isoformat(), "until": (today - timedelta(days=1)).isoformat()}
