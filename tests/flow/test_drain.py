"""Claim, run, done: what is due runs once, fails alone, and is never held by the dead."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from core import clock
from core.events import claims
from core.events.models import Delivery, EventRecord
from core.homework.events import HomeworkDrafted
from core.isolation.scope import outbox
from core.live.models import Entry
from tasks.drain import drain, run
from tasks.handler import Batch, Handler
from tasks.lease import keeper, kept
from tasks.policies import PermanentError, Policy
from tests.flow.outbox import a_handler, claim_one, due, leave_a_mark, states

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_batch_is_of_one_centre_and_centres_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.turn.TURN", 60)  # seconds: all in one, however slow the machine
    due(6, centre=1)
    due(2, centre=2)
    due(1, centre=9)
    seen: list[list[int]] = []

    def note(batch: Batch[HomeworkDrafted]) -> None:
        seen.append([each.centre_id for each in batch.claimed])

    assert drain(a_handler(note, batch=2)) == 9
    assert seen == [[1, 1], [2, 2], [9], [1, 1], [1, 1]]
    assert states() == {"done": 9}


def test_one_bad_delivery_in_a_batch_fails_alone() -> None:
    due(20)

    def choke(batch: Batch[HomeworkDrafted]) -> None:
        leave_a_mark(batch)
        if any(each.event.homework_id == 7 for each in batch.claimed):
            raise ValueError("seven")

    drain(a_handler(choke))

    assert states() == {"done": 19, "pending": 1}
    assert Entry.objects.filter(type="mark").count() == 19
    failed = Delivery.objects.get(state="pending")
    assert failed.detail == "ValueError: seven"
    assert failed.attempt == 1
    assert failed.due_at > clock.now()


def test_an_unreadable_payload_fails_alone() -> None:
    bad = due(3)[0]
    EventRecord.objects.filter(pk=bad).update(payload={"centre_id": "no number"})

    def read(batch: Batch[HomeworkDrafted]) -> None:
        assert all(each.event.homework_id >= 0 for each in batch.claimed)

    drain(a_handler(read))

    assert states() == {"done": 2, "pending": 1}
    assert "ValidationError" in Delivery.objects.get(event_id=bad).detail


def test_after_the_last_attempt_it_is_a_dead_letter_with_its_error() -> None:
    due(1)

    def fail(_batch: Batch[HomeworkDrafted]) -> None:
        raise OSError("no route")

    handler = a_handler(fail, policy=Policy(attempts=2, first=timedelta()))
    while drain(handler):
        pass

    letter = Delivery.objects.get()
    assert (letter.state, letter.attempt, letter.detail) == ("dead", 2, "OSError: no route")


def test_a_permanent_failure_is_dead_at_once() -> None:
    due(1)

    def fail(_batch: Batch[HomeworkDrafted]) -> None:
        raise PermanentError("no such person")

    drain(a_handler(fail))

    assert states() == {"dead": 1}


def test_what_kills_its_worker_at_each_attempt_ends_as_a_dead_letter() -> None:
    due(1, attempt=14)  # claimed fourteen times by workers that never came back

    drain(a_handler(leave_a_mark))

    letter = Delivery.objects.get()
    assert letter.state == "dead"
    assert "ended with its worker" in letter.detail
    assert not Entry.objects.exists()


def test_a_worker_that_lost_its_lease_writes_nothing() -> None:
    due(1)
    handler = a_handler(leave_a_mark)
    sleeper = claim_one(handler, timedelta())
    drain(handler)  # the lease is over: another worker takes it and does it
    assert Entry.objects.count() == 1

    Entry.objects.all().delete()
    run(handler, sleeper)  # the first one wakes up

    assert not Entry.objects.exists()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempt) == ("done", 2)


def test_who_loses_the_lease_in_the_middle_leaves_nothing() -> None:
    """The other does not wait for the first, which may be frozen for ever."""
    due(2)
    turns: list[str] = []

    def overtaken(batch: Batch[HomeworkDrafted]) -> None:
        turns.append(f"of {len(batch.claimed)}")
        Entry.objects.create(stream=f"mark:{uuid4()}", seq=1, type="mark", data={})
        if len(turns) == 1:
            other = threading.Thread(target=overtake, args=(batch.claimed[0].id,))
            other.start()
            other.join(10)

    def overtake(delivery_id: int) -> None:
        while len(turns) == 1:  # the lease may be renewed before the other one looks
            with outbox():
                Delivery.objects.filter(pk=delivery_id).update(due_at=clock.now())
            _drain_in_thread(handler)

    handler = a_handler(overtaken)
    drain(handler)

    assert turns == ["of 2", "of 1", "of 1", "of 1"]  # both; one elsewhere; each by itself
    assert states() == {"done": 2}
    assert Entry.objects.count() == 2


def test_a_held_delivery_is_nobody_elses() -> None:
    due(1)
    handler = a_handler(leave_a_mark)
    held = claim_one(handler, timedelta(minutes=1))
    assert len(held) == 1
    assert drain(handler) == 0


def test_a_batch_that_takes_long_keeps_its_lease(settings: Any) -> None:
    settings.DELIVERY_LEASE = 0.3
    keeper.cache_clear()  # a new one goes by the new lease from the beginning
    due(1)
    over = threading.Event()
    handler = a_handler(leave_a_mark)

    def covet() -> None:
        while not over.wait(0.05):
            drain(handler)
        connection.close()

    held = claim_one(handler, timedelta(seconds=0.3))
    rival = threading.Thread(target=covet)
    rival.start()
    with kept(held):
        over.wait(1)
    over.set()
    rival.join()

    assert not Entry.objects.exists()
    assert claims.finish(held) == held


def test_many_workers_do_each_delivery_once() -> None:
    due(300, centre=1)
    due(300, centre=2)
    handler = a_handler(leave_a_mark, batch=7)
    crew = [threading.Thread(target=_drain_in_thread, args=(handler,)) for _ in range(4)]
    for worker in crew:
        worker.start()
    for worker in crew:
        worker.join()
    drain(handler)

    assert states() == {"done": 600}
    assert Entry.objects.count() == 600
    assert set(Delivery.objects.values_list("attempt", flat=True)) == {1}


def test_what_is_skipped_says_why() -> None:
    due(2)

    def skip_first(batch: Batch[HomeworkDrafted]) -> None:
        batch.skip(batch.claimed[0], "withdrawn meanwhile")

    drain(a_handler(skip_first))

    rows = sorted(Delivery.objects.values_list("state", "detail"))
    assert rows == [("done", ""), ("skipped", "withdrawn meanwhile")]


def test_recipients_become_deliveries_once() -> None:
    due(1)
    people = [("1", ""), ("2", "custody block"), ("3", "")]
    told: list[str] = []

    def tell(batch: Batch[HomeworkDrafted]) -> None:
        told.extend(each.key for each in batch.claimed)

    handler = a_handler(tell, to=lambda _event: people)
    drain(handler)
    Delivery.objects.filter(key="").update(state="pending", due_at=clock.now())  # a redrive
    drain(handler)

    assert sorted(told) == ["1", "3"]
    assert states() == {"done": 3, "skipped": 1}


def _drain_in_thread(handler: Handler[HomeworkDrafted]) -> None:
    while drain(handler):  # a turn may end before the work does
        pass
    connection.close()
