"""The same work for all: one action's transaction, and what a handler does with its row."""

import time

from django.db import transaction

from tests.bench.models import Row, Told


def make_row() -> Row:
    """The domain part of an action."""
    return Row.objects.create(value=1, committed_at=time.time())


def touch_row(row_id: int) -> None:
    """The handler's work: one row, through the ORM."""
    Row.objects.filter(pk=row_id).update(value=2, done_at=time.time())


def tell(recipients: list[int]) -> None:
    """A row for each of these recipients."""
    Told.objects.bulk_create(Told(recipient=number) for number in recipients)


@transaction.atomic
def act_alone() -> None:
    """The domain part of an action, with nothing to follow."""
    make_row()
