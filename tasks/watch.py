"""What a relay notes for operators beside its work: samples, forecasts, faults.

Of several relays one looks in each slot of ten seconds. Forecasts are looked after each second, but
only while there is one, or while the number of worker processes changes.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from core import clock
from core.events.wire import queue_of
from core.ops import faults, forecasts, sampling
from core.ops.outside import mail_server_answers, redis_answers
from core.ops.probe import Probe
from core.ops.queues import overview
from core.ops.roster import BELIEVED_FOR
from core.ops.sampling import Slot

# How many processes serve each queue, and in which queues a forecast is open.
STANDING: Final = """
SELECT ARRAY(SELECT queue FROM drain_forecast WHERE ended_at IS NULL ORDER BY 1), ARRAY(
    SELECT queue || ' ' || count(*) FROM worker_process CROSS JOIN LATERAL unnest(queues) AS queue
    WHERE seen_at > now() - %s GROUP BY queue ORDER BY queue)
"""


class Watch:
    """One relay's eye on the queues."""

    def __init__(self, handlers: Sequence[str]) -> None:
        self._handlers = handlers
        self._queues = sorted({queue_of(handler) for handler in handlers})
        self._slot: Slot | None = None  # the last one that it came by
        self._is_busy = False  # something was due at the last turn, or a forecast open
        self._serving: list[str] = []
        # Each look may take seconds, and nudges must not wait for it.
        self.outside = Probe("what lies outside of PostgreSQL", self._look_outside)

    def turn(self, due: Sequence[str]) -> None:
        """Look at what there is to look at now; `due` names the handlers with something due."""
        slot = Slot.of(clock.now())
        is_busy, self._is_busy = self._is_busy or bool(due), bool(due)
        if slot != self._slot:
            self._slot = slot
            if sampling.take_slot(slot):
                self._look_at_all(slot)
        elif is_busy:
            self._look_after_forecasts({queue_of(handler) for handler in due})

    def _look_at_all(self, slot: Slot) -> None:
        queues = overview(self._queues)
        if slot.is_minute or any(each.due or each.running for each in queues):
            sampling.write_samples(queues, slot.at)
        forecasts.keep_forecasts(queues)
        found = faults.faults_in_database(queues, self._handlers)
        faults.write_faults(found, looked_for=faults.IN_DATABASE)
        self.outside.begin()
        if slot.is_minute:
            sampling.prune_samples()
            forecasts.prune_forecasts()
            faults.prune_faults()

    def _look_after_forecasts(self, due: set[str]) -> None:
        """Each second: has a queue run dry, and did workers come or go?"""
        believed: list[Any] = [BELIEVED_FOR]
        with connection.cursor() as cursor:
            cursor.execute(STANDING, believed)
            forecast, serving = cursor.fetchone()
        changed, self._serving = self._serving != serving, serving
        self._is_busy |= bool(forecast)
        if changed or set(forecast) - due:
            forecasts.keep_forecasts(overview(self._queues))

    def _look_outside(self) -> None:
        """Redis each time, the mail server once a minute: it writes down who comes."""
        looks = {"redis_away": redis_answers}
        if self._slot and self._slot.is_minute:
            looks["mail_away"] = mail_server_answers
        try:
            found = [(kind, "") for kind, answers in looks.items() if not answers()]
            faults.write_faults(found, looked_for=list(looks))
        finally:
            connection.close()
