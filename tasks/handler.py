"""What a handler is: `@on(Event)`, with its queue, its batch and its policy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from core.events.claims import Claimed
from core.events.event import Event
from tasks.policies import DEFAULT, Policy, policy_of

E = TypeVar("E", bound=Event)

Recipients = Iterable[tuple[str, str]]  # (key, why nothing is done for it, or '')


class SkipError(Exception):
    """Nothing is to be done for this delivery any more; the message says why."""


@dataclass(slots=True)
class Batch(Generic[E]):
    """Deliveries of one handler and one centre that run together."""

    claimed: list[Claimed[E]]
    fail: Callable[[Claimed[E], Exception], bool]  # False when the lease was lost meanwhile
    skipped: dict[int, str] = field(default_factory=dict)

    def skip(self, delivery: Claimed[E], reason: str) -> None:
        """Record that nothing is done for this one, and why."""
        self.skipped[delivery.id] = reason


def kept(batch: Batch[E]) -> list[Claimed[E]]:
    """What is not skipped."""
    return [each for each in batch.claimed if each.id not in batch.skipped]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler(Generic[E]):
    """A function that must run, exactly once, for each delivery of an event.

    A handler with recipients (`to`) fans out: its first delivery, without a key, becomes one
    delivery per recipient, and the function runs for those. A transactional handler runs inside the
    transaction that marks its batch done. One with effects outside PostgreSQL (`outside`) keeps
    its own books and marks each delivery done itself.
    """

    name: str  # `queue.function`: task in Flower, handler in delivery rows
    event: type[E]
    run: Callable[[Batch[E]], None]
    to: Callable[[E], Recipients] | None = None
    batch: int = 100  # deliveries in one transaction, at most
    outside: bool = False
    policy: Policy = DEFAULT
    waits: bool = False  # for the end of its centre's quiet hours


def on(
    event: type[E],
    *,
    to: Callable[[E], Recipients] | None = None,
    batch: int = 100,
    outside: bool = False,
    waits: bool = False,
) -> Callable[[Callable[[Batch[E]], None]], Handler[E]]:
    """Make a function the handler of an event; its queue is the folder that it stands in.

    See Handler for the arguments. It still needs its line in tasks/subscriptions.py.
    """

    def make(run: Callable[[Batch[E]], None]) -> Handler[E]:
        queue = run.__module__.split(".")[1]
        name = f"{queue}.{run.__name__}"
        return Handler(
            name=name,
            event=event,
            run=run,
            to=to,
            batch=batch,
            outside=outside,
            policy=policy_of(name),
            waits=waits,
        )

    return make
