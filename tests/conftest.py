"""What all tests share: servers from the project's own files, and Django."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import django
import pytest
from django.db import connection

from core.events.nudge import broker
from core.garbage import look_seldom
from core.isolation.scope import everywhere
from infra.local.postgres import programs_folder
from infra.local.stack import OWNER
from tests.collector import Collector, collecting
from tests.dealing import OneStack
from tests.emptying import allow_emptying, empty_instead_of_flushing
from tests.made_home import BARE, made_home
from tests.servers import RunningStack, Servers, plan_servers, running_servers, running_stack

look_seldom()  # as the product's own processes do

# Django reads its settings when the first test module is imported, so the servers' ports and
# passwords are chosen here; the servers themselves start in `pytest_configure`.
HOME = Path(tempfile.mkdtemp(prefix="schoolbell-tests-"))
STACK = plan_servers(made_home(HOME / "servers"))
os.environ.update(
    STACK.environment(OWNER),
    **programs_folder(),
    **STACK.backup_login(),
    **STACK.owner_login(),
    DELIVERY_LEASE_SECONDS="2",
)
django.setup()
# A process that pytest-xdist starts from here must not have Django set up before its own turn.
del os.environ["DJANGO_SETTINGS_MODULE"]


SERVERS = pytest.StashKey[Servers]()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneStack:
    """How tests are dealt out to processes."""
    return OneStack(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL, Redis and the mail server, in each process that runs tests."""
    config.add_cleanup(lambda: shutil.rmtree(HOME))
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        return  # this process only hands out the tests
    stack = ExitStack()
    config.add_cleanup(stack.close)
    config.stash[SERVERS] = stack.enter_context(running_servers(STACK))
    connection.settings_dict["TEST"]["TEMPLATE"] = BARE
    allow_emptying(STACK)
    empty_instead_of_flushing()


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """The servers of this test process."""
    return pytestconfig.stash[SERVERS]


@pytest.fixture(autouse=True)
def _empty_mailbox_and_redis(servers: Servers) -> Iterator[None]:
    """What a test leaves there, the next one does not find."""
    yield
    with broker() as redis:
        redis.flushall()
    for mail in servers.stack.home.mailbox.glob("*"):
        mail.unlink()


@pytest.fixture(autouse=True)
def _see_all_centres() -> Iterator[None]:
    """What a test itself reads; requests and workers have their own scope."""
    with everywhere():
        yield


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """What catches the spans of the stack below."""
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[RunningStack]:
    """A whole running stack that tells all it can, for all tests that tests/dealing.py names."""
    told: dict[str, Any] = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "LOG_FORMAT": "json",
    }
    with running_stack(made_home(tmp_path_factory.mktemp("stack")), **told) as stack:
        yield stack
