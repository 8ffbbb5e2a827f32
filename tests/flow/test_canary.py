"""Canaries: a queue that nobody serves is known by name."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from core import clock
from core.canary.answers import late_canaries
from core.canary.events import CanaryDue
from core.canary.models import QueueCanary
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord, QueuePause
from core.events.publish import publish
from schedules.table import SCHEDULES
from tasks.app import QUEUES
from tasks.drain import drain
from tasks.subscriptions import HANDLERS, SUBSCRIPTIONS

pytestmark = pytest.mark.django_db(transaction=True)


def send(age: timedelta = timedelta()) -> None:
    with transaction.atomic():
        event = publish(CanaryDue(centre_id=NO_CENTRE))
    EventRecord.objects.filter(pk=event).update(occurred_at=clock.now() - age)


def test_every_queue_has_one() -> None:
    names = {handler.name for handler in SUBSCRIPTIONS[CanaryDue]}
    assert names == {f"{queue}.answer_canary" for queue in QUEUES}
    assert CanaryDue in {type(schedule.event) for schedule in SCHEDULES}


def test_each_queue_notes_its_answer(work_off: Callable[[], int]) -> None:
    send(timedelta(minutes=5))
    send()
    work_off()
    assert set(QueueCanary.objects.values_list("queue", flat=True)) == set(QUEUES)
    sent = EventRecord.objects.latest("occurred_at").occurred_at
    assert set(QueueCanary.objects.values_list("sent_at", flat=True)) == {sent}
    assert late_canaries() == []


def test_an_answer_that_comes_late_does_not_set_the_clock_back() -> None:
    (email,) = (each for each in HANDLERS if each.name == "email.answer_canary")
    send()
    drain(email)
    send(timedelta(minutes=5))
    drain(email)
    sent = EventRecord.objects.latest("occurred_at").occurred_at
    assert QueueCanary.objects.get(queue="email").sent_at == sent


def test_a_queue_that_nobody_serves_is_late_after_two_minutes() -> None:
    send(timedelta(seconds=110))
    assert late_canaries() == []
    send(timedelta(seconds=130))
    for handler in HANDLERS:
        if not handler.name.startswith("email"):
            drain(handler)
    assert late_canaries() == ["email"]

    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "missing": ["worker:email"]}


def test_a_paused_queue_answers_nobody() -> None:
    send(timedelta(minutes=5))
    for queue in QUEUES:
        QueuePause.objects.create(queue=queue)
    assert late_canaries() == []
    assert Delivery.objects.filter(state="pending").count() == len(QUEUES)
