"""While people wait for something else, a report that is being made stands still."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Final

import psutil
import pytest

from core import clock
from core.reports.models import ReportState
from tests.flow import standing
from tests.flow.conftest import School
from tests.flow.real_worker import RealWorker, frozen_redis, real_worker
from tests.flow.standing import is_gone, people_waiting, stands, state_of
from tests.servers import Servers, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

A_MOMENT: Final = 0.1  # seconds: where the machine itself stood still, a word came late


@pytest.fixture(scope="module")
def worker(
    django_db_setup: None, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealWorker]:
    """One for reports, until the last story ends it."""
    del django_db_setup
    with real_worker(servers, tmp_path_factory.mktemp("worker"), "-Q", "reports") as worker:
        yield worker


@pytest.fixture
def report(school: School, worker: RealWorker) -> Iterator[int]:
    """One that is being written, and takes its time; nobody writes it when the story is over."""
    del school
    standing.add_people(20_000)
    report_id = standing.ask()
    standing.the_writer(worker)
    yield report_id
    if worker.popen.poll() is not None:
        return
    if left := standing.writers(worker):
        standing.cancel(report_id)
        wait_for(lambda: all(map(is_gone, left)), seconds=5, what="the writer's end")
    standing.await_rest(worker)


@pytest.fixture
def writer(report: int, worker: RealWorker) -> psutil.Process:
    del report
    return standing.the_writer(worker)


def used(writer: psutil.Process) -> float:
    """Seconds of processor so far."""
    times = writer.cpu_times()
    return times.user + times.system


def await_standing(writer: psutil.Process) -> None:
    wait_for(lambda: stands(writer), seconds=5, what="a writer that stands still")


def test_it_stands_still_and_goes_on(school: School, worker: RealWorker) -> None:
    """Meanwhile its lease is renewed; nobody takes it for lost."""
    del school
    standing.add_people(1_500)
    report_id = standing.ask()
    with people_waiting():
        await_standing(writer := standing.the_writer(worker))
        worked, ends = used(writer), time.monotonic() + 2.5
        wait_for(lambda: time.monotonic() > ends)
        await_standing(writer)
        assert used(writer) - worked < A_MOMENT
        assert standing.delivery_of().due_at > clock.now()
    wait_for(
        lambda: state_of(report_id) == ReportState.READY,
        seconds=60,
        what=lambda: state_of(report_id),
    )
    assert standing.delivery_of().attempt == 1


def test_people_who_wait_all_day_do_not_end_it(writer: psutil.Process) -> None:
    """After five seconds it goes on for a while, and so on."""
    with people_waiting():
        for _ in range(2):
            await_standing(writer)
            wait_for(lambda: not stands(writer), seconds=7, what="a writer that goes on")


def test_it_is_cancelled_while_it_stands(report: int, writer: psutil.Process) -> None:
    with people_waiting():
        await_standing(writer)
        standing.cancel(report)
        assert state_of(report) == ReportState.CANCELLED
        wait_for(lambda: is_gone(writer), seconds=2, what="the writer's end")


def test_its_worker_is_killed_while_it_stands(report: int, writer: psutil.Process) -> None:
    """It does not stand there for ever; another process makes the report."""
    with people_waiting():
        await_standing(writer)
        os.kill(writer.ppid(), signal.SIGKILL)
        wait_for(lambda: is_gone(writer), seconds=2, what="the writer's end")
    assert state_of(report) == ReportState.GENERATING


def test_it_goes_on_where_redis_is_silent(writer: psutil.Process, servers: Servers) -> None:
    with people_waiting():
        await_standing(writer)
        with frozen_redis(servers):
            wait_for(lambda: not stands(writer), seconds=2, what="a writer that goes on")


def test_its_worker_is_told_to_stop_while_it_stands(
    worker: RealWorker, writer: psutil.Process
) -> None:
    """The job is given back at once, and no attempt is counted. The last story of this worker."""
    with people_waiting():
        await_standing(writer)
        worker.popen.terminate()
        assert worker.popen.wait(10) == 0
        assert is_gone(writer)
    delivery = standing.delivery_of()
    assert (delivery.state, delivery.forgiven) == ("pending", 1)
