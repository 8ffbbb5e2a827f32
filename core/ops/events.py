"""What happens to the system itself."""

from core.events.event import Event


class CleanupDue(Event):
    """The hour has come to remove what is over: sessions, remembered answers."""


class DeadLettersRedriven(Event):
    """Dead letters were given another chance; behind a canary, where the operator wished one."""

    about = "redrive_id"
    redrive_id: int
    letters: int


class DeadLettersDiscarded(Event):
    """Dead letters were given up for good."""

    letters: int
    reason: str


class QueuePaused(Event):
    """Nobody claims the queue's deliveries from now on."""

    queue: str
    reason: str = ""


class QueueResumed(Event):
    """The queue's deliveries are claimed again."""

    queue: str
