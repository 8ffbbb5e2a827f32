"""The one door for mail: each goes through the ledger, one connection per batch.

Between the server's acceptance and our record of it lies the one place where exactly-once ends at
our door. It is one mail wide: a mail is marked `sending` just before it is handed over, and `sent`
together with its delivery right after. Who finds a mail `sending` knows that the answer was lost.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from core.events import claims
from core.events.claims import Claimed
from core.events.context import working_on
from core.events.event import Event
from core.metrics import recording
from core.metrics.recording import Outcome, Posted
from tasks.email import ledger
from tasks.email.letter import Letter
from tasks.email.message import message_of
from tasks.email.smtp import AnswerLostError, Postbox, RefusedError
from tasks.handler import Batch, SkipError
from tasks.policies import PermanentError
from tasks.quiet import quiet_before

E = TypeVar("E", bound=Event)
Compose = Callable[[Claimed[E]], Letter]

logger = logging.getLogger(__name__)


def send_each(batch: Batch[E], compose: Compose[E]) -> None:
    """Send one mail per delivery. A failure concerns its own mail only.

    `compose` writes the letter, or raises SkipError when it is not to be sent any more.
    """
    with Postbox() as postbox:
        for delivery in batch.claimed:
            with working_on(event_id=delivery.event_id, delivery_id=delivery.id):
                postbox.open()  # anew where the last mail broke the connection
                _send(batch, delivery, compose, postbox)


def _send(batch: Batch[E], delivery: Claimed[E], compose: Compose[E], postbox: Postbox) -> None:
    try:
        begun = _begin(delivery, compose)
    except Exception as error:  # noqa: BLE001 - a letter that cannot be written fails alone
        batch.fail(delivery, error)
        return
    if begun is None:
        return
    address, message = begun
    began = time.perf_counter()
    try:
        reply = postbox.hand_over(address, message)
    except RefusedError as error:
        _posted(Posted.BOUNCED if error.for_good else Posted.DEFERRED, began)
        _give_back(batch, delivery, error)
    except AnswerLostError as error:
        _posted(Posted.UNKNOWN, began)
        _lose_answer(batch, delivery, error)
    else:
        _posted(Posted.SENT, began)
        _record_sent(delivery, reply)


def _posted(outcome: Posted, began: float) -> None:
    recording.posted(outcome, time.perf_counter() - began)


@transaction.atomic
def _begin(delivery: Claimed[E], compose: Compose[E]) -> tuple[str, bytes] | None:
    """Mark the mail as `sending`: its address and bytes; None when there is nothing to send."""
    if not claims.hold(delivery):
        return None
    letter = _write(delivery, compose)
    if letter is None:
        return None
    message = message_of(letter, delivery)
    if not ledger.begin(delivery, letter):
        claims.fail(delivery, "The mail server's answer was lost; a person must decide.", last=True)
        recording.came_to(delivery.handler, Outcome.DEAD)
        return None
    return letter.address, message


def _write(delivery: Claimed[E], compose: Compose[E]) -> Letter | None:
    """The letter; None, and the delivery settled, where it is not to be sent any more, or yet."""
    try:
        letter = compose(delivery)
    except SkipError as reason:
        claims.finish([delivery])
        claims.skip(delivery, str(reason))
        recording.came_to(delivery.handler, Outcome.SKIPPED)
        return None
    quiet = quiet_before(delivery) if letter.unsubscribe else None
    if quiet:
        claims.postpone(delivery, quiet.reason, wait=quiet.wait)
        recording.came_to(delivery.handler, Outcome.POSTPONED)
    return None if quiet else letter


@transaction.atomic
def _record_sent(delivery: Claimed[E], reply: str) -> None:
    if claims.finish([delivery]):
        ledger.end(delivery, reply)
        recording.came_to(delivery.handler, Outcome.DONE)


@transaction.atomic
def _give_back(batch: Batch[E], delivery: Claimed[E], error: RefusedError) -> None:
    """The server did not take it: try again later, or never."""
    if batch.fail(delivery, PermanentError(str(error)) if error.for_good else error):
        ledger.refuse(delivery, str(error), for_good=error.for_good)


@transaction.atomic
def _lose_answer(batch: Batch[E], delivery: Claimed[E], error: AnswerLostError) -> None:
    """It may have been taken: the next attempt decides by the ledger."""
    if batch.fail(delivery, error):
        ledger.lose(delivery, str(error))
