"""No centre keeps others waiting, and nothing that cannot run yet is lost."""

import pytest
from django.db import connection, transaction

from core import clock
from core.events import claims
from core.events.models import Delivery, EventRecord, QueuePause
from tasks import turn
from tasks.drain import drain
from tasks.lease import lease
from tasks.policies import Policy
from tests.flow.outbox import a_handler, due, leave_a_mark, states

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_small_centre_is_served_in_the_midst_of_a_flood() -> None:
    due(2000, centre=1)
    due(1, centre=2)
    order: list[int] = []
    handler = a_handler(
        lambda batch: order.extend(each.centre_id for each in batch.claimed), batch=100
    )
    drain(handler)

    assert order.index(2) <= 100


def test_the_next_turn_goes_on_with_the_next_centre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "TURN", 0.0)  # one batch in a turn
    for centre in (1, 2, 3):
        due(20, centre=centre)
    order: list[int] = []
    handler = a_handler(lambda batch: order.append(batch.claimed[0].centre_id), batch=5)
    for _ in range(6):
        drain(handler)

    assert sorted(order[:3]) == sorted(order[3:]) == [1, 2, 3]


def test_a_centre_with_enough_running_is_passed_over() -> None:
    due(10, centre=1)
    due(1, centre=2)
    handler = a_handler(leave_a_mark, batch=4, policy=Policy(at_once=4))
    wanted = claims.Claim(limit=4, lease=lease(), at_once=4)
    held = claims.claim(handler.name, handler.event, wanted)
    assert [each.centre_id for each in held] == [1] * 4

    drain(handler)

    assert states() == {"running": 4, "pending": 6, "done": 1}
    claims.finish(held)
    drain(handler)
    assert states() == {"done": 11}


def test_what_waits_to_be_tried_again_is_not_looked_at_one_by_one() -> None:
    due(1)
    due(2000, attempt=1)
    handler = a_handler(leave_a_mark)
    wanted = claims.Claim(limit=100, lease=lease())

    with transaction.atomic():
        before = _rows_read()
        held = claims.claim(handler.name, handler.event, wanted)
        assert [each.attempt for each in held] == [1]  # what has failed before is claimed alone
        assert _rows_read() - before <= 110


def test_a_plan_kept_from_when_there_was_nothing_reads_no_more() -> None:
    handler = a_handler(leave_a_mark)
    wanted = claims.Claim(limit=100, lease=lease())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE delivery, event")
    for _ in range(8):  # from the sixth time on PostgreSQL keeps the plan
        assert claims.claim(handler.name, handler.event, wanted) == []
    due(1)
    due(2000, attempt=1)

    with transaction.atomic():
        before = _rows_read()
        held = claims.claim(handler.name, handler.event, wanted)
        assert [each.attempt for each in held] == [1]
        assert _rows_read() - before <= 110


def test_an_event_of_a_newer_version_waits_for_a_worker_that_knows_it() -> None:
    newer, _known = due(2)
    EventRecord.objects.filter(pk=newer).update(version=2, payload={"another": "shape"})
    handler = a_handler(leave_a_mark)
    for _ in range(3):
        drain(handler)
        Delivery.objects.filter(state="pending").update(due_at=clock.now())

    waiting = Delivery.objects.get(event_id=newer)
    assert waiting.state == "pending"
    assert waiting.attempt == waiting.forgiven == 3  # none of them counts
    assert "version 2 of HomeworkDrafted" in waiting.detail
    assert states() == {"done": 1, "pending": 1}


def test_a_paused_queue_is_left_alone_until_it_goes_on() -> None:
    due(3)
    handler = a_handler(leave_a_mark)
    QueuePause.objects.create(queue="notices")

    assert drain(handler) == 0
    assert claims.due_handlers([handler.name]) == []

    QueuePause.objects.all().delete()
    assert claims.due_handlers([handler.name]) == [handler.name]
    assert drain(handler) == 3


def _rows_read() -> int:
    """Deliveries and events found by an index or one by one, of late: in this transaction, and in
    earlier ones that PostgreSQL has not yet added to its statistics.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables"
            " WHERE relname IN ('delivery', 'event')"
        )
        (count,) = cursor.fetchone()
    return int(count)
