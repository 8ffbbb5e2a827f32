"""The life of a report: asked for, made, reviewed by a second person, released, recalled."""

import csv
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdfium2 import PdfDocument

from core.calendar.models import Term
from core.events.models import Delivery
from core.homework.models import Homework
from core.notices.models import Notice
from core.people.models import Guardianship, User
from core.reports import formats
from core.reports.models import Report, ReportCard, ReportState, ReportVersion
from core.reports.storage import path_of
from core.submissions.models import Submission
from infra.local.stack import CHECKOUT
from tests.flow.conftest import School
from tests.flow.people import assert_problem, client_of, post

pytestmark = pytest.mark.django_db(transaction=True)

STAFF, HEAD, TEACHER = ("staff@oakwood.example", "head@oakwood.example", "teacher@oakwood.example")


@pytest.fixture(autouse=True)
def _media(media: Path) -> None:
    """Files of reports lie in a directory of the test's own."""


def asked(school: School, kind: str = "class_progress", into: str = "csv") -> dict[str, Any]:
    today = timezone.localdate()
    params = {
        "classes": [str(school.class_7a().pk)],
        "since": str(today - timedelta(days=30)),
        "until": str(today + timedelta(days=30)),
    }
    return {"kind": kind, "params": params, "format": into}


def ask(school: School, email: str = STAFF, **more: Any) -> dict[str, Any]:
    answer = post(client_of(email), "/api/reports", {**asked(school), **more})
    assert answer.status_code == 202, answer.content
    told: dict[str, Any] = answer.json()
    return told


def made(school: School, work_off: Callable[[], int], email: str = STAFF, **more: Any) -> int:
    """A report that is ready."""
    report_id = int(ask(school, email, **more)["id"])
    work_off()
    assert Report.objects.get(pk=report_id).state == ReportState.READY
    return report_id


def step(email: str, report_id: int, name: str, **body: Any) -> dict[str, Any]:
    answer = post(client_of(email), f"/api/reports/{report_id}/{name}", body)
    assert answer.status_code in {200, 202}, answer.content
    told: dict[str, Any] = answer.json()
    return told


def approved(school: School, work_off: Callable[[], int], **more: Any) -> int:
    report_id = made(school, work_off, **more)
    step(STAFF, report_id, "submit")
    step(HEAD, report_id, "review", decision="approve", comment="Good.")
    return report_id


def test_from_request_to_release(school: School, work_off: Callable[[], int]) -> None:
    """Staff ask, a worker makes it, the head approves, and staff get exactly what was approved."""
    school.publish()
    first = ask(school)
    assert first["state"] == "requested"
    assert first["stream"] == f"report:{first['id']}"
    work_off()
    report_id = int(first["id"])
    told = client_of(STAFF).get(f"/api/reports/{report_id}").json()
    assert (told["state"], told["progress"], told["rows"]) == ("ready", 1.0, 30)

    step(STAFF, report_id, "submit")
    sealed = step(HEAD, report_id, "review", decision="approve")
    assert sealed["state"] == "approved"
    assert len(sealed["seal"]) == 64
    step(STAFF, report_id, "release", audience="staff")
    work_off()

    content = b"".join(client_of(TEACHER).get(f"/api/reports/{report_id}/content"))
    assert hashlib.sha256(content).hexdigest() == sealed["sha256"]
    rows = list(csv.reader(io.StringIO(content.decode())))
    assert len(rows) == 31
    told_to = set(Notice.objects.filter(kind="report").values_list("person__email", flat=True))
    assert told_to == {STAFF, HEAD, TEACHER, "admin@oakwood.example"}


def test_equal_requests_share_one_report(school: School, work_off: Callable[[], int]) -> None:
    first, second = ask(school), ask(school, HEAD)
    assert first["id"] == second["id"]
    assert Report.objects.count() == 1
    work_off()
    assert ask(school)["id"] != first["id"], "what is made already is not being made"


def test_who_asked_does_not_review(school: School, work_off: Callable[[], int]) -> None:
    report_id = int(ask(school, HEAD)["id"])
    ask(school, "admin@oakwood.example")
    work_off()
    step(HEAD, report_id, "submit")
    for email in (HEAD, "admin@oakwood.example"):
        body = {"decision": "approve"}
        refused = post(client_of(email), f"/api/reports/{report_id}/review", body)
        assert_problem(refused, 403)


def test_steps_out_of_turn_are_refused(school: School, work_off: Callable[[], int]) -> None:
    report_id = made(school, work_off)
    staff, head = client_of(STAFF), client_of(HEAD)
    at = f"/api/reports/{report_id}"
    assert_problem(post(staff, f"{at}/release", {"audience": "staff"}), 409)
    assert_problem(post(staff, f"{at}/recall", {}), 409)
    assert_problem(post(staff, f"{at}/cancel", {}), 409)
    assert_problem(post(head, f"{at}/review", {"decision": "approve"}), 409)
    assert Report.objects.get(pk=report_id).state == ReportState.READY


def test_a_cancelled_report_is_never_made(school: School, work_off: Callable[[], int]) -> None:
    report_id = int(ask(school)["id"])
    assert step(STAFF, report_id, "cancel")["state"] == "cancelled"
    work_off()
    assert Report.objects.get(pk=report_id).state == ReportState.CANCELLED
    assert not path_of(ReportVersion.objects.get().folder).exists()
    assert step(STAFF, report_id, "remake")["state"] == "requested"
    work_off()
    assert Report.objects.get(pk=report_id).state == ReportState.READY


def graded(school: School, homework: Homework, score: str = "80") -> Submission:
    """A submission that its teacher has graded, written past the actions."""
    now = timezone.now()
    found, _ = Submission.objects.update_or_create(
        homework=homework,
        student=User.objects.get(email="student1@oakwood.example"),
        defaults={
            "centre_id": homework.centre_id,
            "state": "graded",
            "version": 1,
            "handed_in_at": now,
            "due_at": homework.due_at,
            "score": Decimal(score),
        },
    )
    return found


def test_changed_marks_make_it_stale(school: School, work_off: Callable[[], int]) -> None:
    """It cannot be released until it is made anew, and the difference is told."""
    homework = school.publish()
    graded(school, homework, "80")
    report_id = approved(school, work_off)
    graded(school, homework, "40")
    released = post(client_of(STAFF), f"/api/reports/{report_id}/release", {"audience": "staff"})
    assert_problem(released, 409)
    assert Report.objects.get(pk=report_id).state == ReportState.STALE
    assert_problem(client_of(TEACHER).get(f"/api/reports/{report_id}/content"), 404)

    step(STAFF, report_id, "remake")
    work_off()
    told = client_of(STAFF).get(f"/api/reports/{report_id}/differences?before=1&after=2").json()
    assert [(each["what"], each["changes"]) for each in told["rows"]] == [
        ("changed", [{"figure": "Average", "before": "0.8", "after": "0.4"}])
    ]


def test_a_recalled_report_is_gone_at_once(school: School, work_off: Callable[[], int]) -> None:
    report_id = approved(school, work_off)
    step(STAFF, report_id, "release", audience="staff")
    teacher = client_of(TEACHER)
    assert teacher.get(f"/api/reports/{report_id}/content").status_code == 200
    step(STAFF, report_id, "recall")
    assert_problem(teacher.get(f"/api/reports/{report_id}/content"), 404)
    assert teacher.get("/api/reports/released").json()["items"] == []


def test_a_file_that_was_changed_cannot_be_released(
    school: School, work_off: Callable[[], int]
) -> None:
    report_id = approved(school, work_off)
    version = ReportVersion.objects.get()
    path = path_of(version.folder) / version.file_name
    path.write_bytes(path.read_bytes() + b"one more\n")
    refused = post(client_of(STAFF), f"/api/reports/{report_id}/release", {"audience": "staff"})
    assert_problem(refused, 409)
    assert Report.objects.get(pk=report_id).state == ReportState.APPROVED


def card_params(school: School) -> dict[str, Any]:
    return {
        "kind": "report_cards",
        "params": {
            "classes": [str(school.class_7a().pk)],
            "term": str(Term.objects.get(centre__slug="oakwood").pk),
        },
        "format": "pdf",
    }


def test_each_family_gets_its_own_card(school: School, work_off: Callable[[], int]) -> None:
    """By the seal of the head; who may not know of the child gets nothing, and loses it at once."""
    blocked = Guardianship.objects.get(guardian__email="parent2@oakwood.example")
    blocked.custody_blocked = True
    blocked.save()
    report_id = approved(school, work_off, **card_params(school))
    step(STAFF, report_id, "release", audience=["guardians", "pupils"])
    work_off()

    parent = client_of("parent1@oakwood.example")
    (mine,) = parent.get("/api/reports/released").json()["items"]
    assert mine["student_name"] == school.user("student1@oakwood.example").name
    content = b"".join(parent.get(f"/api/reports/{report_id}/content"))
    assert hashlib.sha256(content).hexdigest() == mine["sha256"]
    with PdfDocument(content) as pdf:
        words = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert mine["student_name"] in words
    assert school.user("student3@oakwood.example").name not in words
    other = school.user("student3@oakwood.example").pk
    foreign = parent.get(f"/api/reports/{report_id}/content?student_id={other}")
    assert_problem(foreign, 404)
    assert_problem(
        client_of("parent2@oakwood.example").get(f"/api/reports/{report_id}/content"), 404
    )

    told = set(Notice.objects.filter(kind="report").values_list("person__email", flat=True))
    assert {"parent1@oakwood.example", "student1@oakwood.example"} <= told
    assert "parent2@oakwood.example" not in told
    Guardianship.objects.filter(guardian__email="parent1@oakwood.example").update(
        custody_blocked=True
    )
    assert_problem(parent.get(f"/api/reports/{report_id}/content"), 404)


def test_cards_that_are_made_are_not_made_again(
    school: School,
    work_off: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The worker dies after the first twenty; the next one makes the other ten."""
    real, log = formats.write_cards, tmp_path / "asked-for"

    def dies_at_the_second(cards: Any, form: Any, progress: Any) -> None:
        """In a process of its own, which leaves no more than files."""
        with log.open("a") as told:
            told.write(f"{len(batch := list(cards))}\n")
        if len(log.read_text().split()) == 2:
            raise OSError("no space left on device")
        real(batch, form, progress)

    monkeypatch.setattr(formats, "write_cards", dies_at_the_second)
    report_id = int(ask(school, **card_params(school))["id"])
    work_off()
    first = dict(ReportCard.objects.values_list("student_id", "file_name"))
    assert len(first) == 20
    assert Report.objects.get(pk=report_id).state == ReportState.GENERATING

    Delivery.objects.filter(handler="reports.make_report").update(due_at=timezone.now())
    work_off()
    assert Report.objects.get(pk=report_id).state == ReportState.READY
    assert log.read_text().split() == ["20", "10", "10"]
    cards = dict(ReportCard.objects.values_list("student_id", "file_name"))
    assert first.items() <= cards.items()
    assert len(cards) == 30


def test_a_job_that_is_stopped_leaves_no_report_waiting(
    school: School, work_off: Callable[[], int]
) -> None:
    report = Report.objects.get(pk=ask(school)["id"])
    stopped = post(client_of(STAFF), f"/api/jobs/{report.job}/cancel", {})
    assert stopped.status_code == 200
    work_off()
    report.refresh_from_db()
    assert report.state == ReportState.CANCELLED


def test_a_key_counts_where_data_is_looked_at(school: School, work_off: Callable[[], int]) -> None:
    """A key's request is one transaction, and the looks are within it."""
    staff = client_of(STAFF)
    wanted = {name: asked(school)[name] for name in ("kind", "params")}
    seen = post(staff, "/api/reports/preview", wanted, idempotency_key="look")
    assert len(seen.json()["rows"]) == 10
    homework = school.publish()
    graded(school, homework, "80")
    report_id = approved(school, work_off)
    address, body = f"/api/reports/{report_id}/release", {"audience": "staff"}
    released = [post(staff, address, body, idempotency_key="once") for _ in range(2)]
    assert [each.status_code for each in released] == [200, 200]
    assert released[0].content == released[1].content

    other_id = approved(school, work_off)
    graded(school, homework, "40")
    address = f"/api/reports/{other_id}/release"
    assert_problem(post(staff, address, body, idempotency_key="late"), 409)


def test_a_long_list_of_waiting_reports_asks_no_more(
    school: School, django_assert_max_num_queries: Any
) -> None:
    staff = client_of(STAFF)
    with CaptureQueriesContext(connection) as few:
        ask(school)
        few_before = len(few)
        staff.get("/api/reports")
    one = len(few) - few_before
    for into in ("pdf", "xlsx", "html"):
        ask(school, format=into)
    with django_assert_max_num_queries(one):
        told = staff.get("/api/reports").json()["items"]
    assert [each["position"] for each in told] == [4, 3, 2, 1]


def test_the_portal_does_not_load_what_only_workers_draw_with() -> None:
    """Each of these is tens of megabytes in every web process."""
    code = "import django; django.setup(); import core.urls, sys; print(*sys.modules)"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "core.settings"}
    loaded = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=CHECKOUT, capture_output=True, check=True
    ).stdout.split()
    assert b"core.reports.document_pages" in loaded
    assert not {b"typst", b"vl_convert", b"xlsxwriter"} & set(loaded)
