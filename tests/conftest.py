"""What all tests share: servers from the project's own files, and Django."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import django
import pytest

from tests.servers import OWNER, Servers, plan_servers, running_servers

# Django reads its settings when the first test module is imported, so the servers' ports and
# passwords are chosen here; the servers themselves start in `pytest_configure`.
HOME = Path(tempfile.mkdtemp(prefix="schoolbell-tests-"))
STACK = plan_servers(HOME / "servers")
os.environ.update(STACK.environment(OWNER), DELIVERY_LEASE_SECONDS="2")
django.setup()

SERVERS = pytest.StashKey[Servers]()


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL, Redis and the mail server, in each process that runs tests."""
    config.add_cleanup(lambda: shutil.rmtree(HOME))
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        return  # this process only hands out the tests
    stack = ExitStack()
    config.add_cleanup(stack.close)
    config.stash[SERVERS] = stack.enter_context(running_servers(STACK))


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """The servers of this test process."""
    return pytestconfig.stash[SERVERS]


@pytest.fixture(autouse=True)
def _empty_mailbox_and_redis(servers: Servers) -> Iterator[None]:
    """What a test leaves there, the next one does not find."""
    yield
    from core.events.nudge import broker

    with broker() as redis:
        redis.flushall()
    for mail in servers.stack.home.mailbox.glob("*"):
        mail.unlink()
