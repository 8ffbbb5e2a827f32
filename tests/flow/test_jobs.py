"""Jobs: long work that goes on where it was killed, stops when asked to, and is told live."""

import base64
import json
import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from core.events import claims
from core.events.claims import Claim
from core.events.event import NO_CENTRE
from core.events.models import Delivery, DeliveryState, QueuePause
from core.events.nudge import broker
from core.jobs import claims as job_claims
from core.jobs import telling
from core.jobs.actions import NoJobError, cancel_job, request_job
from core.jobs.events import HousekeepingDue
from core.jobs.models import Job
from core.live.models import Entry
from core.refusals import ConflictError, NotFoundError
from tasks.drain import drain
from tasks.handler import Batch
from tasks.job import call_next, job, work_on
from tasks.lease import keeper
from tasks.policies import PermanentError, Policy
from tasks.work import Work
from tests.flow.job_worker import a_worker, kill, nudge_until, steps_begun
from tests.flow.people import STRANGER, STUDENT, TEACHER, assert_problem, client_of, ids, post
from tests.flow.slow_job import HANDLER, CountingAsked, ask, named
from tests.servers import Servers, wait_for
from tests.sockets import person

pytestmark = pytest.mark.django_db(transaction=True)
LEASE = timedelta(seconds=5)


def the_job() -> Job:
    return Job.objects.select_related("delivery").get()


def steps() -> list[int]:
    """The steps that are done, each as often as it was."""
    return sorted(Entry.objects.filter(type="step").values_list("seq", flat=True))


def in_thread(work: Any, *args: Any) -> threading.Thread:
    def run() -> None:
        work(*args)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, Any]]]:
    told: list[tuple[str, str, dict[str, Any]]] = []
    monkeypatch.setattr(telling, "tick", lambda *said: told.append(said))
    return told


def test_a_job_runs_and_keeps_its_result(ticks: list[Any]) -> None:
    ask(steps=3, seconds=0, by=7)

    job_id = job_claims.next_job(HANDLER.name, 1)
    assert job_id is not None
    assert work_on(HANDLER, job_id) == 1

    found = the_job()
    assert (found.pk, found.kind, found.state) == (job_id, HANDLER.name, "done")
    assert (found.result, found.progress, found.stage) == ({"counted": 3}, 1, "counting")
    assert (found.requested_by, found.delivery.state) == (7, "done")
    assert found.finished_at
    assert str(os.getpid()) in found.worker
    assert steps() == [0, 1, 2]
    assert {(stream, type_) for stream, type_, _ in ticks} == {("me:7", "job")}
    assert set(ticks[0][2]) == {"id", "kind", "state", "stage", "progress"}
    assert [ticks[0][2]["state"], ticks[-1][2]["state"]] == ["running", "done"]


def test_progress_is_told_four_times_a_second_at_most(ticks: list[Any]) -> None:
    ask(steps=50, seconds=0.01, by=7)
    began = time.monotonic()
    drain(HANDLER)
    seconds = time.monotonic() - began

    assert 2 <= len(ticks) <= 3 + 4 * seconds


def test_no_transaction_is_open_while_it_works() -> None:
    states: list[bool] = []

    @job(CountingAsked)
    def look(_work: Work[CountingAsked]) -> None:
        states.append(connection.in_atomic_block)

    ask()
    drain(named(look))
    assert states == [False]
    assert the_job().state == "done"


class TestFailure:
    def test_it_is_tried_again_from_its_checkpoint(self) -> None:
        resumed: list[Any] = []

        @job(CountingAsked)
        def stumble(work: Work[CountingAsked]) -> str:
            resumed.append(work.resume)
            work.checkpoint({"done": len(resumed)})
            if len(resumed) < 3:
                raise OSError("no route")
            return "there"

        ask()
        handler = named(stumble, policy=Policy(attempts=3, first=timedelta()))
        while drain(handler):
            pass
        assert resumed == [None, {"done": 1}, {"done": 2}]
        assert (the_job().state, the_job().delivery.attempt) == ("done", 3)

    def test_after_the_last_attempt_it_has_failed(self) -> None:
        @job(CountingAsked)
        def fail(_work: Work[CountingAsked]) -> None:
            raise PermanentError("never")

        ask()
        drain(named(fail))
        found = the_job()
        assert (found.state, found.delivery.state) == ("failed", "dead")
        assert found.delivery.detail == "PermanentError: never"
        assert found.finished_at

    def test_waiting_for_its_next_attempt_it_is_requested_again(self) -> None:
        @job(CountingAsked)
        def fail(_work: Work[CountingAsked]) -> None:
            raise OSError("no route")

        ask()
        drain(named(fail))
        assert (the_job().state, the_job().delivery.state) == ("requested", "pending")

    def test_what_kills_its_worker_at_each_attempt_ends_as_failed(self) -> None:
        ask()
        Delivery.objects.update(attempt=HANDLER.policy.attempts)
        job_id = job_claims.next_job(HANDLER.name, 1)
        assert job_id
        Job.objects.update(state="running")  # as its last worker left it
        work_on(HANDLER, job_id)
        assert (the_job().state, the_job().delivery.state) == ("failed", "dead")

    def test_it_may_not_take_longer_than_its_limit(self) -> None:
        @job(CountingAsked, limit=timedelta(seconds=0.05))
        def dawdle(work: Work[CountingAsked]) -> None:
            for number in range(1000):
                time.sleep(0.01)
                work.checkpoint(number)

        ask()
        drain(named(dawdle))
        assert (the_job().state, the_job().delivery.state) == ("failed", "dead")
        assert "TimeLimitError" in the_job().delivery.detail


class TestLease:
    def test_whoever_lost_it_writes_nothing(self) -> None:
        ask(steps=2, seconds=0)
        wanted = Claim(limit=1, lease=timedelta())
        sleeper = claims.claim(HANDLER.name, HANDLER.event, wanted)
        drain(HANDLER)
        Entry.objects.all().delete()
        HANDLER.run(Batch(sleeper, fail=lambda *_: False))

        assert steps() == []
        assert (the_job().state, the_job().delivery.attempt) == ("done", 2)

    def test_long_work_keeps_it(self, settings: Any) -> None:
        settings.DELIVERY_LEASE = 0.4
        keeper.cache_clear()  # a new one goes by the new lease from the beginning
        ask(steps=10, seconds=0.15)
        over = threading.Event()
        rivals: list[Any] = []

        def covet() -> None:
            while not over.wait(0.05):
                rivals.append(job_claims.next_job(HANDLER.name, 5))

        rival = in_thread(covet)
        drain(HANDLER)
        over.set()
        rival.join()
        assert set(rivals[1:]) == {None}
        assert the_job().delivery.attempt == 1


class TestCancel:
    def test_one_that_waits_is_cancelled_at_once(self, ticks: list[Any]) -> None:
        ann = person("ann")
        ask(by=ann.pk)
        job_id = job_claims.next_job(HANDLER.name, 1)
        assert job_id
        cancelled = cancel_job(job_id=job_id, by=ann)

        assert cancelled.state == the_job().state == "cancelled"
        assert ticks[-1][2]["state"] == "cancelled"
        assert (the_job().delivery.state, the_job().delivery.detail) == ("skipped", "cancelled")
        assert drain(HANDLER) == 0
        with pytest.raises(ConflictError):
            cancel_job(job_id=job_id, by=ann)

    @pytest.mark.parametrize("at", ["checkpoint", "progress"])
    def test_one_that_runs_stops_within_two_seconds(self, at: str) -> None:
        @job(CountingAsked)
        def toil(work: Work[CountingAsked]) -> None:
            for number in range(2000):
                time.sleep(0.01)
                work.checkpoint(number) if at == "checkpoint" else work.progress(number, 2000)

        ann = person("ann")
        ask(by=ann.pk)
        worker = in_thread(drain, named(toil))
        wait_for(lambda: Job.objects.filter(state="running").exists())
        began = time.monotonic()
        assert cancel_job(job_id=the_job().pk, by=ann).state == "running"
        worker.join()

        assert time.monotonic() - began < 2
        assert (the_job().state, the_job().delivery.state) == ("cancelled", "skipped")

    def test_one_whose_worker_died_is_cancelled_at_once(self) -> None:
        ann = person("ann")
        ask(by=ann.pk)
        job_id = job_claims.next_job(HANDLER.name, 1)
        assert job_id
        job_claims.claim_job(job_id, HANDLER.event, at_once=1, lease=timedelta())
        assert cancel_job(job_id=job_id, by=ann).state == "cancelled"

    def test_only_for_who_asked_for_it(self) -> None:
        ask(by=person("ann").pk)
        job_id = job_claims.next_job(HANDLER.name, 1)
        assert job_id
        with pytest.raises(NotFoundError):
            cancel_job(job_id=job_id, by=person("bob"))


class TestTurns:
    def test_a_centre_never_has_more_than_it_may(self) -> None:
        for _ in range(6):
            ask()
        job_claims.next_job(HANDLER.name, 1)
        won: list[Any] = []

        def grab(job_id: UUID) -> None:
            won.append(job_claims.claim_job(job_id, HANDLER.event, at_once=2, lease=LEASE))

        crew = [in_thread(grab, job.pk) for job in Job.objects.all()]
        for each in crew:
            each.join()
        assert len([each for each in won if each]) == 2
        assert job_claims.next_job(HANDLER.name, 2) is None

    def test_centres_take_turns(self) -> None:
        for centre in [1] * 4 + [2] * 2 + [3]:
            ask(centre=centre, steps=0, age=timedelta(hours=10 - centre))
        order = []
        while job_id := job_claims.next_job(HANDLER.name, 1):
            order.append(Job.objects.get(pk=job_id).centre_id)
            work_on(HANDLER, job_id)
        assert order == [1, 2, 3, 1, 2, 1, 1]

    def test_a_named_job_runs_once(self) -> None:
        ask(steps=1, seconds=0.2)
        job_id = job_claims.next_job(HANDLER.name, 5)
        crew = [in_thread(work_on, HANDLER, job_id) for _ in range(3)]
        for each in crew:
            each.join()
        assert steps() == [0]
        assert the_job().delivery.attempt == 1

    def test_nothing_of_a_paused_queue(self) -> None:
        ask()
        job_id = job_claims.next_job(HANDLER.name, 1)
        assert job_id
        QueuePause.objects.create(queue="cleanup")
        assert job_claims.next_job(HANDLER.name, 1) is None
        assert work_on(HANDLER, job_id) == 0

    def test_its_message_carries_its_id(self) -> None:
        ask()
        call_next(HANDLER)
        with broker() as redis:
            (message,) = redis.lrange("cleanup", 0, -1)
        told = json.loads(message)
        assert told["headers"]["task"] == HANDLER.name
        assert json.loads(base64.b64decode(told["body"]))[0] == [str(the_job().pk)]


def test_an_action_gets_the_job_that_it_asks_for() -> None:
    with transaction.atomic():
        asked = request_job(HousekeepingDue(centre_id=NO_CENTRE), kind="cleanup.keep_house")
        with pytest.raises(NoJobError):
            request_job(HousekeepingDue(centre_id=NO_CENTRE), kind="cleanup.other")
    assert (asked.state, asked.delivery.state) == ("requested", DeliveryState.PENDING)


def test_killed_in_the_middle_it_goes_on_from_its_checkpoint(
    servers: Servers, tmp_path: Path
) -> None:
    ask(steps=20, seconds=0.15)
    log = tmp_path / "steps.log"
    with a_worker(servers, log) as first:
        nudge_until(lambda: Job.objects.filter(checkpoint__done__gte=5).exists(), log)
        kill(first)
    done = dict(the_job().checkpoint or {})["done"]
    assert 5 <= done < 20
    assert steps() == list(range(done))

    with a_worker(servers, log):
        nudge_until(lambda: the_job().state == "done", log)

    before, after = steps_begun(log).values()
    assert before in (list(range(done)), list(range(done + 1)))  # one may have been under way
    assert after == list(range(done, 20))
    assert steps() == list(range(20))
    assert (the_job().result, the_job().delivery.attempt) == ({"counted": 20}, 2)


def test_a_running_one_is_cancelled_in_its_worker(servers: Servers, tmp_path: Path) -> None:
    ann = person("ann")
    ask(steps=500, seconds=0.1, by=ann.pk)
    log = tmp_path / "steps.log"
    with a_worker(servers, log):
        nudge_until(lambda: Job.objects.filter(checkpoint__done__gte=2).exists(), log)
        began = time.monotonic()
        cancel_job(job_id=the_job().pk, by=ann)
        wait_for(lambda: the_job().state == "cancelled", seconds=2)
        assert time.monotonic() - began < 2


class TestApi:
    @pytest.fixture(autouse=True)
    def _asked(self, school: Any) -> None:
        for _ in range(3):
            ask(by=school.user(TEACHER).pk)
        ask(by=school.user(STUDENT).pk)
        job_claims.next_job(HANDLER.name, 1)

    def test_one_sees_ones_own(self, school: Any) -> None:
        answer = client_of(TEACHER).get("/api/jobs")
        own = Job.objects.filter(requested_by=school.user(TEACHER).pk)
        assert set(ids(answer)) == {str(each.pk) for each in own}
        told = client_of(TEACHER).get(f"/api/jobs/{ids(answer)[0]}").json()
        assert told["state"] == "requested"
        assert told == answer.json()["items"][0]

    def test_an_operator_sees_all(self) -> None:
        assert len(ids(client_of("operator@schoolbell.example").get("/api/jobs"))) == 4

    def test_others_do_not(self) -> None:
        (own, *_) = ids(client_of(TEACHER).get("/api/jobs"))
        assert_problem(client_of(STRANGER).get(f"/api/jobs/{own}"), 404)
        assert_problem(post(client_of(STRANGER), f"/api/jobs/{own}/cancel"), 404)

    def test_cancelling(self) -> None:
        client = client_of(TEACHER)
        (own, *_) = ids(client.get("/api/jobs"))
        assert post(client, f"/api/jobs/{own}/cancel").json()["state"] == "cancelled"
        assert_problem(post(client, f"/api/jobs/{own}/cancel"), 409)

    def test_the_admin_shows_them(self) -> None:
        client = client_of("operator@schoolbell.example")
        assert client.get("/admin/jobs/job/").content.count(b"count_slowly") >= 4
