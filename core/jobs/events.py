"""What asks for jobs of the system itself."""

from core.events.event import Event


class HousekeepingDue(Event):
    """The hour has come to remove what has been kept for long enough."""
