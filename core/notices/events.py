"""What can happen to notices."""

from core.events.event import Event


class NoticesRead(Event):
    """A person has read their notices up to a number."""

    person_id: int
    up_to: int


class NoticePreferencesChanged(Event):
    """A person chose what is mailed to them."""

    person_id: int
