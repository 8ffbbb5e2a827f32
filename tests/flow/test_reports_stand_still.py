"""While people wait for something else, a report that is being made stands still."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core import clock
from core.reports.models import ReportState
from tests.flow import standing
from tests.flow.conftest import School
from tests.flow.people import client_of
from tests.flow.real_worker import RealWorker, frozen_redis, real_worker
from tests.flow.standing import is_gone, people_waiting, stands, state_of
from tests.servers import Servers, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(school: School, servers: Servers, tmp_path: Path) -> Iterator[RealWorker]:
    """One for reports."""
    del school
    with real_worker(servers, tmp_path, "-Q", "reports") as worker:
        yield worker


@pytest.fixture
def report(worker: RealWorker) -> int:
    """One that is being written, and takes its time."""
    standing.add_people(20_000)
    report_id = standing.ask()
    standing.the_writer(worker)
    return report_id


@pytest.fixture
def writer(report: int, worker: RealWorker) -> psutil.Process:
    del report
    return standing.the_writer(worker)


def await_standing(writer: psutil.Process) -> None:
    wait_for(lambda: stands(writer), seconds=5, what="a writer that stands still")


def test_it_stands_still_and_goes_on(worker: RealWorker) -> None:
    """Meanwhile its lease is renewed; nobody takes it for lost."""
    standing.add_people(4_000)
    report_id = standing.ask()
    with people_waiting():
        await_standing(writer := standing.the_writer(worker))
        worked, ends = writer.cpu_times(), time.monotonic() + 2.5
        wait_for(lambda: time.monotonic() > ends)
        assert (stands(writer), writer.cpu_times()) == (True, worked)
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


def test_it_is_cancelled_while_it_stands(
    report: int, worker: RealWorker, writer: psutil.Process
) -> None:
    with people_waiting():
        await_standing(writer)
        client_of(standing.STAFF).post(f"/api/reports/{report}/cancel")
        assert state_of(report) == ReportState.CANCELLED
        wait_for(lambda: is_gone(writer), seconds=2, what="the writer's end")
    standing.await_rest(worker)


def test_its_worker_is_told_to_stop_while_it_stands(
    worker: RealWorker, writer: psutil.Process
) -> None:
    """The job is given back at once, and no attempt is counted."""
    with people_waiting():
        await_standing(writer)
        worker.popen.terminate()
        assert worker.popen.wait(10) == 0
        assert is_gone(writer)
    delivery = standing.delivery_of()
    assert (delivery.state, delivery.forgiven) == ("pending", 1)


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
