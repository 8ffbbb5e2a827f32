"""When a recurring report comes: by the centre's clocks, also where they are changed."""

from datetime import UTC, date, datetime

import pytest

from core.reports.models import Every
from core.reports.rhythm import Rhythm, next_time, period_before

LONDON = "Europe/London"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "first_on", "after", "expected"),
    [
        (Every.DAY, date(2026, 11, 20), "2026-11-21T06:59", "2026-11-21T07:00"),
        (Every.DAY, date(2026, 11, 20), "2026-11-21T07:00", "2026-11-22T07:00"),
        (Every.DAY, date(2027, 1, 5), "2026-11-21T07:00", "2027-01-05T07:00"),
        (Every.WEEK, date(2026, 11, 23), "2026-11-23T07:30", "2026-11-30T07:00"),
        (Every.MONTH, date(2026, 1, 31), "2026-02-01T00:00", "2026-02-28T07:00"),
        (Every.DAY, date(2026, 7, 1), "2026-07-01T00:00", "2026-07-01T06:00"),  # summer time
    ],
)
def test_the_next_time(every: Every, first_on: date, after: str, expected: str) -> None:
    rhythm = Rhythm(every=every, first_on=first_on, hour=7)
    assert next_time(rhythm, LONDON, at(after)) == at(expected)


@pytest.mark.parametrize(
    ("every", "first_on", "due", "expected"),
    [
        (Every.DAY, date(2026, 11, 1), "2026-11-21T07:00", ("2026-11-20", "2026-11-20")),
        (Every.WEEK, date(2026, 11, 23), "2026-11-30T07:00", ("2026-11-23", "2026-11-29")),
        (Every.MONTH, date(2026, 1, 31), "2026-02-28T07:00", ("2026-01-31", "2026-02-27")),
    ],
)
def test_the_days_it_is_about(
    every: Every, first_on: date, due: str, expected: tuple[str, str]
) -> None:
    """Each day is in one report, and none is in two."""
    rhythm = Rhythm(every=every, first_on=first_on, hour=7)
    found = period_before(rhythm, at(due), LONDON)
    assert (found["since"], found["until"]) == expected
