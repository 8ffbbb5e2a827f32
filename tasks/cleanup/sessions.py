"""Removing sessions that are over."""

from django.contrib.sessions.models import Session

from core import clock
from core.ops.events import CleanupDue
from tasks.handler import Batch, on


@on(CleanupDue)
def clear_sessions(_batch: Batch[CleanupDue]) -> None:
    """Delete the sessions whose time is over."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()
