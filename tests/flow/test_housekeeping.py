"""Housekeeping: what has been kept for long enough leaves batch by batch, and nothing else."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from core import clock
from core.events import claims, retention
from core.events.claims import Claim
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.events.publish import publish
from core.events.retention import first_id
from core.http.models import IdempotentAnswer
from core.isolation.scope import everywhere
from core.jobs.events import HousekeepingDue
from core.jobs.models import Job
from core.live.models import Entry, Stream
from core.mail.models import Mail
from schedules.models import Slot
from tasks.cleanup import sweeps
from tasks.cleanup.housekeeping import keep_house
from tasks.drain import drain
from tasks.email.homework import mail_class
from tasks.subscriptions import SUBSCRIPTIONS

pytestmark = pytest.mark.django_db(transaction=True)
OLD = timedelta(days=91)


def id_at(at: datetime) -> UUID:
    """An id as an event of that moment has it."""
    return UUID(int=first_id(at).int | uuid4().int >> 48)


def event(
    age: timedelta, *states: str, kind: str = "HomeworkPublished", finished: timedelta | None = None
) -> UUID:
    """An event of that age, with a delivery in each of the states."""
    at = clock.now() - age
    made = EventRecord.objects.create(
        id=id_at(at), kind=kind, version=1, centre_id=1, payload={}, occurred_at=at
    )
    ended = clock.now() - (age if finished is None else finished)
    Delivery.objects.bulk_create(
        Delivery(
            event=made,
            centre_id=1,
            handler="email.mail_class",
            key=str(number),
            state=state,
            due_at=at,
            finished_at=None if state in ("pending", "running") else ended,
        )
        for number, state in enumerate(states)
    )
    return made.id


def keep() -> dict[str, int]:
    """Let housekeeping run; what it says it removed."""
    with transaction.atomic():
        own = publish(HousekeepingDue(centre_id=NO_CENTRE))
    assert drain(keep_house) == 1
    job = Job.objects.get(delivery__event_id=own)
    assert job.state == "done", job.delivery.detail
    assert job.progress == 1
    EventRecord.objects.filter(pk=own).update(kind="Own")
    return dict(job.result or {})


def left() -> set[UUID]:
    return set(EventRecord.objects.exclude(kind="Own").values_list("id", flat=True))


def test_events_leave_with_their_deliveries_mails_and_jobs() -> None:
    old = event(OLD, "done", "skipped", "discarded")
    young = event(timedelta(days=89), "done")
    for number, delivery in enumerate(Delivery.objects.filter(event__in=[old, young])):
        Mail.objects.create(
            delivery=delivery,
            centre_id=delivery.centre_id,
            message_id=f"<{number}>",
            recipient="a@b.example",
        )
    Job.objects.create(
        id=uuid4(),
        delivery=Delivery.objects.filter(event=old)[0],
        kind="email.mail_class",
        centre_id=1,
        requested_at=clock.now(),
    )
    silent = event(OLD)

    removed = keep()

    assert left() == {young}
    assert silent not in left()
    assert removed["events of 90 days"] == 3 + 2  # deliveries and events
    assert Mail.objects.count() == 1
    assert Job.objects.count() == 1  # its own


@pytest.mark.parametrize("state", ["pending", "running", "dead"])
def test_while_one_delivery_is_not_over_all_of_the_event_stays(state: str) -> None:
    kept = event(OLD, "done", state)
    keep()
    assert left() == {kept}
    assert Delivery.objects.filter(event=kept).count() == 2


def test_what_was_over_only_lately_stays() -> None:
    kept = event(OLD, "done", finished=timedelta(days=1))
    keep()
    assert left() == {kept}


def test_kinds_that_stay_for_less() -> None:
    event(timedelta(days=2), "done", kind="CanaryDue")
    event(timedelta(days=8), "done", kind="CleanupDue")
    event(timedelta(days=8), kind="NoticesRead")
    event(OLD, kind="CanaryDue")  # missed for long
    kept = {
        event(timedelta(hours=23), "done", kind="CanaryDue"),
        event(timedelta(days=6), "done", kind="CleanupDue"),
        event(timedelta(days=8), "done"),
    }
    keep()
    assert left() == kept


@pytest.mark.sweep
def test_a_class_of_ten_thousand_leaves_in_bounded_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    event(OLD, *["done"] * 10_500)
    event(OLD, "done")
    taken: list[int] = []
    execute = sweeps._execute

    def noted(statement: str, **values: Any) -> int:
        count = execute(statement, **values)
        if statement == sweeps.DROP_DELIVERIES:
            taken.append(count)
        return count

    monkeypatch.setattr(sweeps, "_execute", noted)
    assert keep()["events of 90 days"] == 10_501 + 2
    assert max(taken) == sweeps.BATCH
    assert [count for count in taken if count] == [5_000, 5_000, 501]
    assert left() == set()


def test_more_events_than_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "LOOK", 7)
    kept = {event(OLD + timedelta(minutes=number), "dead") for number in range(10)}
    for number in range(30):
        event(OLD + timedelta(minutes=number), "done")
    keep()
    assert left() == kept


def test_killed_in_between_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "LOOK", 5)
    for number in range(23):
        event(OLD + timedelta(minutes=number), "done")
    see, looks = sweeps._see, []

    def see_until_killed(after: UUID, until: UUID) -> Any:
        looks.append(after)
        if len(looks) == 6:
            raise SystemExit  # nothing catches it, as little as a SIGKILL
        return see(after, until)

    monkeypatch.setattr(sweeps, "_see", see_until_killed)
    with transaction.atomic():
        publish(HousekeepingDue(centre_id=NO_CENTRE))
    with pytest.raises(SystemExit):
        drain(keep_house)
    halfway = EventRecord.objects.filter(kind="HomeworkPublished").count()
    assert 0 < halfway < 23
    Delivery.objects.filter(handler=keep_house.name).update(due_at=clock.now())
    drain(keep_house)

    job = Job.objects.get()
    assert dict(job.result or {})["events of 90 days"] == 2 * 23
    assert looks[6] == looks[5]  # from the checkpoint, not from the beginning
    assert job.delivery.attempt == 2


def test_claims_go_on_beside_it() -> None:
    """What is removed is locked; what is due is not, though it stands in the same table."""
    event(OLD, *["done"] * 3_000)
    event(timedelta(), "pending")
    looking, over = threading.Event(), threading.Event()

    def remove() -> None:
        with everywhere(), transaction.atomic():
            sweeps.take_events(retention.DEFAULT, "")
            looking.set()
            over.wait(10)
        connection.close()

    remover = threading.Thread(target=remove)
    remover.start()
    assert looking.wait(10)
    began = time.monotonic()
    claimed = claims.claim(
        mail_class.name, mail_class.event, Claim(limit=10, lease=timedelta(minutes=1))
    )
    event(timedelta(), "pending")
    took = time.monotonic() - began
    over.set()
    remover.join()

    assert len(claimed) == 1
    assert took < 1
    assert not Delivery.objects.filter(state="done").exists()


def stream(name: str, old: int, young: int) -> None:
    Stream.objects.create(name=name, head=old + young)
    Entry.objects.bulk_create(
        Entry(
            stream=name,
            seq=seq,
            type="notice",
            data={},
            at=clock.now() - (OLD if seq <= old else timedelta(days=1)),
        )
        for seq in range(1, old + young + 1)
    )


def test_entries_leave_but_never_the_newest_two_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "STREAMS", 2)
    stream("me:1", old=3_000, young=250)
    stream("me:2", old=300, young=0)
    stream("me:3", old=100, young=50)
    stream("me:4", old=0, young=400)
    stream("step:1", old=500, young=0)

    assert keep()["entries of me:"] == 3_000 + 100

    kept = {
        name: sorted(Entry.objects.filter(stream=name).values_list("seq", flat=True))
        for name in Stream.objects.values_list("name", flat=True)
    }
    assert kept["me:1"] == list(range(3_001, 3_251))
    assert kept["me:2"] == list(range(101, 301))
    assert len(kept["me:3"]) == 150
    assert len(kept["me:4"]) == 400
    assert len(kept["step:1"]) == 500


def test_an_entry_that_stays_keeps_those_behind_it() -> None:
    stream("me:1", old=300, young=0)
    Entry.objects.filter(seq=50).update(at=clock.now())
    keep()
    seqs = sorted(Entry.objects.values_list("seq", flat=True))
    assert seqs == list(range(50, 301))  # no gap


def test_slots_and_answers() -> None:
    for days in (31, 29):
        at = clock.now() - timedelta(days=days)
        Slot.objects.create(schedule="canary", due_at=at, fired_at=at)
    for hours in (25, 23):
        at = clock.now() - timedelta(hours=hours)
        IdempotentAnswer.objects.create(user_id=1, key=str(hours), created_at=at)
    removed = keep()
    assert (removed["schedule slots"], removed["idempotency keys"]) == (1, 1)
    assert (Slot.objects.count(), IdempotentAnswer.objects.get().key) == (1, "23")


def test_nothing_else_hangs_on_deliveries_and_events() -> None:
    def hanging(model: Any) -> set[str]:
        return {each.related_model._meta.db_table for each in model._meta.related_objects}

    assert hanging(Delivery) == {"mail", "job"}
    assert hanging(EventRecord) == {"delivery"}


def test_the_table_names_events_that_there_are() -> None:
    assert set(retention.EVENTS) <= {each.kind() for each in SUBSCRIPTIONS}
    assert max(retention.EVENTS.values()) <= retention.DEFAULT


def test_ids_begin_with_their_time() -> None:
    before = clock.now()
    with transaction.atomic():
        made = publish(HousekeepingDue(centre_id=NO_CENTRE))
    assert first_id(before) <= made < first_id(clock.now() + timedelta(seconds=1))
