"""RQ: enqueued on commit, no results, two workers that do not fork for each job.

A SimpleWorker keeps its database connection by itself. Many recipients: chunks of 500, all jobs
enqueued in one go.
"""

from typing import Any, Final

from django.db import transaction
from redis import Redis
from rq import Queue

from tests.bench import work
from tests.bench.peers import REDIS

REDIS_URL: Final = REDIS  # `rq worker` reads this, and so has no password among its arguments
UNLIMITED: Final = -1  # seconds; a time limit would cost an alarm per job

queue: Final[Any] = Queue(connection=Redis.from_url(REDIS))


@transaction.atomic
def act() -> None:
    row = work.make_row()
    transaction.on_commit(lambda: _enqueue(row.pk))


@transaction.atomic
def tell_all() -> None:
    transaction.on_commit(_enqueue_chunks)


def _enqueue(row_id: int) -> None:
    queue.enqueue(work.touch_row, row_id, job_timeout=UNLIMITED, result_ttl=0)


def _enqueue_chunks() -> None:
    queue.enqueue_many(
        Queue.prepare_data(work.tell_one_by_one, (numbers,), timeout=UNLIMITED, result_ttl=0)
        for numbers in work.chunks()
    )
