"""What is measured: an event, and a handler that does nothing with it."""

from typing import Any, Final

from core.events.event import Event
from tasks.handler import Batch, Handler


class PageTurned(Event):
    """Something happened of which nobody has to know anything."""

    about = "page_id"
    page_id: int


def ignore(_batch: Batch[PageTurned]) -> None:
    """The cost of an event is what is left when its handler costs nothing."""


HANDLER: Final = Handler(name="notices.ignore", event=PageTurned, run=ignore)
SUBSCRIPTIONS: Final[dict[type[Event], tuple[Handler[Any], ...]]] = {PageTurned: (HANDLER,)}

# Other handlers that the relay looks after. Of these two deliveries lie in the tables too.
WAITING: Final = "email.wait"
PAUSED: Final = "reports.pause"
RELAYED: Final = (HANDLER.name, WAITING, PAUSED, *(f"notices.idle_{n}" for n in range(9)))
