"""Huey with its Redis queue: enqueued on commit, no results, a consumer with two processes.

Its processes keep their database connections by themselves. Many recipients: chunks of 500, a
task each, as with tuned Celery.
"""

from typing import Any, Final

from django.db import transaction
from huey import RedisHuey

from tests.bench import work
from tests.bench.peers import REDIS

huey: Final[Any] = RedisHuey("bench", url=REDIS, results=False)
touch: Final[Any] = huey.task()(work.touch_row)
tell_chunk: Final[Any] = huey.task()(work.tell_one_by_one)


@transaction.atomic
def act() -> None:
    row = work.make_row()
    transaction.on_commit(lambda: touch(row.pk))


@transaction.atomic
def tell_all() -> None:
    transaction.on_commit(_send_chunks)


def _send_chunks() -> None:
    for numbers in work.chunks():
        tell_chunk(numbers)
