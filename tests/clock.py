"""Times for the tests."""

from datetime import datetime, timedelta

from core import clock


def in_a_week() -> datetime:
    """A due date."""
    return clock.now() + timedelta(days=7)
