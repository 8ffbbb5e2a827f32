"""Quiet hours: until when a centre's mails wait, by its own clocks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from core import clock
from core.notices.models import QuietBypass, QuietHours
from core.people.models import Centre

REASON: Final = "quiet hours until"  # as a waiting delivery's detail begins
MOST_STRETCHES: Final = 200  # nights and closed days in a row, before the mails go all the same
OVER: Final = """
SELECT timezone, begins, ends, on_closed_days
FROM notices_quiethours JOIN people_centre ON people_centre.id = centre_id WHERE centre_id = %s
"""
LOCK: Final = "SELECT FROM notices_quiethours WHERE centre_id = %s FOR SHARE"

IsClosed = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Hours:
    """A centre's quiet hours; `begins` and `ends` are both there or both None."""

    zone: ZoneInfo
    begins: time | None = None
    ends: time | None = None
    on_closed_days: bool = False

    def until(self, moment: datetime, is_closed: IsClosed) -> datetime | None:
        """When the quiet that lies over a moment ends, in UTC; None when there is none."""
        end = moment.astimezone(UTC)
        for _ in range(MOST_STRETCHES):
            further = self._end_of_stretch(end, is_closed)
            if further is None:
                break
            end = further
        return end if end > moment else None

    def _end_of_stretch(self, moment: datetime, is_closed: IsClosed) -> datetime | None:
        there = moment.astimezone(self.zone)
        if self.on_closed_days and is_closed(there.date()):
            return self._next(time.min, moment)
        if self.begins and self.ends and self._is_between(there.time()):
            return self._next(self.ends, moment)
        return None

    def _is_between(self, at: time) -> bool:
        assert self.begins is not None  # noqa: S101 - the caller has looked
        assert self.ends is not None  # noqa: S101
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends

    def _next(self, at: time, moment: datetime) -> datetime:
        """The first moment after this one at which the centre's clocks show `at`, in UTC.

        A time that a change of clocks leaves out is taken as long after midnight as it is on other
        days; one that comes twice ends the quiet both times.
        """
        today = moment.astimezone(self.zone).date()
        there = (
            datetime.combine(today + timedelta(days=days), at, self.zone).replace(fold=fold)
            for days in (0, 1)
            for fold in (0, 1)
        )
        return next(utc for each in there if (utc := each.astimezone(UTC)) > moment)


def closed_days_of(centre_id: int) -> IsClosed:
    """Which days are closed by a centre's calendar, of which this area knows by settings alone."""
    is_open: Callable[[int, date], bool] = import_string(settings.IS_OPEN)
    return lambda day: not is_open(centre_id, day)


def hours_of(centre: Centre) -> Hours:
    """A centre's quiet hours; one query. None at all where nobody has set any."""
    found = QuietHours.objects.filter(centre=centre).first()
    zone = ZoneInfo(centre.timezone)
    if found is None:
        return Hours(zone)
    return Hours(zone, found.begins, found.ends, found.on_closed_days)


@dataclass(frozen=True, slots=True)
class Quiet:
    """The quiet that lies over a centre: for how long, and what a waiting mail's trace says."""

    wait: timedelta
    reason: str


def quiet_over(centre_id: int) -> Quiet | None:
    """The quiet over a centre just now, if any; one query where it has no quiet hours."""
    with connection.cursor() as cursor:
        cursor.execute(OVER, [centre_id])
        row = cursor.fetchone()
    if row is None:
        return None
    zone, *rest = row
    hours, now = Hours(ZoneInfo(zone), *rest), clock.now()
    until = hours.until(now, closed_days_of(centre_id))
    return Quiet(until - now, reason(until)) if until else None


def quiet_for(event_id: UUID, centre_id: int) -> Quiet | None:
    """The quiet for which an event's mails are to wait, in the present transaction.

    Until its end nobody can lift the quiet: who does finds the mails that were made to wait.
    """
    if not quiet_over(centre_id):
        return None
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [centre_id])
    is_lifted = QuietBypass.objects.filter(event_id=event_id).exists()
    return None if is_lifted else quiet_over(centre_id)


def reason(until: datetime) -> str:
    """`quiet hours until 2026-11-25T07:00:00+00:00`: a fact, which each reader gets in words."""
    return f"{REASON} {until.astimezone(UTC).isoformat(timespec='seconds')}"


def until_of(text: str) -> datetime | None:
    """The end of the quiet that a `reason` names; None for another, or one of an older release."""
    begin, _, rest = text.partition(f"{REASON} ")
    try:
        return None if begin else datetime.fromisoformat(rest)
    except ValueError:
        return None
