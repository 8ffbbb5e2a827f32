"""The same work for all: one action's transaction, and what a handler does with its row."""

import time
from collections.abc import Iterator

from django.db import transaction

from tests.bench.contenders import RECIPIENTS
from tests.bench.models import Row, Told

CHUNK = 500  # recipients per task, where a tool is told to take them in chunks


_committed: dict[int, float] = {}  # by row; not in the row itself, which is written before


def make_row() -> Row:
    """The domain part of an action."""
    row = Row.objects.create(value=1)
    transaction.on_commit(lambda: _committed.update({row.pk: time.time()}))
    return row


def write_commits() -> None:
    """Say in each row of this process when it was committed."""
    for pk, at in _committed.items():
        Row.objects.filter(pk=pk).update(committed_at=at)


def touch_row(row_id: int) -> None:
    """The handler's work: one row, through the ORM."""
    Row.objects.filter(pk=row_id).update(value=2, done_at=time.time())


def tell(recipients: list[int]) -> None:
    """A row for each of these recipients."""
    Told.objects.bulk_create(Told(recipient=number) for number in recipients)


def tell_one_by_one(recipients: list[int]) -> None:
    """The work of a chunk: each recipient is told for itself."""
    for number in recipients:
        tell([number])


def chunks() -> Iterator[list[int]]:
    """All recipients, in the chunks that tuned Celery and the peers take."""
    for start in range(0, RECIPIENTS, CHUNK):
        yield list(range(start, start + CHUNK))


@transaction.atomic
def act_alone() -> None:
    """The domain part of an action, with nothing to follow."""
    make_row()
