"""In quiet hours mails wait, notices do not; and an urgent event's mails need not wait."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from core import clock
from core.audit.models import AuditEntry
from core.calendar.models import ClosedDay
from core.events.models import Delivery, EventRecord
from core.mail.models import Mail
from core.notices.models import Notice, QuietHours
from tasks.drain import drain
from tasks.email.homework import mail_class
from tests.flow.conftest import School
from tests.flow.pages import STAFF
from tests.flow.people import JSON, PARENT, TEACHER, assert_problem, client_of, post

WorkOff = Callable[[], int]
ADMIN = "admin@oakwood.example"
PATH = "/api/quiet-hours"
BYPASS = f"{PATH}/bypass"


def put(client: Client, body: object) -> Any:
    return client.put(PATH, data=body, content_type=JSON)


@pytest.fixture
def evening(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Tuesday, 21:00 in London."""
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2026-11-24T21:00:00+00:00"))


@pytest.fixture
def quiet(school: School, evening: None) -> School:
    """The nights of Oakwood are quiet."""
    centre = school.class_7a().centre
    QuietHours.objects.create(centre=centre, begins="20:00", ends="07:00")
    return school


def mails() -> set[tuple[str, str, int, int]]:
    """State, reason, attempts and attempts that do not count of the mails of a homework."""
    found = Delivery.objects.filter(handler="email.mail_class").exclude(key="")
    return set(found.values_list("state", "detail", "attempt", "forgiven"))


def test_mails_wait_and_notices_do_not(quiet: School, work_off: WorkOff) -> None:
    quiet.publish()
    work_off()
    assert Notice.objects.count() == 60
    assert not Mail.objects.exists()
    assert mails() == {("pending", "quiet hours until 2026-11-25T07:00:00+00:00", 0, 0)}
    waits = Delivery.objects.filter(state="pending").latest("pk").due_at - datetime.now(
        clock.now().tzinfo
    )
    assert timedelta(hours=9, minutes=59) < waits <= timedelta(hours=10)


def test_what_the_quiet_overtakes_waits_uncounted(quiet: School, work_off: WorkOff) -> None:
    rows = QuietHours.objects.all()
    hours = rows.get()
    rows.delete()
    quiet.publish()
    fan_out_only = Delivery.objects.filter(handler="email.mail_class", key="")
    assert fan_out_only.exists()
    QuietHours.objects.create(centre=hours.centre, begins="20:00", ends="07:00")
    Delivery.objects.filter(handler="email.mail_class").update(due_at=clock.now())
    first = Delivery.objects.get(handler="email.mail_class", key="")
    Delivery.objects.create(
        event_id=first.event_id,
        centre_id=first.centre_id,
        handler=first.handler,
        key=str(quiet.user(PARENT).pk),
    )
    Delivery.objects.filter(pk=first.pk).update(state="done")
    work_off()
    assert mails() == {("pending", "quiet hours until 2026-11-25T07:00:00+00:00", 1, 1)}


def test_when_they_end_all_mails_leave_once(
    quiet: School, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet.publish()
    work_off()
    morning = datetime.fromisoformat("2026-11-25T07:00:00+00:00")
    monkeypatch.setattr(clock, "now", lambda: morning)
    Delivery.objects.filter(state="pending").update(due_at="2020-01-01T00:00:00Z")
    work_off()
    assert Mail.objects.filter(state="sent").count() == 60
    assert mails() == {("done", "", 1, 0)}


def test_another_centres_mails_do_not_wait(quiet: School, work_off: WorkOff) -> None:
    quiet.publish(centre="riverside")
    work_off()
    assert Mail.objects.filter(state="sent").count() == 60


def test_an_urgent_event_bypasses_them(quiet: School, work_off: WorkOff) -> None:
    quiet.publish("Urgent")
    work_off()
    event = str(EventRecord.objects.get(kind="HomeworkPublished").pk)
    quiet.publish("Not urgent")
    work_off()

    staff = client_of(STAFF)
    answer = post(staff, BYPASS, {"event_id": event, "reason": "The trip leaves at six."})
    assert answer.json() == {"event_id": event, "released": 60}
    work_off()
    assert Mail.objects.filter(state="sent").count() == 60
    assert set(Mail.objects.values_list("delivery__event_id", flat=True)) == {
        EventRecord.objects.get(pk=event).pk
    }
    entry = AuditEntry.objects.get(what="quiet-hours.bypassed")
    assert entry.subject == f"event:{event}"
    assert entry.by_id == quiet.user(STAFF).pk
    assert entry.detail["reason"] == "The trip leaves at six."

    again = post(staff, BYPASS, {"event_id": event, "reason": "Again."})
    assert again.json()["released"] == 0
    assert AuditEntry.objects.filter(what="quiet-hours.bypassed").count() == 1


def test_a_bypass_before_the_mails_were_written_counts_too(
    quiet: School, work_off: WorkOff
) -> None:
    quiet.publish()
    event = str(EventRecord.objects.get(kind="HomeworkPublished").pk)
    post(client_of(STAFF), BYPASS, {"event_id": event, "reason": "Now."})
    drain(mail_class)
    work_off()
    assert Mail.objects.filter(state="sent").count() == 60


def test_who_may_bypass_which_event(quiet: School) -> None:
    quiet.publish()
    event = str(EventRecord.objects.get(kind="HomeworkPublished").pk)
    body = {"event_id": event, "reason": "Now."}
    assert_problem(post(client_of(TEACHER), BYPASS, body), 403)
    foreign = post(client_of("staff@riverside.example"), BYPASS, body)
    missing = post(client_of(STAFF), BYPASS, body | {"event_id": str(uuid4())})
    assert assert_problem(foreign, 404)["detail"] == assert_problem(missing, 404)["detail"]
    for wrong in ({"event_id": event}, body | {"reason": " "}, body | {"event_id": "7"}):
        assert_problem(post(client_of(STAFF), BYPASS, wrong), 422)


def test_an_admin_sets_them(school: School, evening: None) -> None:
    admin = client_of(ADMIN)
    none = {"begins": None, "ends": None, "on_closed_days": False}
    nobody = none | {"timezone": "Europe/London", "quiet_until": None}
    assert admin.get(PATH).json() == nobody

    told = put(admin, {"begins": "20:00", "ends": "07:00"}).json()
    assert told == nobody | {
        "begins": "20:00",
        "ends": "07:00",
        "quiet_until": "2026-11-25T07:00:00Z",
    }
    assert admin.get(PATH).json() == told
    entry = AuditEntry.objects.get(what="quiet-hours.changed")
    assert entry.detail["to"] == {"begins": "20:00", "ends": "07:00", "on_closed_days": False}
    assert put(admin, none).json() == nobody
    assert not QuietHours.objects.exists()
    assert client_of("admin@riverside.example").get(PATH).json()["begins"] is None


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"begins": "20:00"}, "ends"),
    ({"ends": "20:00"}, "begins"),
    ({"begins": "20:00", "ends": "20:00"}, "ends"),
    ({"begins": "20:00+01:00", "ends": "07:00"}, "begins"),
    ({"begins": "25:00", "ends": "07:00"}, "begins"),
    ({"on_closed_days": "yes"}, "on_closed_days"),
    ({"from": "20:00"}, "from"),
]


@pytest.mark.parametrize(("body", "field"), WRONG)
def test_what_cannot_be_set_says_why(school: School, body: dict[str, Any], field: str) -> None:
    found = assert_problem(put(client_of(ADMIN), body), 422)
    assert found["errors"][0]["loc"] == ["body", field]


@pytest.mark.parametrize("email", [STAFF, TEACHER, PARENT])
def test_only_admins_see_and_set_them(school: School, email: str) -> None:
    assert_problem(client_of(email).get(PATH), 403)
    assert_problem(put(client_of(email), {}), 403)


def test_shorter_hours_count_for_what_waits(quiet: School, work_off: WorkOff) -> None:
    quiet.publish()
    work_off()
    put(client_of(ADMIN), {"begins": "22:00", "ends": "07:00"})
    work_off()
    assert Mail.objects.filter(state="sent").count() == 60


def test_closed_days_are_those_of_the_calendar(quiet: School, work_off: WorkOff) -> None:
    centre = quiet.class_7a().centre
    ClosedDay.objects.create(centre=centre, name="Snow", day="2026-11-25")
    quiet.publish()
    work_off()
    assert mails() == {("pending", "quiet hours until 2026-11-25T07:00:00+00:00", 0, 0)}
    QuietHours.objects.update(on_closed_days=True)
    Delivery.objects.filter(state="pending").update(due_at="2020-01-01T00:00:00Z")
    work_off()
    assert {why for _, why, _, _ in mails()} == {"quiet hours until 2026-11-26T07:00:00+00:00"}
    told = client_of(ADMIN).get(PATH).json()
    assert told["quiet_until"] == "2026-11-26T07:00:00Z"
