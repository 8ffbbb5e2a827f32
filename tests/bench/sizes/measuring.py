"""Measuring: the functions of the core, called as an action and a worker call them."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, product
from typing import Any, Final, TypeVar

from django.db import transaction

from core.events import claims
from core.events.claims import Claim, Claimed
from core.events.publish import publish
from tasks.drain import drain
from tasks.lease import lease
from tests.bench.sizes.operations import (
    AT_ONCE,
    BATCH,
    CLAIM_BATCH,
    CLAIM_LIMITED,
    CLAIM_ONE,
    DRAIN,
    FINISH_BATCH,
    LOOK,
    OPERATIONS,
    PUBLISH,
    Figures,
    Operation,
    figure_of,
)
from tests.bench.sizes.pages import counted_pages
from tests.bench.sizes.subject import HANDLER, RELAYED, PageTurned
from tests.bench.sizes.tables import CENTRES, Rows, Tables

T = TypeVar("T")
Batch = list[Claimed[PageTurned]]

COUNTED: Final = 5  # repetitions of which pages are counted, before those that are timed
PATIENCE: Final = 5.0  # seconds for all repetitions of what turns out to be slow ...
LEAST: Final = 10  # ... and how many there are in any case


@dataclass
class Measuring:
    """One measurement of everything. What it takes out of the tables it puts back in."""

    tables: Tables
    centres: Sequence[int] = CENTRES
    _after: int = -1  # the centre served last
    _taken: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _pages: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def run(self) -> Figures:
        self._one_by_one()
        self._with_limit()
        self._in_batches()
        for _ in self._repetitions(LOOK):
            self._do(LOOK, partial(claims.due_handlers, RELAYED))
        self._whole()
        return {
            each.key: figure_of(self._taken[each.key], self._pages[each.key]) for each in OPERATIONS
        }

    def _one_by_one(self) -> None:
        centres = cycle(self.centres)
        for number in self._repetitions(PUBLISH):
            self._do(PUBLISH, partial(publish_one, next(centres), number))
            finish(self._do(CLAIM_ONE, partial(self._claim, 1)))

    def _with_limit(self) -> None:
        for _ in self._repetitions(CLAIM_LIMITED):
            batch = self._do(CLAIM_LIMITED, partial(self._claim, 1, AT_ONCE))
            self._put_back(finish(batch))

    def _in_batches(self) -> None:
        for _ in self._repetitions(CLAIM_BATCH):
            batch = self._do(CLAIM_BATCH, partial(self._claim, BATCH), len)
            self._put_back(self._do(FINISH_BATCH, partial(finish, batch), len))

    def _whole(self) -> None:
        for _ in self._repetitions(DRAIN):
            count = self._do(DRAIN, partial(drain, HANDLER), int)
            self.tables.fill(Rows(count=count, centres=self.centres))

    def _repetitions(self, operation: Operation) -> Iterator[int]:
        deadline = time.monotonic() + PATIENCE
        for number in range(COUNTED + operation.repetitions):
            if number >= COUNTED + LEAST and time.monotonic() > deadline:
                return
            yield number

    def _do(
        self, operation: Operation, act: Callable[[], T], size: Callable[[Any], int] = lambda _: 1
    ) -> T:
        """Pages or milliseconds, shared among as many as `size` makes of the result."""
        if len(self._pages[operation.key]) < COUNTED:
            with counted_pages() as count:
                result = act()
            self._pages[operation.key].append(count.pages / size(result))
            return result
        begin = time.perf_counter()
        result = act()
        took = (time.perf_counter() - begin) * 1000
        self._taken[operation.key].append(took / size(result))
        return result

    def _claim(self, limit: int, at_once: int | None = None) -> Batch:
        """As a turn does for a handler whose effects are in PostgreSQL: centres in turn."""
        wanted = Claim(
            limit=limit, lease=lease(), after=self._after, at_once=at_once, durable=False
        )
        batch = claims.claim(HANDLER.name, PageTurned, wanted)
        self._after = batch[0].centre_id
        return batch

    def _put_back(self, done: Batch) -> None:
        centre = done[0].centre_id
        self.tables.fill(Rows(count=len(done), centres=(centre,)))


@transaction.atomic
def publish_one(centre: int, page: int) -> None:
    publish(PageTurned(centre_id=centre, page_id=page))


@transaction.atomic
def finish(batch: Batch) -> Batch:
    return claims.finish(batch)


def warm_up() -> None:
    """Have the plans of all statements made, and leave nothing that is due."""
    for number, at_once in product(range(COUNTED + LEAST), (None, AT_ONCE)):
        publish_one(CENTRES[0], number)
        wanted = Claim(limit=BATCH, lease=lease(), at_once=at_once, durable=False)
        finish(claims.claim(HANDLER.name, PageTurned, wanted))
