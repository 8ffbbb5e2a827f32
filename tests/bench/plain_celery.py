"""Plain Celery as most projects use it: `on_commit(delay)`, a task per event."""

from celery import group
from django.db import transaction

from tests.bench import work
from tests.bench.contenders import RECIPIENTS
from tests.bench.plain_app import app


@app.task
def touch(row_id: int) -> None:
    work.touch_row(row_id)


@app.task
def tell_one(number: int) -> None:
    work.tell([number])


@app.task
def tell_chunk(numbers: list[int]) -> None:
    work.tell_one_by_one(numbers)


@transaction.atomic
def act() -> None:
    row = work.make_row()
    transaction.on_commit(lambda: touch.delay(row.pk))


@transaction.atomic
def tell_all() -> None:
    transaction.on_commit(_send_group)


@transaction.atomic
def tell_all_in_chunks() -> None:
    transaction.on_commit(_send_chunks)


def _send_group() -> None:
    group(tell_one.s(number) for number in range(RECIPIENTS)).delay()


def _send_chunks() -> None:
    for numbers in work.chunks():
        tell_chunk.delay(numbers)
