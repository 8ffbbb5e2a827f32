"""Reports that come by themselves, each time once, for named staff."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from core.events.models import Delivery
from core.reports.models import RecurringReport, Report, ReportAsker
from tests.flow.conftest import School
from tests.flow.people import assert_problem, client_of, post

pytestmark = pytest.mark.django_db(transaction=True)

STAFF, HEAD, PARENT = ("staff@oakwood.example", "head@oakwood.example", "parent1@oakwood.example")
DUE = "cleanup.make_recurring"


@pytest.fixture(autouse=True)
def _media(media: Path) -> None:
    """Files of reports lie in a directory of the test's own."""


def body(school: School, **more: Any) -> dict[str, Any]:
    return {
        "kind": "class_progress",
        "params": {"classes": [str(school.class_7a().pk)]},
        "format": "csv",
        "every": "day",
        "first_on": str(timezone.localdate()),
        "hour": 7,
        "readers": [str(school.user(HEAD).pk)],
        **more,
    }


def come_due() -> None:
    """Let the planned time be a moment ago, for the plan and for what waits for it."""
    past = timezone.now() - timedelta(minutes=1)
    planned = RecurringReport.objects.get()
    planned.next_at = past
    planned.save()
    waiting = Delivery.objects.filter(handler=DUE, state="pending")
    for delivery in waiting.select_related("event"):
        delivery.event.payload["due_at"] = past.isoformat()
        delivery.event.save()
    waiting.update(due_at=past)


def test_it_comes_and_is_planned_again(school: School, work_off: Callable[[], int]) -> None:
    """The head gets what staff have saved, by notice and mail, and it will come again."""
    answer = post(client_of(STAFF), "/api/recurring-reports", body(school))
    assert answer.status_code == 201, answer.content
    work_off()
    assert not Report.objects.exists(), "its time has not come"

    come_due()
    work_off()
    report = Report.objects.get()
    assert report.state == "ready"
    assert report.params["until"] == str(timezone.localdate() - timedelta(days=1))
    askers = ReportAsker.objects.filter(report=report)
    assert set(askers.values_list("person__email", flat=True)) == {STAFF, HEAD}
    mailed = Delivery.objects.filter(handler="email.mail_ready").exclude(key="")
    assert str(school.user(HEAD).pk) in mailed.values_list("key", flat=True)
    assert RecurringReport.objects.get().next_at > timezone.now()
    assert Delivery.objects.filter(handler=DUE, state="pending").count() == 1


def test_what_is_ended_comes_no_more(school: School, work_off: Callable[[], int]) -> None:
    saved = post(client_of(STAFF), "/api/recurring-reports", body(school)).json()
    ended = client_of(STAFF).delete(f"/api/recurring-reports/{saved['id']}")
    assert ended.status_code == 204
    come_due()
    work_off()
    assert not Report.objects.exists()
    assert client_of(STAFF).get("/api/recurring-reports").json()["items"] == []


@pytest.mark.parametrize(
    ("wrong", "loc"),
    [
        ({"readers": []}, "readers"),
        ({"kind": "horoscope"}, "kind"),
        ({"params": {}}, "params.classes"),
        ({"first_on": "2999-01-01"}, "first_on"),
        ({"hour": 24}, "hour"),
    ],
)
def test_what_cannot_be_is_refused(school: School, wrong: dict[str, Any], loc: str) -> None:
    refused = post(client_of(STAFF), "/api/recurring-reports", body(school, **wrong))
    assert_problem(refused, 422)
    field = loc.rpartition(".")[2]
    assert any(field in str(error["loc"]) for error in refused.json()["errors"])
    assert not RecurringReport.objects.exists()


def test_only_staff_are_readers(school: School) -> None:
    wrong = body(school, readers=[str(school.user(PARENT).pk)])
    assert_problem(post(client_of(STAFF), "/api/recurring-reports", wrong), 422)


def test_it_is_saved_and_ended_on_a_page(school: School) -> None:
    """Readers and rhythm are chosen, the days are not: they are those since the time before."""
    staff = client_of(STAFF)
    page = staff.get("/reports/recurring/new?kind=class_progress").content.decode()
    assert 'name="params.classes"' in page
    assert 'name="params.since"' not in page
    filled = {
        "params.classes": [str(school.class_7a().pk)],
        "format": "csv",
        "every": "week",
        "first_on": str(timezone.localdate()),
        "hour": "7",
        "readers": [str(school.user(HEAD).pk)],
    }
    wrong = staff.post("/reports/recurring/new?kind=class_progress", {**filled, "readers": []})
    assert wrong.status_code == 422
    assert not RecurringReport.objects.exists()

    saved = staff.post("/reports/recurring/new?kind=class_progress", filled)
    assert saved.status_code == 302
    assert "Harper Hill" in staff.get("/reports/recurring").content.decode()
    ended = staff.post(f"/reports/recurring/{RecurringReport.objects.get().pk}/end")
    assert ended.status_code == 302
    assert RecurringReport.objects.get().ended_at
