"""Who was told of an event, over which channel, or why not: any event, for staff."""

import csv
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.audit.models import AuditEntry
from core.classes.models import SchoolClass
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.events.publish import publish
from core.homework.actions import withdraw_homework
from core.notices.actions import read_notices
from core.notices.events import NoticesRead
from core.notices.models import NoticePreference, QuietHours
from core.people.models import Guardianship, Membership, Role, User
from core.trace.recipients import harmless
from tests.flow.conftest import School
from tests.flow.pages import STAFF, checked, shown
from tests.flow.people import (
    OPERATOR,
    PARENT,
    STRANGER,
    STUDENT,
    TEACHER,
    assert_problem,
    client_of,
)
from tests.remembered import as_once

WorkOff = Callable[[], int]


def event_id(kind: str = "HomeworkPublished") -> UUID:
    return EventRecord.objects.get(kind=kind).pk


def recipients(client: Client, of: UUID | None = None, **wanted: Any) -> dict[str, Any]:
    answer = client.get(f"/api/events/{of or event_id()}/recipients", wanted)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


@pytest.fixture
def told(school: School, work_off: WorkOff) -> School:
    """A published homework: read by STUDENT, unwanted by mail, unknown to a blocked PARENT."""

    def tell() -> None:
        Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
        student = school.user(STUDENT)
        NoticePreference.objects.create(person=student, kind="homework", email=False)
        school.publish()
        work_off()

    as_once("told, but for two", tell)
    student = school.user(STUDENT)
    read_notices(user_id=student.pk, up_to=1)
    failed = Delivery.objects.get(
        handler="email.mail_class", key=str(school.user("student2@oakwood.example").pk)
    )
    Delivery.objects.filter(pk=failed.pk).update(state="dead", detail="550 unknown")
    return school


def test_each_person_with_what_became_of_both_channels(told: School) -> None:
    found = recipients(client_of(STAFF), limit="200")
    assert found["kind"] == "HomeworkPublished"
    assert (found["open"], found["held"]) == (0, 0)
    counts = {each["channel"]: each["counts"] for each in found["handlers"]}
    assert counts["portal"] == {"told": 58, "read": 1, "skipped": 1}
    assert counts["email"] == {"mailed": 57, "failed": 1, "skipped": 2}
    rows = {each["name"]: each for each in found["items"]}
    assert len(rows) == 60
    ada = rows["Ada Ashby"]
    assert (ada["part"], ada["portal"]["fate"], ada["email"]["fate"]) == (
        "student",
        "read",
        "skipped",
    )
    assert rows["Parent of Ada Ashby"]["portal"]["why"] == "custody block"
    assert rows["Ben Ashby"]["email"]["why"] == "550 unknown"


def test_what_was_only_listed_is_told_and_not_read(school: School, work_off: WorkOff) -> None:
    student = school.user(STUDENT)
    NoticePreference.objects.create(person=student, kind="homework", portal=False)
    school.publish()
    work_off()
    found = recipients(client_of(STAFF), limit="200")
    counts = {each["channel"]: each["counts"] for each in found["handlers"]}
    assert counts["portal"] == {"told": 60}
    portal = {each["name"]: each["portal"] for each in found["items"]}
    assert {each["fate"] for each in portal.values()} == {"told"}
    assert len(recipients(client_of(STAFF), limit="200", fate="told")["items"]) == 60
    assert recipients(client_of(STAFF), fate="read")["items"] == []


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ({}, 60),
        ({"channel": "portal"}, 60),
        ({"fate": "read"}, 1),
        ({"fate": "told"}, 58),
        ({"fate": "told", "channel": "email"}, 0),
        ({"fate": "mailed"}, 57),
        ({"fate": "mailed", "channel": "portal"}, 0),
        ({"fate": "skipped"}, 2),
        ({"fate": "skipped", "channel": "portal"}, 1),
        ({"fate": "failed"}, 1),
        ({"fate": "failed", "channel": "portal"}, 0),
        ({"fate": "waiting"}, 0),
        ({"fate": "done"}, 0),
    ],
)
def test_those_of_one_fate(told: School, wanted: dict[str, Any], number: int) -> None:
    found = recipients(client_of(STAFF), limit="200", **wanted)
    assert len(found["items"]) == number
    first = recipients(client_of(STAFF), limit="1", **wanted)
    assert bool(first["next"]) == (number > 1)


def test_what_cannot_be_asked_for(told: School) -> None:
    path = f"/api/events/{event_id()}/recipients"
    for query in ("fate=lost", "channel=post", "limit=0", "cursor=x"):
        assert_problem(client_of(STAFF).get(f"{path}?{query}"), 422)
    assert client_of(STAFF).get(f"/events/{event_id()}/recipients?fate=lost").status_code == 200


def test_any_event_with_recipients(told: School, work_off: WorkOff) -> None:
    homework = EventRecord.objects.get(kind="HomeworkPublished").payload["homework_id"]
    withdraw_homework(homework_id=homework, by=told.actor(TEACHER))
    work_off()
    withdrawn = event_id("HomeworkWithdrawn")
    found = recipients(client_of(STAFF), withdrawn, limit="200")
    assert len(found["items"]) == 59
    assert {each["email"] for each in found["items"]} == {None}
    page = shown(client_of(STAFF), f"/homework/{homework}/told")
    assert f"/events/{withdrawn}/recipients" in page
    assert "Ada Ashby" in shown(client_of(STAFF), f"/events/{withdrawn}/recipients")


@pytest.mark.parametrize(
    ("email", "status"),
    [(STAFF, 200), (TEACHER, 200), (STUDENT, 403), (PARENT, 403), (OPERATOR, 403), (STRANGER, 404)],
)
def test_who_may_see_it(told: School, email: str, status: int) -> None:
    client = client_of(email)
    assert client.get(f"/api/events/{event_id()}/recipients").status_code == status
    for path in ("recipients", "recipients.csv"):
        assert client.get(f"/events/{event_id()}/{path}").status_code == status


def test_a_teacher_sees_only_what_is_of_their_classes(told: School) -> None:
    other = told.user(PARENT)
    Membership.objects.filter(user=other).update(roles=[Role.TEACHER])
    assert_problem(client_of(PARENT).get(f"/api/events/{event_id()}/recipients"), 404)
    assert SchoolClass.objects.filter(teachers=other).count() == 0


def test_another_centres_event_is_like_none(told: School) -> None:
    stranger = client_of("staff@riverside.example")
    foreign = assert_problem(stranger.get(f"/api/events/{event_id()}/recipients"), 404)
    missing = assert_problem(stranger.get(f"/api/events/{uuid4()}/recipients"), 404)
    assert foreign["detail"] == missing["detail"]
    with transaction.atomic():
        of_nobody = publish(NoticesRead(centre_id=NO_CENTRE, person_id=1, up_to=1))
    assert_problem(client_of(STAFF).get(f"/api/events/{of_nobody}/recipients"), 404)


def test_the_page_follows_along_while_something_is_open(school: School, work_off: WorkOff) -> None:
    school.publish()
    path = f"/events/{event_id()}/recipients?channel=email&fate=mailed"
    staff = client_of(STAFF)
    html = shown(staff, path)
    assert 'hx-trigger="every 3s"' in html
    assert 'hx-get="/events/' in html
    assert "channel=email&amp;fate=mailed" in html
    work_off()
    part = shown(staff, path, HX_Request="true", HX_Target="recipients")
    assert "hx-trigger" not in part
    assert "<html" not in part
    assert "<strong>60</strong>" in part


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a Tuesday at noon."""
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2026-11-24T12:00:00+00:00"))


def test_staff_send_what_waits_in_quiet_hours(
    school: School, work_off: WorkOff, noon: None
) -> None:
    centre = school.class_7a().centre
    QuietHours.objects.create(centre=centre, begins="00:00", ends="23:59")
    school.publish()
    work_off()
    path = f"/events/{event_id()}"
    assert "send-now" not in shown(client_of(TEACHER), f"{path}/recipients")
    html = shown(client_of(STAFF), f"{path}/recipients")
    assert "60 mails wait" in html
    assert 'hx-trigger="every 60s"' in html
    assert client_of(TEACHER).post(f"{path}/send-now", {"reason": "Now"}).status_code == 403

    html = checked(client_of(STAFF).post(f"{path}/send-now", {"reason": " "}, follow=True))
    assert "Say why" in html
    html = checked(client_of(STAFF).post(f"{path}/send-now", {"reason": "Snow"}, follow=True))
    assert "being sent" in html
    work_off()
    assert recipients(client_of(STAFF))["open"] == 0
    assert AuditEntry.objects.get(what="quiet-hours.bypassed").detail["reason"] == "Snow"


def test_a_table_to_take_along(told: School) -> None:
    User.objects.filter(email="student3@oakwood.example").update(name='=HYPERLINK("http://x","y")')
    answer = client_of(STAFF).get(f"/events/{event_id()}/recipients.csv?channel=email&fate=mailed")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:5] == ["Name", "Part", "Portal", "Portal: when", "Portal: why"]
    assert len(rows[0]) == 8
    assert len(rows) == 58
    assert '\'=HYPERLINK("http://x","y")' in {row[0] for row in rows}
    assert {row[5] for row in rows[1:]} == {"mailed"}
    entry = AuditEntry.objects.get(what="recipients.exported")
    assert entry.detail == {"fate": "mailed", "channel": "email"}


@pytest.mark.parametrize(
    "cell", ["=1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "\uff1d1", "|x"]
)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("Ada Ashby") == "Ada Ashby"


def test_the_number_of_queries_does_not_grow(
    told: School, django_assert_max_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    client = client_of(STAFF)
    with django_assert_max_num_queries(16):
        recipients(client, limit="200")
