"""The queue's canary."""

from core.canary.events import CanaryDue
from tasks.canary import answer
from tasks.handler import Batch, on


@on(CanaryDue)
def answer_canary(batch: Batch[CanaryDue]) -> None:
    """Say that the queue is served."""
    answer(batch)
