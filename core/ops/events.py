"""What happens to the system itself."""

from core.events.event import Event


class CleanupDue(Event):
    """The hour has come to remove what is over: sessions, remembered answers."""
