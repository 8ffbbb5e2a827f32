"""A worker that is told to stop: its job goes on with another one, from the last checkpoint."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from core.jobs.claims import next_job
from core.jobs.models import Job
from core.live.models import Entry
from tasks import stopping, work
from tasks.job import JobHandler, job, work_on
from tasks.work import Work
from tests.flow.job_worker import (
    Worker,
    a_worker,
    nudge_until,
    number_ready,
    steps_begun,
    worker_log,
)
from tests.flow.slow_job import CountingAsked, ask, named
from tests.servers import Servers, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def the_job() -> Job:
    return Job.objects.select_related("delivery").get()


def counted_attempts() -> int:
    delivery = the_job().delivery
    return delivery.attempt - delivery.forgiven


def steps() -> list[int]:
    """The steps that are done, each as often as it was."""
    return sorted(Entry.objects.filter(type="step").values_list("seq", flat=True))


def the_one_at_work(*workers: Worker) -> Worker:
    pid = int(the_job().worker.partition("@")[0])
    return next(worker for worker in workers if worker.pid == os.getpgid(pid))


def tell_to_stop(worker: Worker) -> float:
    """Returns how long it takes to end, and well."""
    began = time.monotonic()
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    return time.monotonic() - began


class TestWithRealWorkers:
    def test_it_waits_with_its_progress_until_another_worker_comes(
        self, servers: Servers, tmp_path: Path
    ) -> None:
        ask(steps=20, seconds=0.15)
        log = tmp_path / "steps.log"
        with a_worker(servers, log) as first:
            nudge_until(lambda: Job.objects.filter(checkpoint__done__gte=2).exists(), log)
            assert tell_to_stop(first) < 5  # most of it is Celery's own

        found = the_job()
        done = dict(found.checkpoint or {})["done"]
        assert steps() == list(range(done))
        assert (found.state, found.stage, found.finished_at) == ("requested", "counting", None)
        assert found.progress > 0
        assert (found.delivery.state, counted_attempts()) == ("pending", 0)
        assert "another goes on" in found.delivery.detail

        with a_worker(servers, log):
            nudge_until(lambda: the_job().state == "done", log)

        before, after = steps_begun(log).values()
        assert before + after == steps() == list(range(20))
        assert len(before) == done
        assert (the_job().result, counted_attempts()) == ({"counted": 20}, 1)

    def test_another_worker_goes_on_at_once(self, servers: Servers, tmp_path: Path) -> None:
        ask(steps=30, seconds=0.1)
        log = tmp_path / "steps.log"
        with a_worker(servers, log, "one@%h") as one, a_worker(servers, log, "two@%h") as two:
            wait_for(lambda: number_ready(log) == 2, what=lambda: worker_log(log))
            nudge_until(lambda: Job.objects.filter(checkpoint__done__gte=2).exists(), log)
            tell_to_stop(the_one_at_work(one, two))
            wait_for(lambda: the_job().state == "done", what=lambda: worker_log(log))

        before, after = steps_begun(log).values()
        assert before + after == steps() == list(range(30))
        assert counted_attempts() == 1


def run_once(handler: JobHandler[Any]) -> None:
    job_id = next_job(handler.name, handler.at_once)
    assert job_id
    assert work_on(handler, job_id) == 1


class TestWhereItStops:
    @pytest.fixture(autouse=True)
    def told_to_stop(self) -> Iterator[None]:
        """The worker of this process stops."""
        stopping._TOLD[0] = 1
        yield
        stopping._TOLD[0] = 0

    def test_a_step_that_commits_with_its_checkpoint_counts(self) -> None:
        @job(CountingAsked)
        def count(work: Work[CountingAsked]) -> None:
            for step in range((work.resume or {"done": 0})["done"], 3):
                with transaction.atomic():
                    Entry.objects.create(stream="step", seq=step, type="step", data={})
                    work.checkpoint({"done": step + 1})

        ask()
        for done in (1, 2, 3):
            run_once(named(count))
            assert (the_job().state, the_job().checkpoint) == ("requested", {"done": done})
            assert steps() == list(range(done))
        assert counted_attempts() == 0

    def test_a_checkpoint_without_a_transaction_is_kept(self) -> None:
        resumed: list[Any] = []

        @job(CountingAsked)
        def count(work: Work[CountingAsked]) -> None:
            resumed.append(work.resume)
            work.checkpoint((work.resume or 0) + 1)

        ask()
        run_once(named(count))
        run_once(named(count))
        assert resumed == [None, 1]
        assert (the_job().state, counted_attempts()) == ("requested", 0)

    def test_what_takes_too_long_for_a_checkpoint_is_given_back_without(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(work, "LOOK", 0.0)
        monkeypatch.setattr(work, "GRACE", 0.2)

        @job(CountingAsked)
        def count(work: Work[CountingAsked]) -> None:
            while True:
                work.progress(7, 10)
                time.sleep(0.05)

        ask()
        run_once(named(count))
        assert (the_job().state, counted_attempts()) == ("requested", 0)
        assert the_job().progress == pytest.approx(0.7)

    def test_what_has_no_checkpoint_and_is_soon_done_runs_to_its_end(self) -> None:
        @job(CountingAsked)
        def count(work: Work[CountingAsked]) -> str:
            for step in range(3):
                work.progress(step + 1, 3)
            return "counted"

        ask()
        run_once(named(count))
        assert (the_job().state, the_job().result, counted_attempts()) == ("done", "counted", 1)
