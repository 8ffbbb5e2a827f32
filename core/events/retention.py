"""TABLE: how long what is finished stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

DEFAULT: Final = timedelta(days=90)

# By kind of event, where it is less. An event leaves with all its deliveries, and with the rows of
# the mail ledger and of jobs that hang on them, once all of them were final for as long. While one
# of them is a dead letter nothing of it leaves: a person has yet to decide.
EVENTS: Final[Mapping[str, timedelta]] = {
    "CanaryDue": timedelta(days=1),
    "CleanupDue": timedelta(days=7),
    "HousekeepingDue": timedelta(days=30),  # its job says what was removed
    "FileRemoved": timedelta(days=30),
    "DigestsDue": timedelta(days=1),
    "NoticeMarked": timedelta(days=7),
    "NoticesRead": timedelta(days=7),
    "NoticePreferencesChanged": timedelta(days=30),
    "ReportDoubted": timedelta(days=7),
    "ReportsExpiryDue": timedelta(days=7),
    "RoomRead": timedelta(days=7),
    "StrokeDrawn": timedelta(days=7),
    "StrokeRemoved": timedelta(days=7),
}

SLOTS: Final = timedelta(days=30)  # a slot is looked at for as long as schedules catch up: hours
IMPORT_ROWS: Final = timedelta(days=30)  # of an upload, or of its end; they hold pupils' data
ANSWERS: Final = timedelta(hours=24)  # docs: an Idempotency-Key counts for 24 hours


@dataclass(frozen=True, slots=True)
class Kept:
    """Of each stream, the entries younger than `age`, and in any case the `newest`."""

    age: timedelta
    newest: int


ENTRIES: Final[Mapping[str, Kept]] = {  # by the beginning of the stream's name
    "me:": Kept(age=timedelta(days=90), newest=200),
    "ticket:": Kept(age=timedelta(days=90), newest=200),
    "ticket-desk:": Kept(age=timedelta(days=90), newest=200),
    "tickets:": Kept(age=timedelta(days=90), newest=200),
    "room:": Kept(age=timedelta(days=90), newest=200),
    "board:": Kept(age=timedelta(days=7), newest=200),
    "report:": Kept(age=timedelta(days=90), newest=20),
}


def retention_of(kind: str) -> timedelta:
    """How long an event of a kind stays."""
    return EVENTS.get(kind, DEFAULT)


def first_id(at: datetime) -> UUID:
    """The lowest id that an event of this moment or later can have: ids begin with their time.

    So the primary key finds old events, and no index on the time is needed.
    """
    milliseconds = int((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    return UUID(int=milliseconds << 80)
