"""A worker of the benchmark with stamps on what it does."""

from collections.abc import Callable
from typing import Any

from core.events import claims
from core.events.nudge import Nudger
from tasks import broker, worker
from tasks import drain as draining
from tests.bench import work
from tests.bench.schoolbell import TOUCH
from tests.bench.way_stamps import around, stamp

worker.STRATEGY = "tests.bench.way_worker:stamping_strategy"  # type: ignore[misc]
_in_hand: list[Any] = []


def stamping_strategy(task: Any, app: Any, consumer: Any) -> Callable[..., Any]:
    """The worker's own, seen from the main process."""
    take = broker.sturdy_strategy(task, app, consumer)

    def stamped(message: Any, *args: Any, **options: Any) -> Any:
        event_id = message.headers.get("event_id")
        if event_id:
            stamp(event_id, "received")
        return take(message, *args, **options)

    return stamped


def _claimed(begin: float, end: float, _args: tuple[Any, ...], batch: list[Any]) -> None:
    _in_hand[:] = batch[:1] or _in_hand
    for each in batch:
        stamp(each.event_id, "called", begin)
        stamp(each.event_id, "claimed", end)
    if not batch and _in_hand:  # the second look's time stands last
        stamp(_in_hand[0].event_id, "looked-again" if _was_over else "looked", end)


def _touched(_begin: float, end: float, _args: tuple[Any, ...], _result: Any) -> None:
    stamp(_in_hand[0].event_id, "handled", end)


def _ran(_begin: float, end: float, args: tuple[Any, ...], _result: Any) -> None:
    stamp(args[1][0].event_id, "done", end)
    _was_over.clear()


_was_over: list[bool] = []


def _over(_begin: float, end: float, _args: tuple[Any, ...], _result: Any) -> None:
    if _in_hand:
        stamp(_in_hand[0].event_id, "over", end)
        _was_over.append(True)


around(claims, "claim", _claimed)
around(work, "touch_row", _touched)
around(draining, "run", _ran)
around(Nudger, "over", _over)
worker.register(TOUCH)
