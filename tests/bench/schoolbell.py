"""Schoolbell as a contender: a handler per event, one for recipients, and one in bulk."""

import time
from typing import Any, Final

from django.db import transaction

from core.events.event import NO_CENTRE, Event
from core.events.publish import publish
from tasks.handler import Batch, Handler, Recipients
from tests.bench import work
from tests.bench.contenders import RECIPIENTS
from tests.bench.models import Row


class RowMade(Event):
    """An action made a row."""

    row_id: int


class RowMadeInBulk(RowMade):
    """The same, for the handler that takes a batch in one statement."""


class AllTold(Event):
    """An action concerns everybody."""


class AllToldInBulk(AllTold):
    """The same, for the handler that takes a batch in one statement."""


def touch(batch: Batch[RowMade]) -> None:
    """Row by row, as a handler for single events would."""
    for each in batch.claimed:
        work.touch_row(each.event.row_id)


def touch_in_bulk(batch: Batch[RowMadeInBulk]) -> None:
    """All rows of the batch in one statement."""
    ids = [each.event.row_id for each in batch.claimed]
    Row.objects.filter(pk__in=ids).update(value=2, done_at=time.time())


def everybody(_event: AllTold) -> Recipients:
    return [(str(number), "") for number in range(RECIPIENTS)]


def tell_each(batch: Batch[AllTold]) -> None:
    for each in batch.claimed:
        work.tell([int(each.key)])


def tell_in_bulk(batch: Batch[AllToldInBulk]) -> None:
    """All recipients of the batch in one statement."""
    work.tell([int(each.key) for each in batch.claimed])


TOUCH: Final = Handler(name="notices.touch", event=RowMade, run=touch)
BULK: Final = Handler(
    name="notices.touch_in_bulk", event=RowMadeInBulk, run=touch_in_bulk, batch=1000
)
TELL: Final = Handler(name="notices.tell", event=AllTold, run=tell_each, to=everybody, batch=500)
TELL_IN_BULK: Final = Handler(
    name="notices.tell_in_bulk", event=AllToldInBulk, run=tell_in_bulk, to=everybody, batch=1000
)
SUBSCRIPTIONS: Final[dict[type[Event], tuple[Handler[Any], ...]]] = {
    RowMade: (TOUCH,),
    RowMadeInBulk: (BULK,),
    AllTold: (TELL,),
    AllToldInBulk: (TELL_IN_BULK,),
}


@transaction.atomic
def act() -> None:
    publish(RowMade(centre_id=NO_CENTRE, row_id=work.make_row().pk))


@transaction.atomic
def act_for_bulk() -> None:
    publish(RowMadeInBulk(centre_id=NO_CENTRE, row_id=work.make_row().pk))


@transaction.atomic
def tell_all() -> None:
    publish(AllTold(centre_id=NO_CENTRE))


@transaction.atomic
def tell_all_in_bulk() -> None:
    publish(AllToldInBulk(centre_id=NO_CENTRE))
