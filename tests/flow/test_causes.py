"""What deliveries died of: stored where they die, so that operators see groups at once."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction

from core.events.models import Delivery, DeliveryState
from core.homework.events import HomeworkDrafted
from core.ops import outbox, queries
from tasks.drain import drain
from tasks.handler import Batch
from tasks.policies import PermanentError, Policy
from tests.flow.outbox import a_handler, due

pytestmark = pytest.mark.django_db(transaction=True)

BACKFILL = import_module("core.events.migrations.0005_dead_by_cause")


def fail(*errors: str, last: bool = True) -> None:
    """Deliveries that fail, each with its error."""

    def run(batch: Batch[HomeworkDrafted]) -> None:
        error = errors[batch.claimed[0].event.homework_id]
        raise PermanentError(error) if last else OSError(error)

    due(len(errors))
    drain(a_handler(run, policy=Policy(first=timedelta(hours=1))))


def letters_by_cause() -> dict[str, int]:
    return dict(queries.groups().values_list("cause", "letters"))


def test_those_that_died_of_the_same_are_one_group() -> None:
    fail("192.0.2.7 did not answer person 7", "192.0.2.8 did not answer person 8", "no 'Ann' here")

    assert letters_by_cause() == {
        "PermanentError: N.N.N.N did not answer person N": 2,
        "PermanentError: no '…' here": 1,
    }


def test_what_is_to_run_again_has_died_of_nothing() -> None:
    fail("no route", last=False)
    fail("no 'Ann' here")
    outbox.revive(list(queries.deliveries(state=DeliveryState.DEAD).values_list("pk", flat=True)))

    assert set(Delivery.objects.values_list("state", "cause")) == {("pending", "")}


def test_groups_are_counted_without_reading_what_died() -> None:
    fail("no 'Ann' here")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM delivery")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = queries.groups().explain()

    assert "Index Only Scan using delivery_dead_of_cause" in plan


def test_what_died_under_an_older_release_gets_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    fail(*("no 'Ann' here" for _ in range(5)))
    fail("no route", last=False)
    Delivery.objects.update(cause="")
    monkeypatch.setattr(BACKFILL, "BATCH", 2)

    BACKFILL.fill(apps, connection.schema_editor())

    assert letters_by_cause() == {"PermanentError: no '…' here": 5}
    assert Delivery.objects.get(state="pending").cause == ""
