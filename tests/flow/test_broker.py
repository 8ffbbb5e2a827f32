"""A worker outlives whatever lies in its queues."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from core.canary.events import CanaryDue
from core.events.event import NO_CENTRE
from core.events.models import Delivery
from core.events.nudge import broker
from core.events.publish import publish
from core.events.wire import BODY, nudge_message
from tests.servers import Servers, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

GARBAGE = [
    b"",
    b"[]",
    b"{}",
    b"\xff\xfe no text",
    pickle.dumps({"task": "notices.canary"}),
    nudge_message("notices.no_such_handler", "test", {}).encode(),
    nudge_message("notices.answer_canary", "test", {}).replace(BODY, "%%%").encode(),
    nudge_message("notices.answer_canary", "test", {}).replace(BODY, "").encode(),
]


@pytest.fixture
def worker(servers: Servers) -> "Iterator[subprocess.Popen[str]]":
    """A real worker on the tests' database."""
    env = {**os.environ, **servers.env, "DB_NAME": connection.settings_dict["NAME"]}
    command = "-m celery -A tasks.app worker --concurrency 1 --without-gossip --without-mingle"
    popen = subprocess.Popen(
        [sys.executable, *command.split()],
        env=env,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield popen
    popen.terminate()
    popen.wait(20)


def test_garbage_in_its_queues_is_dropped_and_work_goes_on(
    worker: "subprocess.Popen[str]",
) -> None:
    with broker() as redis:
        for message in GARBAGE * 3:
            redis.lpush("notices", message)
        wait_for(lambda: redis.llen("notices") == 0, what="the garbage to be taken")
    with transaction.atomic():
        publish(CanaryDue(centre_id=NO_CENTRE))

    answered = Delivery.objects.filter(handler__startswith="notices.", state="done")
    wait_for(answered.exists, what="the canary's answer")
    assert worker.poll() is None
