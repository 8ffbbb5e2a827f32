"""Reports that cannot be made, and how long those take that can."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

from core import clock
from core.events.models import Delivery
from core.notices.models import Notice
from core.reports.kinds import kinds
from core.reports.storage import ROOM
from tests.flow import test_reports as life
from tests.flow.conftest import School
from tests.flow.people import OPERATOR, assert_problem, client_of, post
from tests.flow.report_stories import ATTEMPTS, in_time, of_kind
from tests.flow.test_report_steps import content, told
from tests.flow.test_reports import STAFF, ask, step

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]

WorkOff = Callable[[], int]
STRANGE_STAFF: Final = "staff@riverside.example"


@contextmanager
def a_file_in_the_way() -> Iterator[None]:
    """Where the folder of reports should be."""
    file = Path(settings.MEDIA_ROOT) / ROOM
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    yield
    file.unlink()


@contextmanager
def a_broken_query() -> Iterator[None]:
    real = kinds()["class_progress"]
    kinds()["class_progress"] = replace(real, queries={"rows": "SELECT 1 / 0 AS student_id"})
    try:
        yield
    finally:
        kinds()["class_progress"] = real


def spend_attempts(work_off: WorkOff) -> None:
    for _ in range(ATTEMPTS):
        assert not of_kind("ReportFailed")(), "too early"
        Delivery.objects.filter(handler="reports.make_report").update(due_at=clock.now())
        work_off()


@pytest.mark.parametrize("trouble", [a_file_in_the_way, a_broken_query])
def test_a_report_that_cannot_be_made_has_failed(
    school: School, work_off: WorkOff, trouble: Callable[[], AbstractContextManager[None]]
) -> None:
    """After its last attempt; who asked for it is told, and can have it made anew."""
    report_id = int(ask(school)["id"])
    with trouble():
        spend_attempts(work_off)
    failed = told(report_id)
    assert (failed["state"], failed["progress"], failed["sha256"]) == ("failed", 0.0, "")
    assert failed["expires_at"] is not None
    assert_problem(content(report_id, STAFF), 409)
    said = Notice.objects.get(title__startswith="Report failed")
    assert (said.person.email, said.url) == (STAFF, f"/reports/{report_id}")

    step(STAFF, report_id, "remake")
    work_off()
    assert (told(report_id)["state"], told(report_id)["version"]) == ("ready", 2)
    assert content(report_id, STAFF).status_code == 200


def test_an_operator_can_have_the_same_version_tried_again(
    school: School, work_off: WorkOff
) -> None:
    """What was wrong is put right, and the dead letter redriven."""
    report_id = int(ask(school)["id"])
    with a_file_in_the_way():
        spend_attempts(work_off)
    order = {"filter": {"handler": "reports.make_report"}, "dry_run": False}
    answer = post(client_of(OPERATOR), "/api/ops/dead-letters/redrive", order)
    assert answer.status_code == 200, answer.content
    in_time()
    assert (told(report_id)["state"], told(report_id)["version"]) == ("ready", 1)


# The estimate


def test_it_is_said_how_long_it_takes_once_two_were_made(school: School, work_off: WorkOff) -> None:
    for _ in range(2):
        waiting = told(int(ask(school)["id"]))
        assert (waiting["position"], waiting["eta_seconds"]) == (1, None)
        work_off()
    third = told(int(ask(school)["id"]))
    assert third["position"] == 1
    assert third["eta_seconds"] >= 1
    page = told(int(ask(school, format="html")["id"]))
    assert (page["position"], page["eta_seconds"]) == (2, None), "of these none was made"


def test_its_place_counts_those_before_it_in_all_centres(school: School, work_off: WorkOff) -> None:
    first = int(ask(school)["id"])
    params = life.asked(school)["params"] | {"classes": [str(school.class_7a("riverside").pk)]}
    second = int(ask(school, STRANGE_STAFF, params=params)["id"])
    third = int(ask(school, format="html")["id"])
    places = [told(first), told(second, STRANGE_STAFF), told(third)]
    assert [each["position"] for each in places] == [1, 2, 3]
    step(STAFF, first, "cancel")
    assert told(third)["position"] == 2
    work_off()
    assert told(third)["position"] is None
