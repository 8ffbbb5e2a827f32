"""Operators watch and act over the API and on pages; viewers watch alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django_celery_beat.models import PeriodicTask

from core import clock
from core.events.models import Delivery, EventRecord
from core.ops.models import DrainForecast, Fault, OpsAudit, Sample
from core.ops.roster import Doing, say_here
from core.permissions import RULES
from schedules.models import NextSlot, Slot
from schedules.sync import sync
from schedules.table import SCHEDULES
from tests.flow.conftest import School
from tests.flow.pages import shown
from tests.flow.people import OPERATOR, TEACHER, VIEWER, assert_problem, client_of, post

RUN = "/api/ops/schedules/clean-up/run"


@pytest.fixture
def operator(school: School) -> Client:
    return client_of(OPERATOR)


@pytest.fixture
def viewer(school: School) -> Client:
    return client_of(VIEWER)


def items(client: Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/ops/{path}").json()["items"]
    return found


def test_a_viewer_looks_at_everything_and_changes_nothing(viewer: Client) -> None:
    sync(SCHEDULES)
    for path in ("queues", "workers", "schedules", "samples", "forecasts", "faults", "audit"):
        assert viewer.get(f"/api/ops/{path}").status_code == 200, path
    for line, rule in RULES.items():
        method, _, route = line.partition(" ")
        if rule.operator and method == "POST" and "/centres" not in route:
            path = f"/{route}".replace("<str:queue>", "email").replace("<str:schedule>", "clean-up")
            answer = post(viewer, path.replace("<str:group_id>", "none"), {})
            assert answer.status_code == 403, line
    assert not OpsAudit.objects.exists()
    assert viewer.get("/admin/").status_code == 302
    assert viewer.get("/api/me").json()["is_viewer"] is True


def test_a_viewers_page_has_nothing_to_press(viewer: Client, operator: Client) -> None:
    sync(SCHEDULES)
    page = shown(viewer, "/ops/")
    assert "clean-up" in page
    assert "Run now" not in page
    assert "Run now" in shown(operator, "/ops/")
    assert "Pause" not in shown(viewer, "/ops/queues/email")


def test_a_viewer_needs_a_second_factor_too(viewer: Client, settings: LazySettings) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    assert_problem(viewer.get("/api/ops/queues"), 403)
    assert viewer.get("/ops/access").status_code == 403


@pytest.mark.parametrize(
    ("email", "method", "status"),
    [
        ("", "GET", 401),
        (TEACHER, "GET", 403),
        (VIEWER, "GET", 204),
        (VIEWER, "HEAD", 204),
        (VIEWER, "POST", 403),
        (OPERATOR, "POST", 204),
        (OPERATOR, "GET", 204),
    ],
)
def test_the_proxy_is_told_who_may_pass(
    school: School, email: str, method: str, status: int
) -> None:
    client = client_of(email) if email else Client()
    answer = client.get("/ops/access", headers={"X-Original-Method": method})
    assert (answer.status_code, answer.content) == (status, b"")


def test_a_schedule_is_fired_by_hand_once_per_key(operator: Client, school: School) -> None:
    first = post(operator, RUN, {}, idempotency_key="k1").json()
    assert post(operator, RUN, {}, idempotency_key="k1").json() == first
    post(operator, RUN, {}, idempotency_key="k2")

    by = school.user(OPERATOR).pk
    assert list(Slot.objects.values_list("schedule", "by_id")) == [("clean-up", by)] * 2
    assert EventRecord.objects.filter(kind="CleanupDue").count() == 2
    acts = OpsAudit.objects.values_list("action", "filter", "actor_id")
    assert list(acts) == [("run", {"schedule": "clean-up"}, by)] * 2
    assert_problem(post(operator, "/api/ops/schedules/nothing/run", {}), 404)


def test_schedules_tell_when_they_are_late(operator: Client) -> None:
    sync(SCHEDULES)
    late = clock.now() - timedelta(minutes=5)
    NextSlot.objects.create(schedule="canary", due_at=late)
    NextSlot.objects.create(schedule="digests", due_at=late)
    PeriodicTask.objects.filter(name="digests").update(enabled=False)
    post(operator, RUN, {})

    found = {each["schedule"]: each for each in items(operator, "schedules")}

    assert set(found) == {each.name for each in SCHEDULES}
    assert found["canary"]["is_late"] is True
    assert (found["digests"]["is_late"], found["digests"]["next_at"]) == (False, None)
    assert found["clean-up"]["last_by"] is not None
    assert found["clean-up"]["crontab"] == "0 2 * * *"


def test_workers_tell_what_they_are_at(operator: Client, school: School) -> None:
    school.publish()
    delivery = Delivery.objects.get(handler="email.mail_class")
    doing = Doing(delivery.handler, clock.now(), "a-task", (delivery.pk,))
    say_here(worker="worker@here", pid=7, queues=["email"], doing=doing)

    (worker,) = items(operator, "workers")

    (process,) = worker["processes"]
    assert (worker["worker"], worker["is_there"], process["pid"]) == ("worker@here", True, 7)
    assert (process["doing"], process["task_id"]) == ("email.mail_class", "a-task")
    assert process["event_id"] == str(delivery.event_id)
    assert "a-task" in shown(operator, "/ops/parts/workers")


def test_samples_forecasts_and_faults_are_listed(operator: Client) -> None:
    row = {"depth": 1, "due": 1, "running": 0, "done": 4, "seconds": 60.0, "workers": 1}
    for hours in (0, 2, 30):
        at = clock.now() - timedelta(hours=hours)
        for queue in ("email", "notices"):
            Sample.objects.create(at=at, queue=queue, processes=2, is_steady=False, **row)
    assert len(items(operator, "samples")) == 4
    assert len(items(operator, "samples?queue=email&hours=48")) == 3
    assert operator.get("/api/ops/samples?hours=200").status_code == 422

    DrainForecast.objects.create(
        queue="email",
        workers=1,
        processes=2,
        due=10,
        per_second=1.0,
        predicted_seconds=10.0,
        is_measured=True,
    )
    (forecast,) = items(operator, "forecasts")
    assert (forecast["outcome"], forecast["actual_seconds"]) == ("", None)

    Fault.objects.create(kind="redis_away")
    Fault.objects.create(kind="no_worker", subject="email", ended_at=clock.now())
    assert [each["kind"] for each in items(operator, "faults?open=true")] == ["redis_away"]
    assert len(items(operator, "faults")) == 2
    page = shown(operator, "/ops/parts/faults")
    assert "Redis does not answer" in page
    assert "Nobody serves a queue" in page


def test_queues_say_how_to_have_more_workers(operator: Client, school: School) -> None:
    school.publish()
    (email,) = [each for each in items(operator, "queues") if each["name"] == "email"]
    assert (email["due"], email["workers"], email["drained_in_seconds"]) == (1, 0, None)
    assert email["advice"] == {
        "workers": 1,
        "command": "docker compose up -d --scale worker-email=1",
        "drained_in_seconds": None,
    }
    assert "docker compose up -d --scale worker-email=1" in shown(operator, "/ops/parts/queues")


def test_a_queue_is_paused_and_resumed_on_its_page(operator: Client) -> None:
    paused = operator.post("/ops/queues/email/pause", {"reason": "it moves"}, follow=True)
    assert "it moves" in paused.content.decode()
    operator.post("/ops/queues/email/resume")
    assert list(OpsAudit.objects.order_by("pk").values_list("action", flat=True)) == [
        "pause",
        "resume",
    ]
    assert "it moves" in shown(operator, "/ops/audit")
    assert operator.get("/ops/queues/nothing").status_code == 404
    assert operator.get("/ops/parts/nothing").status_code == 404


def test_dead_letters_are_looked_at_and_run_again(operator: Client, school: School) -> None:
    school.publish()
    Delivery.objects.filter(handler="email.mail_class").update(
        state="dead", finished_at=clock.now(), detail="OSError: no", cause="OSError: no"
    )
    (group,) = items(operator, "dead-letters")
    path = f"/ops/dead-letters/{group['id']}"
    page = shown(operator, path)
    assert "would run" in page
    assert Delivery.objects.filter(state="dead").count() == 1

    refused = operator.post(f"{path}/discard", {"up-limit": "10", "up-reason": ""})
    assert refused.status_code == 422
    assert "Say why they are given up." in refused.content.decode()

    answer = operator.post(f"{path}/redrive", {"again-limit": "10", "again-canary": "on"})
    assert answer.status_code == 302
    assert not Delivery.objects.filter(state="dead").exists()
    assert operator.get(path).status_code == 404


def test_a_trace_has_ids_and_nobodys_names(operator: Client, school: School) -> None:
    school.publish()
    event = EventRecord.objects.get(kind="HomeworkPublished")
    delivery = Delivery.objects.get(handler="email.mail_class")
    task = f"{str(event.pk)[:28]}00c0ffee"
    for found in (str(event.pk), str(delivery.pk), task):
        page = shown(operator, f"/ops/trace?id={found}")
        assert str(event.pk) in page
        assert "email.mail_class" in page
        assert "Taylor" not in page
    assert operator.get("/ops/trace?id=0193a6f2-7c1e-7d60-9f3a-2b8c4d5e6f70").status_code == 404
    assert operator.get("/ops/trace?id=nothing").status_code == 404
    assert operator.get("/ops/trace").status_code == 200


def test_an_operator_lets_a_viewer_in(operator: Client, school: School) -> None:
    new = {"email": "Nora@schoolbell.example", "name": "Nora New", "is_active": "on"}
    answer = operator.post("/admin/people/user/add/", new)
    assert answer.status_code == 302, answer.context["errors"]
    nora = school.user("nora@schoolbell.example")
    assert (nora.is_viewer, nora.is_operator) == (True, False)
    listed = operator.get("/admin/people/user/").content.decode()
    assert "nora@schoolbell.example" in listed
    assert "teacher@oakwood.example" not in listed
    assert client_of("nora@schoolbell.example").get("/ops/").status_code == 200
