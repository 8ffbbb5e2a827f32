"""Dramatiq with its Redis broker: `send` on commit, default middleware, two processes.

Its threads keep their database connections by themselves. Many recipients: chunks of 500, a
message each, as with tuned Celery.
"""

from typing import Any, Final

from django.db import transaction
from dramatiq import actor
from dramatiq.brokers.redis import RedisBroker

from tests.bench import work
from tests.bench.peers import REDIS

broker: Final = RedisBroker(url=REDIS)
touch: Final[Any] = actor(work.touch_row, broker=broker)
tell_chunk: Final[Any] = actor(work.tell_one_by_one, broker=broker)


@transaction.atomic
def act() -> None:
    row = work.make_row()
    transaction.on_commit(lambda: touch.send(row.pk))


@transaction.atomic
def tell_all() -> None:
    transaction.on_commit(_send_chunks)


def _send_chunks() -> None:
    for numbers in work.chunks():
        tell_chunk.send(numbers)
