"""Forgetting the answers remembered for Idempotency-Key."""

from datetime import timedelta
from typing import Final

from core import clock
from core.http.models import IdempotentAnswer
from core.ops.events import CleanupDue
from tasks.handler import Batch, on

KEPT: Final = timedelta(hours=24)  # docs: a key counts for 24 hours


@on(CleanupDue)
def forget_answers(_batch: Batch[CleanupDue]) -> None:
    """Delete the answers that no repeated request may ask for any more."""
    IdempotentAnswer.objects.filter(created_at__lt=clock.now() - KEPT).delete()
