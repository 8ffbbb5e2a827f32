"""Working off what is due for one handler: claim, run, done; fairly, and for a bounded time."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

from django.db import transaction

from core.events import claims
from core.events.claims import Claimed
from core.events.context import working_on
from core.events.event import NO_CENTRE, Event
from core.isolation.scope import everywhere, within_centre
from core.metrics import recording
from core.metrics.recording import Outcome
from core.tracing import doors
from tasks.handler import Batch, Handler, SkipError
from tasks.lease import kept
from tasks.policies import PermanentError
from tasks.quiet import quiet_before
from tasks.turn import Turn

UNKNOWN_WAIT: Final = timedelta(seconds=15)  # before what only newer code knows is looked at again
E = TypeVar("E", bound=Event)

Skipped = Mapping[int, str]  # delivery's id -> why nothing is done for it

logger = logging.getLogger(__name__)


def drain(handler: Handler[E]) -> int:
    """Run what is due for the handler, centre after centre, for one turn.

    Returns how many deliveries it ran. Where there may be more, another worker is told.
    """
    turn = Turn(handler)
    while batch := turn.next_batch():
        with kept(batch):  # from here on: to tell others takes seconds where Redis does not answer
            turn.tell_others(batch)
            run(handler, batch)
    return turn.count


def run(handler: Handler[E], batch: list[Claimed[E]]) -> None:
    """Run a claimed batch: first what fans out, then the handler itself for the rest.

    It sees only the rows of its centre; what concerns no centre sees all.
    """
    centre_id = batch[0].centre_id
    began = time.perf_counter()
    recording.claimed(handler.name, batch[0].waited)
    with (
        doors.handling(handler.name, batch),
        everywhere() if centre_id == NO_CENTRE else within_centre(centre_id),
    ):
        _run_here(handler, batch)
    recording.ran(handler.name, time.perf_counter() - began)


def _run_here(handler: Handler[E], batch: list[Claimed[E]]) -> None:
    alive = [each for each in batch if not (_is_unknown(each) or _is_spent(handler, each))]
    fanning = [each for each in alive if handler.to and not each.key]
    rest = [each for each in alive if each not in fanning]
    if fanning:
        _together_or_alone(handler, fanning, _fan_out)
    if rest and handler.outside:
        _outside(handler, rest)
    elif rest:
        _together_or_alone(handler, rest, _call)


def failed(handler: Handler[E], delivery: Claimed[E], error: Exception) -> bool:
    """Record a failed attempt: the next one's time, or a dead letter after the last.

    Returns False, having recorded nothing, when the delivery is not ours any more.
    """
    last = handler.policy.is_final(error, delivery.tries)
    with working_on(event_id=delivery.event_id, delivery_id=delivery.id):
        logger.warning(
            "%s failed, attempt %d%s: %s: %s",
            handler.name,
            delivery.tries,
            " and last" if last else "",
            type(error).__name__,
            error,
        )
        logger.debug("The failure's traceback", exc_info=error)
    wait = handler.policy.wait_after(delivery.tries)
    text = f"{type(error).__name__}: {error}"[:2000]
    is_ours = claims.fail(delivery, text, wait=wait, last=last)
    recording.came_to(handler.name, Outcome.DEAD if last else Outcome.FAILED, int(is_ours))
    return is_ours


def _is_spent(handler: Handler[E], delivery: Claimed[E]) -> bool:
    """Whether its attempts were all used up by workers that never came back."""
    if delivery.tries <= handler.policy.attempts:
        return False
    failed(handler, delivery, PermanentError("Each attempt ended with its worker."))
    return True


def _is_unknown(delivery: Claimed[E]) -> bool:
    """Whether newer code wrote its event: it waits for a worker that knows that version."""
    if delivery.version <= delivery.event_type.version:
        return False
    kind = delivery.event_type.kind()
    reason = f"waits for a worker that knows version {delivery.version} of {kind}"
    claims.postpone(delivery, reason, wait=UNKNOWN_WAIT)
    recording.came_to(delivery.handler, Outcome.POSTPONED)
    return True


def _together_or_alone(
    handler: Handler[E],
    batch: list[Claimed[E]],
    effect: Callable[[Handler[E], list[Claimed[E]]], Skipped],
) -> None:
    """Do the batch and mark it done, in one transaction; if that fails, each one by itself.

    The mark comes last, and is the fence: where one of the batch is not ours any more, nothing of
    it has happened. Until then no delivery is locked, so the lease of a frozen worker runs out.
    """
    try:
        with transaction.atomic():
            skipped = effect(handler, batch)
            _end(batch, skipped)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is its own failure
        if len(batch) == 1:
            failed(handler, batch[0], error)
            return
        logger.info("%s: %d together failed, now one by one: %r", handler.name, len(batch), error)
        for each in batch:
            _together_or_alone(handler, [each], effect)
    else:
        recording.came_to(handler.name, Outcome.SKIPPED, len(skipped))
        recording.came_to(handler.name, Outcome.DONE, len(batch) - len(skipped))


def _end(batch: list[Claimed[E]], skipped: Skipped) -> None:
    claims.end(batch)
    for each in batch:
        if each.id in skipped:
            claims.skip(each, skipped[each.id])


def _fan_out(handler: Handler[E], batch: list[Claimed[E]]) -> Skipped:
    assert handler.to is not None  # noqa: S101 - `run` has looked
    skipped = {}
    for each in batch:
        with _working_on(each):
            try:
                recipients = handler.to(each.event)
                quiet = quiet_before(each) if handler.waits else None
                claims.fan_out(each, recipients, *((quiet.wait, quiet.reason) if quiet else ()))
            except SkipError as reason:
                skipped[each.id] = str(reason)
    return skipped


def _call(handler: Handler[E], claimed: list[Claimed[E]]) -> Skipped:
    batch = Batch(claimed, fail=partial(failed, handler))
    with _working_on(*claimed):
        handler.run(batch)
    return batch.skipped


def _outside(handler: Handler[E], rest: list[Claimed[E]]) -> None:
    batch = Batch(rest, fail=partial(failed, handler))
    try:
        with _working_on(*rest):
            handler.run(batch)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is its own failure
        for each in rest:  # those already done or failed are no longer running, and are left alone
            batch.fail(each, error)


def _working_on(*claimed: Claimed[E]) -> AbstractContextManager[None]:
    """The ids of the event, where it is only one."""
    first = claimed[0]
    if any(each.event_id != first.event_id for each in claimed):
        return working_on()
    return working_on(
        request_id=first.request_id,
        event_id=first.event_id,
        delivery_id=first.id if len(claimed) == 1 else None,
    )
