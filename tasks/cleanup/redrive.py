"""Following the canary of a redrive."""

from core.ops import actions
from core.ops.events import DeadLettersRedriven
from tasks.handler import Batch, on


@on(DeadLettersRedriven, batch=1)
def release_rest(batch: Batch[DeadLettersRedriven]) -> None:
    """Let the others run once the canary ended well; fails, and so asks again, while it is out."""
    for each in batch.claimed:
        actions.release_rest(redrive_id=each.event.redrive_id)
