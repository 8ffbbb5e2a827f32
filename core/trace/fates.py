"""What became of a delivery, in the words of a person."""

import re
from typing import Final, Literal

from django.utils.translation import gettext as _

from core.events.models import Delivery, DeliveryState, EventRecord
from core.events.registry import handler_names, subscriptions
from core.events.wire import queue_of
from core.language.dates import shortly
from core.notices.quiet import REASON, until_of

Fate = Literal["told", "read", "mailed", "done", "waiting", "skipped", "failed", "discarded"]

PORTAL: Final = "portal"
EMAIL: Final = "email"
CHANNELS: Final = {"notices": PORTAL, "email": EMAIL}  # by queue; here a delivery's key is a person
REACHED: Final[dict[str | None, Fate]] = {PORTAL: "told", EMAIL: "mailed"}
OTHERWISE: Final[dict[str, Fate]] = {
    DeliveryState.PENDING: "waiting",
    DeliveryState.RUNNING: "waiting",
    DeliveryState.SKIPPED: "skipped",
    DeliveryState.DEAD: "failed",
    "discarded": "discarded",
}
ADDRESS: Final = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")


def channel_of(handler: str) -> str | None:
    """Over which channel a handler reaches people; None when it reaches nobody."""
    return CHANNELS.get(queue_of(handler))


def fate_of(
    state: str, channel: str | None, *, is_read: bool = False, is_first: bool = False
) -> Fate:
    """The word for a delivery's state; `is_first` for the one that only fans out."""
    if state != DeliveryState.DONE:
        return OTHERWISE[state]
    if is_first:
        return "done"
    return "read" if is_read else REACHED.get(channel, "done")


def why_of(event: EventRecord, delivery: Delivery) -> str:
    """Why it waits, was skipped or failed; '' when there is nothing to say."""
    is_open = delivery.state in {DeliveryState.PENDING, DeliveryState.RUNNING}
    return (is_open and waits_for(event, delivery.handler)) or delivery.detail


def waits_for(event: EventRecord, handler: str) -> str:
    """What only newer code knows of it; '' when the present code can handle it."""
    if handler not in handler_names():
        return f"waits for a worker that knows {handler}"
    if event.version > known_versions().get(event.kind, 0):
        return f"waits for a worker that knows version {event.version} of {event.kind}"
    return ""


def known_versions() -> dict[str, int]:
    """The version of each kind of event that this process can read."""
    return {event.kind(): event.version for event in subscriptions()}


def in_words(why: str, zone: str) -> str:
    """Why it waits or was skipped, in the reader's language; times as clocks in the zone show."""
    if not why.startswith(f"{REASON} "):
        return _(why)
    until = until_of(why)
    when = shortly(until, zone) if until else why.removeprefix(f"{REASON} ")
    return _("quiet hours until %(when)s") % {"when": when}


def without_addresses(text: str) -> str:
    """The text for those who may not see whom it concerns."""
    return ADDRESS.sub("(address)", text)
