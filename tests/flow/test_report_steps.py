"""What becomes of a report by itself: out of date, released at a time, over."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import clock
from core.audit.models import AuditEntry
from core.classes.actions import assign_teacher, open_class
from core.classes.enrolment_actions import enrol_student
from core.events.models import Delivery
from core.homework.actions import draft_homework, publish_homework
from core.homework.models import Homework
from core.notices.models import Notice
from core.reports import formats, releasing
from core.reports.expiry import expire_reports
from core.reports.freshness import is_outdated
from core.reports.models import Report, ReportState, ReportVersion
from core.reports.storage import path_of
from core.submissions.actions import grade_submission
from core.submissions.models import Submission
from tests.clock import in_a_week
from tests.flow import test_reports as life
from tests.flow.conftest import School
from tests.flow.handing_in import graded, handed_in
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, post
from tests.flow.report_stories import in_time, of_kind, remark
from tests.flow.test_reports import STAFF, approved, ask, card_params, made, step

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]

WorkOff = Callable[[], int]


def state_of(report_id: int) -> str:
    return str(Report.objects.get(pk=report_id).state)


def told(report_id: int, email: str = STAFF) -> dict[str, Any]:
    found: dict[str, Any] = client_of(email).get(f"/api/reports/{report_id}").json()
    return found


def content(report_id: int, email: str, query: str = "") -> Any:
    return client_of(email).get(f"/api/reports/{report_id}/content{query}")


# Marks that change


@pytest.fixture
def work(school: School) -> Submission:
    """What a student has handed in."""
    return handed_in(school, school.publish())


def in_another_class(school: School, _work: Submission) -> None:
    """The same teacher and student, but a class that the report is not about."""
    by = school.actor(STAFF)
    other = open_class(name="7B", by=by)
    assign_teacher(class_id=other.pk, person_id=school.user(TEACHER).pk, by=by)
    enrol_student(class_id=other.pk, student_id=school.user(STUDENT).pk, by=by)
    teacher = school.actor(TEACHER)
    homework = draft_homework(
        class_id=other.pk, title="Maps", body="Page 3.", due_at=in_a_week(), by=teacher
    )
    publish_homework(homework_id=homework.pk, by=teacher)
    graded(school, handed_in(school, homework))


def other_words_alone(school: School, work: Submission) -> None:
    """The score that is there already, with another comment."""
    by, score = school.actor(TEACHER), Decimal("87.5")
    grade_submission(submission_id=work.pk, score=score, comment="Very well done.", by=by)


def test_a_grade_puts_an_approved_report_out_of_date(
    school: School, work: Submission, work_off: WorkOff
) -> None:
    report_id = approved(school, work_off)
    graded(school, work)
    in_time()
    assert state_of(report_id) == ReportState.STALE
    said = Notice.objects.get(title__startswith="Report out of date")
    assert said.person.email == STAFF
    released = post(client_of(STAFF), f"/api/reports/{report_id}/release", {"audience": "staff"})
    assert_problem(released, 409)


@pytest.mark.parametrize("change", [in_another_class, other_words_alone])
def test_a_grade_that_changes_nothing_of_it_leaves_it_as_it_is(
    school: School,
    work: Submission,
    work_off: WorkOff,
    change: Callable[[School, Submission], None],
) -> None:
    graded(school, work, "87.5")
    in_time()
    report_id = approved(school, work_off)
    change(school, work)
    in_time()
    assert of_kind("ReportDoubted")() > 0, "it was looked at"
    assert state_of(report_id) == ReportState.APPROVED
    assert Report.objects.get().doubted_at is None, "and will be again"


def test_a_remark_puts_report_cards_out_of_date_and_nothing_else(
    school: School, work_off: WorkOff
) -> None:
    progress = made(school, work_off)
    cards = made(school, work_off, **card_params(school) | {"format": "html"})
    remark(school)
    in_time()
    assert (state_of(cards), state_of(progress)) == (ReportState.STALE, ReportState.READY)


def test_a_grade_that_comes_while_it_is_made_counts(
    school: School, work: Submission, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its data is read by then: it is made of that, and out of date as soon as it is made."""
    real = formats.write_cards

    def dies(*_: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(formats, "write_cards", dies)
    report_id = int(ask(school, **card_params(school))["id"])
    work_off()
    assert ReportVersion.objects.get().snapshot is not None
    graded(school, work)
    work_off()
    monkeypatch.setattr(formats, "write_cards", real)
    in_time()
    assert of_kind("ReportReady")() == 1
    assert state_of(report_id) == ReportState.STALE


# Released at a time


def scheduled(school: School, work_off: WorkOff) -> int:
    """Approved, and to be released tomorrow."""
    report_id = approved(school, work_off)
    at = clock.now() + timedelta(days=1)
    answer = step(STAFF, report_id, "release", audience="staff", at=at.isoformat())
    assert (answer["state"], answer["audience"]) == ("approved", ["staff"])
    work_off()
    assert_problem(content(report_id, TEACHER), 404)
    return report_id


def release_said() -> tuple[str, str]:
    """What became of the delivery that releases on time."""
    found = Delivery.objects.get(handler="notices.release_when_due")
    return found.state, found.detail


def test_it_is_released_at_its_time(school: School, work_off: WorkOff) -> None:
    report_id = scheduled(school, work_off)
    in_time()
    assert (told(report_id)["state"], told(report_id)["release_at"]) == ("released", None)
    assert content(report_id, TEACHER).status_code == 200
    entry = AuditEntry.objects.get(what="report.released")
    assert entry.by_id == school.user(STAFF).pk, "by whom it was scheduled"


def test_a_release_that_is_called_off_does_not_come(school: School, work_off: WorkOff) -> None:
    report_id = scheduled(school, work_off)
    off = step(STAFF, report_id, "recall")
    assert (off["state"], off["release_at"], off["audience"]) == ("approved", None, [])
    in_time()
    assert state_of(report_id) == ReportState.APPROVED
    assert release_said() == ("skipped", "the release was called off")
    assert AuditEntry.objects.filter(what="report.release-called-off").count() == 1


def test_one_that_is_called_off_at_the_last_moment_does_not_come_either(
    school: School, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the worker reads the data anew."""
    report_id = scheduled(school, work_off)

    def called_off_meanwhile(report: Report) -> bool:
        step(STAFF, report_id, "recall")
        return is_outdated(report)

    monkeypatch.setattr(releasing, "is_outdated", called_off_meanwhile)
    in_time()
    assert state_of(report_id) == ReportState.APPROVED
    assert release_said() == ("skipped", "the release was called off")


def test_one_that_is_put_off_comes_once_at_the_later_time(
    school: School, work_off: WorkOff
) -> None:
    report_id = scheduled(school, work_off)
    later = clock.now() + timedelta(days=2)
    step(STAFF, report_id, "release", audience="staff", at=later.isoformat())
    first, second = Delivery.objects.filter(handler="notices.release_when_due").order_by("id")
    Delivery.objects.filter(pk=first.pk).update(due_at=clock.now())
    work_off()
    assert state_of(report_id) == ReportState.APPROVED
    in_time()
    assert state_of(report_id) == ReportState.RELEASED
    states = Delivery.objects.in_bulk([first.pk, second.pk])
    assert [states[pk].state for pk in (first.pk, second.pk)] == ["skipped", "done"]


def test_it_is_not_released_when_marks_have_changed_meanwhile(
    school: School, work: Submission, work_off: WorkOff
) -> None:
    report_id = scheduled(school, work_off)
    life.graded(school, Homework.objects.get(), "40")  # no event tells of it
    in_time()
    assert (told(report_id)["state"], told(report_id)["release_at"]) == ("stale", None)
    assert release_said() == ("skipped", "the data has changed since it was approved")
    assert_problem(content(report_id, TEACHER), 404)


# Its end


def test_it_expires(school: School, work_off: WorkOff) -> None:
    """Its links are dead at once, and its files gone."""
    report_id = approved(school, work_off)
    step(STAFF, report_id, "release", audience="staff")
    step(STAFF, kept := made(school, work_off, format="html"), "submit")
    Report.objects.filter(pk=report_id).update(expires_at=clock.now())
    assert expire_reports() == 1
    assert (state_of(report_id), state_of(kept)) == ("expired", "in_review")
    assert client_of(TEACHER).get("/api/reports/released").json()["items"] == []
    assert_problem(content(report_id, TEACHER), 404)
    for query in ("", "?version=1"):
        assert_problem(content(report_id, STAFF, query), 409)
    in_time()
    assert not path_of(ReportVersion.objects.get(report=report_id).folder).exists()
    assert path_of(ReportVersion.objects.get(report=kept).folder).exists()
    assert_problem(post(client_of(STAFF), f"/api/reports/{report_id}/remake", {}), 409)


def test_what_was_never_made_is_over_one_day_too(school: School, work_off: WorkOff) -> None:
    """With the data that was read for it."""
    report_id = int(ask(school)["id"])
    step(STAFF, report_id, "cancel")
    assert told(report_id)["expires_at"] is not None
    Report.objects.update(expires_at=clock.now())
    assert expire_reports() == 1
    work_off()
    assert state_of(report_id) == ReportState.EXPIRED
