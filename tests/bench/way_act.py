"""The benchmark's action, with stamps on its steps."""

import time
from typing import Any

from django.db import transaction

from core.events.event import NO_CENTRE
from core.events.nudge import Nudger
from core.events.publish import publish
from tests.bench import work
from tests.bench.schoolbell import RowMade
from tests.bench.way_stamps import around, stamp


def _sent(begin: float, end: float, args: tuple[Any, ...], _result: Any) -> None:
    _nudger, _handler, woken_by, *_ = args
    stamp(woken_by["event_id"], "woken", begin)
    stamp(woken_by["event_id"], "nudged", end)


around(Nudger, "send", _sent)


def act() -> None:
    """One event."""
    begin = time.time()
    with transaction.atomic():
        row = work.make_row()
        made = time.time()
        event_id = publish(RowMade(centre_id=NO_CENTRE, row_id=row.pk))
        published = time.time()
    stamp(event_id, "committed")
    for step, at in (("asked", begin), ("made", made), ("published", published)):
        stamp(event_id, step, at)
