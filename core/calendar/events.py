"""What can happen to a centre's calendar."""

from core.events.event import Event


class TermAdded(Event):
    """A term was entered in a centre's calendar."""

    about = "term_id"
    term_id: int


class TermChanged(Event):
    """A term got another name, or begins or ends on another day."""

    about = "term_id"
    term_id: int


class TermRemoved(Event):
    """A term was taken out of a centre's calendar."""

    about = "term_id"
    term_id: int


class HolidaysAdded(Event):
    """Closed days were entered in a centre's calendar."""

    closed_day_ids: tuple[int, ...]


class HolidayChanged(Event):
    """A closed day got another name or date."""

    about = "closed_day_id"
    closed_day_id: int


class HolidayRemoved(Event):
    """A closed day was taken out of a centre's calendar."""

    about = "closed_day_id"
    closed_day_id: int
