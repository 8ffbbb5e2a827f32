"""What every queue answers to a canary."""

from core.canary.answers import note_answer
from core.canary.events import CanaryDue
from core.events.wire import queue_of
from tasks.handler import Batch


def answer(batch: Batch[CanaryDue]) -> None:
    """Note that this queue is served."""
    queue = queue_of(batch.claimed[0].handler)
    note_answer(queue, [delivery.event_id for delivery in batch.claimed])
