"""A queue that rests: its deliveries wait, whoever restarts, until it is resumed."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from core.events import nudge
from core.events.models import Delivery, EventRecord, QueuePause
from core.events.registry import handler_names
from core.mail.models import Mail
from core.notices.models import Notice
from core.ops.models import OpsAudit
from tasks import relay
from tests.flow.conftest import School
from tests.flow.people import assert_problem, client_of, post

OPERATOR = "operator@schoolbell.example"
EMAIL = "/api/ops/queues/email"


@pytest.fixture
def operator(school: School) -> Client:
    return client_of(OPERATOR)


def queue(operator: Client, name: str) -> dict[str, object]:
    items = operator.get("/api/ops/queues").json()["items"]
    return next(each for each in items if each["name"] == name)


def test_deliveries_of_a_paused_queue_wait_and_others_run(
    operator: Client, school: School, work_off: Callable[[], int]
) -> None:
    told = post(operator, f"{EMAIL}/pause", {"reason": "the mail server moves"}).json()
    assert (told["paused"], told["pause_reason"]) == (True, "the mail server moves")
    school.publish()
    work_off()

    assert Notice.objects.count() == 60
    assert not Mail.objects.exists()
    assert Delivery.objects.get(handler="email.mail_class").state == "pending"
    assert "email.mail_class" not in relay.look(handler_names())

    post(operator, f"{EMAIL}/resume")
    work_off()
    assert Mail.objects.filter(state="sent").count() == 60


def test_a_pause_is_a_row_that_outlives_processes(
    operator: Client, school: School, work_off: Callable[[], int]
) -> None:
    post(operator, f"{EMAIL}/pause")
    nudge.nudger.cache_clear()  # what a process knows is gone
    cache.clear()
    connection.close()
    with nudge.broker() as redis:
        redis.flushall()
    school.publish()
    work_off()

    assert QueuePause.objects.get().queue == "email"
    assert not Mail.objects.exists()


def test_resuming_wakes_workers_at_once(
    operator: Client, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(operator, f"{EMAIL}/pause")
    school.publish()
    woken: list[str] = []
    monkeypatch.setattr(nudge, "wake", woken.extend)

    post(operator, f"{EMAIL}/resume")

    assert woken == ["email.mail_class"]


def test_twice_is_once_and_written_down(operator: Client, school: School) -> None:
    for verb in ("pause", "pause", "resume", "resume"):
        assert post(operator, f"{EMAIL}/{verb}").status_code == 200

    acts = OpsAudit.objects.order_by("pk").values_list("action", "actor_id", "filter")
    by = school.user(OPERATOR).pk
    assert list(acts) == [("pause", by, {"queue": "email"}), ("resume", by, {"queue": "email"})]
    kinds = EventRecord.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["QueuePaused", "QueueResumed"]


def test_there_is_no_such_queue(operator: Client) -> None:
    for verb in ("pause", "resume"):
        assert_problem(post(operator, f"/api/ops/queues/mail/{verb}"), 404)
    assert not QueuePause.objects.exists()


def test_queues_tell_how_they_stand(
    operator: Client, school: School, work_off: Callable[[], int]
) -> None:
    idle = queue(operator, "email")
    assert (idle["depth"], idle["running"], idle["dead"]) == (0, 0, 0)
    assert (idle["oldest_age_seconds"], idle["drained_in_seconds"]) == (None, 0)
    post(operator, f"{EMAIL}/pause")
    school.publish()
    work_off()

    email, notices = queue(operator, "email"), queue(operator, "notices")

    assert (email["depth"], email["paused"], email["drained_in_seconds"]) == (1, True, None)
    assert isinstance(email["oldest_age_seconds"], float)
    assert (notices["depth"], notices["paused"]) == (0, False)
    assert notices["done_per_second"] == pytest.approx(61 / 120)
