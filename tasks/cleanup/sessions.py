"""Removing sign-ins that are over, and counts of tries that no limit looks at any more."""

from core import clock
from core.access import limits
from core.access.models import BrowserSession, TokenFamily
from core.ops.events import CleanupDue
from tasks.handler import Batch, on


@on(CleanupDue)
def clear_sessions(_batch: Batch[CleanupDue]) -> None:
    """Delete what is over: a token of a family that is gone counts no more than one that ended."""
    BrowserSession.objects.filter(expire_date__lt=clock.now()).delete()
    TokenFamily.objects.filter(expires_at__lt=clock.now()).delete()
    limits.forget_old()
