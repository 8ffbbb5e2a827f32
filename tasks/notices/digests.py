"""Calling the digests when the clock strikes."""

from core.notices.digests import call_digests
from core.notices.events import DigestsDue
from tasks.handler import Batch, on


@on(DigestsDue)
def call_centre_digests(_batch: Batch[DigestsDue]) -> None:
    """Have the digests sent of every centre where it is time."""
    call_digests()
