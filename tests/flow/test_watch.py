"""What relays write down for operators: samples, forecasts, faults; of several, one does."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from core import clock
from core.events.models import Delivery
from core.events.registry import handler_names
from core.ops import faults
from core.ops.forecasts import keep_forecasts
from core.ops.models import DrainForecast, Fault, Look, Sample, WorkerProcess
from core.ops.queues import Queue, overview
from core.ops.roster import Doing, say_goodbye, say_here
from core.ops.sampling import KEPT_FOR, Slot, prune_samples, take_slot, write_samples
from tasks import relay
from tasks.watch import Watch
from tests.flow.conftest import School
from tests.servers import Servers

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = datetime.fromisoformat("2026-11-21T12:00:00+00:00")


def queue_of(name: str = "email") -> Queue:
    return next(each for each in overview() if each.name == name)


def serve(workers: int = 1, queue: str = "email") -> None:
    """So many workers of two processes each have said that they are there."""
    WorkerProcess.objects.all().delete()
    for number in range(workers):
        for pid in (1, 2):
            say_here(worker=f"worker-{number}@here", pid=pid, queues=[queue])


def learn(per_second: int, processes: int = 2) -> None:
    """As if the queue had been busy before."""
    Sample.objects.create(
        at=clock.now() - timedelta(hours=1),
        queue="email",
        depth=100,
        due=100,
        running=0,
        done=10 * per_second,
        seconds=10.0,
        workers=1,
        processes=processes,
        is_steady=True,
    )


def pile_up(school: School, count: int = 600) -> None:
    """So many mails are due."""
    school.publish()
    event = Delivery.objects.get(handler="email.mail_class").event
    Delivery.objects.bulk_create(
        Delivery(
            event=event, centre_id=event.centre_id, handler="email.mail_class", key=f"x{number}"
        )
        for number in range(count - 1)
    )


def forecasts() -> list[tuple[int, str]]:
    rows = DrainForecast.objects.order_by("pk").values_list("processes", "outcome")
    return list(rows)


def open_faults() -> set[tuple[str, str]]:
    return set(Fault.objects.filter(ended_at=None).values_list("kind", "subject"))


def test_of_several_relays_one_looks_in_a_slot() -> None:
    slot = Slot.of(MINUTE + timedelta(seconds=14))
    assert slot.at == MINUTE + timedelta(seconds=10)
    assert [take_slot(slot), take_slot(slot)] == [True, False]
    assert take_slot(Slot.of(MINUTE + timedelta(seconds=20)))
    assert not take_slot(slot)  # a clock that is behind
    assert Look.objects.count() == 1


def turn(watch: Watch, due: Sequence[str]) -> None:
    """A turn, and what it has begun to look at."""
    watch.turn(due)
    watch.outside.seen(time.monotonic() + 30)


def test_a_sample_a_minute_and_more_while_something_waits(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(handler_names())
    for second in range(0, 60, 5):
        monkeypatch.setattr(clock, "now", lambda second=second: MINUTE + timedelta(seconds=second))
        turn(watch, [])
    assert set(Sample.objects.values_list("at", flat=True)) == {MINUTE}
    assert Sample.objects.count() == len(overview())

    pile_up(school, 3)
    for second in range(60, 90, 5):
        monkeypatch.setattr(clock, "now", lambda second=second: MINUTE + timedelta(seconds=second))
        turn(watch, ["email.mail_class"])
    times = Sample.objects.filter(queue="email", due=3).order_by("at").values_list("at", flat=True)
    assert [(at - MINUTE).seconds for at in times] == [60, 70, 80]


def test_a_sample_says_what_was_done_and_whether_there_was_work_all_the_time(
    school: School, work_off: Callable[[], int]
) -> None:
    pile_up(school)
    serve()
    begin = clock.now() - timedelta(seconds=10)
    write_samples(overview(), begin)
    done = Delivery.objects.filter(handler="email.mail_class")[:100].values("pk")
    Delivery.objects.filter(pk__in=done).update(
        state="done", finished_at=begin + timedelta(seconds=5)
    )
    write_samples(overview(), begin + timedelta(seconds=10))
    write_samples(overview(), begin + timedelta(seconds=10))

    first, second = Sample.objects.filter(queue="email").order_by("at")
    assert (first.is_steady, second.is_steady) == (False, True)
    assert (second.done, second.seconds, second.due) == (100, 10.0, 500)
    assert queue_of().drained_in == pytest.approx(50.0)
    assert not Sample.objects.exclude(queue="email").filter(is_steady=True).exists()


def test_samples_leave_after_their_time() -> None:
    for age in (KEPT_FOR + timedelta(minutes=1), timedelta(days=1)):
        write_samples(overview(), clock.now() - age)
    assert prune_samples() == len(overview())
    assert Sample.objects.count() == len(overview())


def test_a_forecast_is_made_when_workers_come_and_ends_when_nothing_is_due(school: School) -> None:
    learn(per_second=10)
    pile_up(school)
    keep_forecasts(overview())
    assert forecasts() == []  # nobody serves it
    serve(1)
    keep_forecasts(overview())
    keep_forecasts(overview())
    made = DrainForecast.objects.get()
    assert (made.due, made.per_second, made.predicted_seconds) == (600, 10.0, 60.0)
    assert made.is_measured
    serve(2)
    keep_forecasts(overview())
    assert forecasts() == [(2, "scaled"), (4, "")]
    Delivery.objects.filter(handler="email.mail_class").update(state="done")
    keep_forecasts(overview())
    assert forecasts() == [(2, "scaled"), (4, "drained")]
    assert DrainForecast.objects.latest("pk").actual_seconds is not None


def test_a_guess_is_corrected_once_so_many_have_been_seen_at_work(school: School) -> None:
    learn(per_second=10)
    pile_up(school)
    serve(2)
    keep_forecasts(overview())
    guess = DrainForecast.objects.get()
    assert (guess.is_measured, guess.predicted_seconds) == (False, 30.0)
    learn(per_second=15, processes=4)
    keep_forecasts(overview())
    guess.refresh_from_db()
    assert guess.predicted_seconds == 30.0
    assert guess.corrected_seconds == pytest.approx(40.0, abs=5)


def test_a_backlog_that_grows_or_rests_is_another_one(school: School) -> None:
    learn(per_second=10)
    pile_up(school)
    serve()
    keep_forecasts(overview())
    pile_up_more = Delivery.objects.filter(key="x1").get()
    Delivery.objects.bulk_create(
        Delivery(
            event_id=pile_up_more.event_id,
            centre_id=1,
            handler="email.mail_class",
            key=f"y{number}",
        )
        for number in range(200)
    )
    keep_forecasts(overview())
    assert forecasts() == [(2, "grew"), (2, "")]


def test_faults_begin_once_and_end(school: School) -> None:
    pile_up(school, 2)
    Delivery.objects.update(due_at=clock.now() - timedelta(minutes=1))
    for _ in range(2):
        found = faults.faults_in_database(overview(), handler_names())
        faults.write_faults(found, looked_for=faults.IN_DATABASE)
    assert ("no_worker", "email") in open_faults()
    assert Fault.objects.filter(kind="no_worker", subject="email").count() == 1
    serve(1, "email")
    found = faults.faults_in_database(overview(), handler_names())
    faults.write_faults(found, looked_for=faults.IN_DATABASE)
    assert ("no_worker", "email") not in open_faults()
    assert Fault.objects.get(kind="no_worker", subject="email").ended_at is not None


def test_what_else_is_wrong_is_found(school: School) -> None:
    pile_up(school, 3)
    dead, lost, _ = Delivery.objects.filter(handler="email.mail_class").order_by("pk")
    Delivery.objects.filter(pk=dead.pk).update(state="dead")
    Delivery.objects.filter(pk=lost.pk).update(
        state="running", due_at=clock.now() - timedelta(seconds=5)
    )
    serve()
    WorkerProcess.objects.filter(pid=2).update(seen_at=clock.now() - timedelta(seconds=20))

    found = faults.faults_in_database(overview(), handler_names())

    assert set(found) >= {
        ("dead_letters", "email"),
        ("lease_ran_out", "email"),
        ("worker_gone", "worker-0@here"),
    }


def test_a_relay_tells_that_redis_is_away(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_PORT", "1")
    from core.env import env  # noqa: PLC0415 - read anew, as a process with that address would

    env.cache_clear()
    try:
        turn(Watch(handler_names()), [])
    finally:
        monkeypatch.undo()
        env.cache_clear()
    assert ("redis_away", "") in open_faults()
    Look.objects.all().delete()
    turn(Watch(handler_names()), [])
    assert ("redis_away", "") not in open_faults()


def test_who_says_goodbye_is_not_missed() -> None:
    say_here(worker="worker@here", pid=1, queues=["email"], doing=Doing("email.mail_class"))
    say_here(worker="worker@here", pid=2, queues=["email"])
    say_goodbye(worker="worker@here", pid=1)
    assert queue_of().processes == 1
    say_goodbye(worker="worker@here")
    assert not WorkerProcess.objects.exists()


def test_the_relay_looks_whether_or_not_it_can_nudge(school: School) -> None:
    pile_up(school, 2)
    due = relay.look(handler_names())
    assert "email.mail_class" in due
    turn(Watch(handler_names()), due)
    assert Sample.objects.filter(queue="email", due=2).count() == 1
