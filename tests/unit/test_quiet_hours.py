"""When the quiet over a centre ends, by its own clocks."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from core import clock
from core.notices.quiet import Hours, reason, until_of
from core.trace.fates import in_words

LONDON = ZoneInfo("Europe/London")
NIGHT = Hours(LONDON, time(20), time(7))
MIDDAY = Hours(LONDON, time(12), time(13, 30))


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def until(hours: Hours, text: str) -> str | None:
    """The end of the quiet in UTC, in short."""
    end = hours.until(at(text), is_weekend)
    return f"{end:%Y-%m-%d %H:%M}" if end else None


CASES = [
    (NIGHT, "2026-11-24 19:59", None),
    (NIGHT, "2026-11-24 20:00", "2026-11-25 07:00"),
    (NIGHT, "2026-11-24 23:59", "2026-11-25 07:00"),
    (NIGHT, "2026-11-25 00:00", "2026-11-25 07:00"),
    (NIGHT, "2026-11-25 06:59", "2026-11-25 07:00"),
    (NIGHT, "2026-11-25 07:00", None),
    (MIDDAY, "2026-11-25 12:30", "2026-11-25 13:30"),
    (MIDDAY, "2026-11-25 13:30", None),
    (Hours(LONDON), "2026-11-25 03:00", None),
    # summer: the centre's clocks are an hour ahead of UTC
    (NIGHT, "2026-07-01 18:59", None),
    (NIGHT, "2026-07-01 19:00", "2026-07-02 06:00"),
    # the nights in which the clocks change
    (NIGHT, "2026-03-28 22:00", "2026-03-29 06:00"),
    (NIGHT, "2026-10-24 22:00", "2026-10-25 07:00"),
]


@pytest.mark.parametrize(("hours", "now", "end"), CASES)
def test_the_quiet_ends_by_the_centres_clocks(hours: Hours, now: str, end: str | None) -> None:
    assert until(hours, now) == end


def test_an_end_that_the_clocks_leave_out() -> None:
    hours = Hours(LONDON, time(20), time(1, 30))  # on 29 March 01:00 becomes 02:00
    assert until(hours, "2026-03-28 23:00") == "2026-03-29 01:30"
    assert until(hours, "2026-03-29 01:30") is None


def test_an_end_that_comes_twice() -> None:
    hours = Hours(LONDON, time(20), time(1, 30))  # on 25 October 02:00 becomes 01:00 again
    assert until(hours, "2026-10-25 00:15") == "2026-10-25 00:30"
    assert until(hours, "2026-10-25 00:45") is None
    assert until(hours, "2026-10-25 01:15") == "2026-10-25 01:30"


@pytest.mark.parametrize(
    ("hours", "now", "end"),
    [
        (Hours(LONDON, on_closed_days=True), "2026-11-20 23:00", None),
        (Hours(LONDON, on_closed_days=True), "2026-11-21 00:00", "2026-11-23 00:00"),
        (
            Hours(LONDON, time(20), time(7), on_closed_days=True),
            "2026-11-20 20:30",
            "2026-11-23 07:00",
        ),
        (
            Hours(LONDON, time(20), time(7), on_closed_days=True),
            "2026-11-22 12:00",
            "2026-11-23 07:00",
        ),
        (Hours(LONDON, time(20), time(7)), "2026-11-22 12:00", None),
    ],
)
def test_closed_days_are_quiet_as_a_whole(hours: Hours, now: str, end: str | None) -> None:
    assert until(hours, now) == end


def test_what_is_always_closed_does_not_keep_mails_for_ever() -> None:
    def always(_day: date) -> bool:
        return True

    end = Hours(LONDON, on_closed_days=True).until(at("2026-11-21 12:00"), always)
    assert end
    assert end.year == 2027


def test_the_reason_is_a_fact_and_each_reader_has_it_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: at("2026-07-03 20:00"))
    assert reason(at("2026-07-04 06:00")) == "quiet hours until 2026-07-04T06:00:00+00:00"
    assert until_of(reason(at("2026-07-04 06:00"))) == at("2026-07-04 06:00")

    soon, later = reason(at("2026-07-04 06:00")), reason(at("2026-07-06 06:00"))
    zone = "Europe/London"
    assert in_words(soon, zone) == "quiet hours until 07:00"
    assert in_words(later, zone) == "quiet hours until Mon 6 Jul, 07:00"
    with override("es"):
        assert in_words(later, zone) == "horas de silencio hasta lun 6 jul, 7:00"


@pytest.mark.parametrize("why", ["", "custody block", "quiet hours until 07:00"])
def test_what_is_no_such_fact_is_told_as_it_stands(why: str) -> None:
    assert until_of(why) is None
    assert in_words(why, "Europe/London") == why
