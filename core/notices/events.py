"""What can happen to notices."""

from datetime import date
from uuid import UUID

from core.events.event import Event


class NoticesRead(Event):
    """A person has read their notices up to a number."""

    person_id: int
    up_to: int


class NoticeMarked(Event):
    """A person has marked one of their notices as read, or as unread again."""

    about = "notice_id"
    person_id: int
    notice_id: int
    is_read: bool


class NoticePreferencesChanged(Event):
    """A person chose what is mailed to them."""

    person_id: int


class QuietHoursChanged(Event):
    """A centre's admin set when no mail is sent."""


class QuietHoursBypassed(Event):
    """Somebody had an urgent event's mails sent within quiet hours."""

    event_id: UUID


class DigestsDue(Event):
    """The clock struck: it may be time for digests in some centre."""


class CentreDigestsDue(Event):
    """It is time for the digests of a centre's day."""

    day: date
