"""Old and new code together: old payloads are brought up to date, newer ones wait and are seen."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from core import clock
from core.events.event import Event
from core.events.models import Delivery, EventRecord
from core.events.versions import MissingUpcastError, NewerVersionError, read_event
from core.homework.events import HomeworkDrafted, HomeworkPublished
from core.trace.unclaimed import unclaimed_kinds
from tasks.drain import drain
from tasks.handler import Batch, Handler
from tests.flow.conftest import School
from tests.flow.pages import STAFF
from tests.flow.people import client_of


class MarkGiven(Event):
    """An event that has changed twice."""

    version = 3
    upcasts = {
        1: lambda fields: {**fields, "points": fields["marks"] * 10},
        2: lambda fields: {**fields, "scale": "hundred"},
    }
    points: int
    scale: str


class MarkTaken(Event):
    """An event that somebody forgot to upcast from its first version."""

    version = 3
    upcasts = {2: lambda fields: fields}


def payload(**fields: Any) -> str:
    return json.dumps({"centre_id": 1, **fields})


def test_an_old_payload_is_upcast_step_by_step() -> None:
    expected = MarkGiven(centre_id=1, points=70, scale="hundred")
    assert read_event(MarkGiven, 1, payload(marks=7)) == expected
    assert read_event(MarkGiven, 2, payload(points=70)) == expected
    assert read_event(MarkGiven, 3, payload(points=70, scale="hundred")) == expected


def test_unknown_fields_are_left_out() -> None:
    assert read_event(MarkGiven, 3, payload(points=1, scale="ten", mood="good")).points == 1


def test_a_missing_step_a_newer_version_and_nonsense_are_told_apart() -> None:
    with pytest.raises(MissingUpcastError, match="MarkTaken has no upcast from version 1 to 2"):
        read_event(MarkTaken, 1, payload())
    with pytest.raises(NewerVersionError, match="MarkTaken has version 4; this worker knows 3"):
        read_event(MarkTaken, 4, payload())
    with pytest.raises(ValidationError):
        read_event(MarkGiven, 3, payload(points="many"))


def recorded(kind: type[Event], handler: str, *, version: int, age: int = 120) -> UUID:
    """An event with a delivery, as some other version of the code wrote them `age` seconds ago."""
    at = clock.now() - timedelta(seconds=age)
    event = EventRecord.objects.create(
        id=uuid4(),
        kind=kind.kind(),
        version=version,
        centre_id=1,
        payload={"centre_id": 1, "homework_id": 1},
        occurred_at=at,
    )
    Delivery.objects.create(event=event, centre_id=1, handler=handler, due_at=at)
    return event.pk


@pytest.mark.django_db(transaction=True)
def test_a_worker_brings_old_events_up_to_date_and_one_unreadable_fails_alone() -> None:
    seen: list[Event] = []

    def note(batch: Batch[Any]) -> None:
        seen.extend(each.event for each in batch.claimed)

    class Changed(HomeworkDrafted):
        """Of this version is the worker; nobody upcasts from 1."""

        version = 3
        upcasts = {2: lambda fields: {**fields, "homework_id": fields["homework_id"] + 100}}

    handler = Handler(name="notices.of_today", event=Changed, run=note)
    for version in (2, 1, 3):
        recorded(Changed, handler.name, version=version)
    drain(handler)

    found = Delivery.objects.order_by("id").values_list("state", "detail")
    assert [state for state, _ in found] == ["done", "pending", "done"]
    assert "MissingUpcastError: Changed has no upcast from version 1 to 2" in found[1][1]
    assert [event.homework_id for event in seen if isinstance(event, Changed)][-2:] == [101, 1]


@pytest.mark.django_db(transaction=True)
def test_a_newer_version_waits_for_a_worker_that_knows_it(work_off: Callable[[], int]) -> None:
    event_id = recorded(HomeworkPublished, "notices.notify_class", version=2)
    work_off()

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempt - delivery.forgiven) == ("pending", 0)
    [found] = unclaimed_kinds()
    assert (found.handler, found.kind, found.version, found.count) == (
        "notices.notify_class",
        "HomeworkPublished",
        2,
        1,
    )
    assert EventRecord.objects.get(pk=event_id).occurred_at == found.since


@pytest.mark.django_db(transaction=True)
def test_a_handler_of_newer_code_is_left_to_it_and_seen(work_off: Callable[[], int]) -> None:
    recorded(HomeworkPublished, "notices.of_tomorrow", version=1)
    recorded(HomeworkPublished, "notices.of_tomorrow", version=1, age=5)
    assert work_off() == 0

    assert set(Delivery.objects.values_list("state", "attempt")) == {("pending", 0)}
    [found] = unclaimed_kinds()
    assert (found.handler, found.count) == ("notices.of_tomorrow", 1)  # a minute is given to each


def test_the_trace_says_for_what_it_waits(school: School) -> None:
    centre = school.class_7a().centre_id
    event_id = recorded(HomeworkPublished, "notices.of_tomorrow", version=1)
    Delivery.objects.create(event_id=event_id, centre_id=centre, handler="notices.notify_class")
    EventRecord.objects.update(version=2, centre_id=centre)

    answer = client_of(STAFF).get(f"/api/trace/{event_id}").json()
    assert {each["handler"]: (each["fate"], each["why"]) for each in answer["handlers"]} == {
        "notices.of_tomorrow": ("waiting", "waits for a worker that knows notices.of_tomorrow"),
        "notices.notify_class": (
            "waiting",
            "waits for a worker that knows version 2 of HomeworkPublished",
        ),
    }
    assert {each["why"] for each in answer["deliveries"]["items"]} == {
        each["why"] for each in answer["handlers"]
    }


@pytest.mark.django_db(transaction=True)
def test_what_is_worked_off_is_not_reported(school: School) -> None:
    school.told()
    assert unclaimed_kinds() == []
