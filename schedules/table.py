"""TABLE: what happens by the clock."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from core.backups.events import BackupDue
from core.canary.events import CanaryDue
from core.events.event import NO_CENTRE, Event
from core.jobs.events import HousekeepingDue
from core.notices.events import DigestsDue
from core.ops.events import CleanupDue
from core.reports.events import ReportsExpiryDue
from core.submissions.events import RemindersDue


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """An event that is published at certain times.

    The times are those of a crontab in a time zone, and only the first value: an operator may
    change them in the admin, and the change stays. A slot that was missed while no beat ran is made
    up for if it is not older than `catch_up`, the latest one only.
    """

    name: str
    event: Event
    crontab: dict[str, str] = field(default_factory=dict)  # minute, hour, day_of_week, ...
    timezone: str = "UTC"
    catch_up: timedelta = timedelta(hours=12)


SCHEDULES: Final = (
    Schedule(
        name="clean-up",
        event=CleanupDue(centre_id=NO_CENTRE),
        crontab={"hour": "2", "minute": "0"},
    ),
    Schedule(
        name="backup",
        event=BackupDue(centre_id=NO_CENTRE),
        crontab={"hour": "1", "minute": "30"},
    ),
    Schedule(
        name="housekeeping",
        event=HousekeepingDue(centre_id=NO_CENTRE),
        crontab={"hour": "3", "minute": "0"},
    ),
    Schedule(
        name="reports-expiry",
        event=ReportsExpiryDue(centre_id=NO_CENTRE),
        crontab={"hour": "4", "minute": "0"},
    ),
    Schedule(  # each hour, as it is nine o'clock somewhere: core/submissions/reminder_actions.py
        name="homework-reminders",
        event=RemindersDue(centre_id=NO_CENTRE),
        crontab={"hour": "*", "minute": "0"},
    ),
    Schedule(
        name="canary",
        event=CanaryDue(centre_id=NO_CENTRE),
        crontab={"minute": "*", "hour": "*"},
        catch_up=timedelta(minutes=1),
    ),
    Schedule(
        name="digests",  # every quarter of an hour, as it is 18:00 at such times somewhere
        event=DigestsDue(centre_id=NO_CENTRE),
        crontab={"minute": "*/15", "hour": "*"},
        catch_up=timedelta(minutes=15),
    ),
)
