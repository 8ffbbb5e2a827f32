"""What sends canaries."""

from core.events.event import Event


class CanaryDue(Event):
    """The minute has come to see whether every queue is served."""
