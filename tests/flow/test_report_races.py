"""Two who do something with a report at the same moment: it is one after the other, or refused."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from core.jobs.models import Job
from core.reports import making
from core.reports.models import Report, ReportAsker, ReportReview, ReportState, ReportVersion
from tasks.drain import drain
from tasks.reports.making import make_report
from tests.flow.conftest import School
from tests.flow.desk import ADMIN
from tests.flow.people import assert_problem, client_of, post
from tests.flow.report_stories import of_kind
from tests.flow.test_enrolment import at_once
from tests.flow.test_reports import HEAD, STAFF, approved, ask, asked, made, step

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]

WorkOff = Callable[[], int]
ROUNDS = 4


def sent(email: str, path: str, body: dict[str, Any]) -> Callable[[], Any]:
    """A request that is ready to be made."""
    return partial(post, client_of(email), path, body)


def statuses(*calls: Callable[[], Any]) -> list[int]:
    """What all were answered that were begun together."""
    return [answer.status_code for answer in at_once(calls)]


@pytest.mark.parametrize("into", ["pdf", "xlsx", "csv", "html"])
def test_two_equal_requests_share_one_report(school: School, into: str) -> None:
    body = asked(school, into=into)
    people = [school.user(email).pk for email in (STAFF, HEAD, ADMIN)]
    answers = at_once([sent(email, "/api/reports", body) for email in (STAFF, HEAD, ADMIN)])
    assert [answer.status_code for answer in answers] == [202] * 3
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert ReportVersion.objects.count() == Job.objects.count() == 1
    assert sorted(ReportAsker.objects.values_list("person_id", flat=True)) == sorted(people)


def test_of_two_equal_reports_one_is_made_anew(school: School, work_off: WorkOff) -> None:
    """At the same moment; the other is refused, since the same is being made."""
    old = [made(school, work_off), made(school, work_off)]
    calls = [sent(STAFF, f"/api/reports/{each}/remake", {}) for each in old]
    assert sorted(statuses(*calls)) == [202, 409]
    assert Report.objects.filter(state=ReportState.REQUESTED).count() == 1


def test_to_make_anew_what_is_being_asked_for_is_refused_or_shared(
    school: School, work_off: WorkOff
) -> None:
    for _ in range(ROUNDS):
        old = made(school, work_off)
        again = sent(STAFF, f"/api/reports/{old}/remake", {})
        anew = sent(HEAD, "/api/reports", asked(school))
        remade, asked_for = at_once([again, anew])
        assert (remade.status_code, asked_for.status_code) in {(202, 202), (409, 202)}
        live = Report.objects.get(state=ReportState.REQUESTED)
        assert asked_for.json()["id"] == str(live.pk)
        assert (live.pk == old) == (remade.status_code == 202)
        work_off()


def test_of_two_decisions_one_counts(school: School, work_off: WorkOff) -> None:
    for _ in range(ROUNDS):
        report_id = made(school, work_off)
        step(STAFF, report_id, "submit")
        at = f"/api/reports/{report_id}/review"
        approve = sent(HEAD, at, {"decision": "approve"})
        change = sent(ADMIN, at, {"decision": "changes", "comment": "Not yet."})
        approved_it, changed_it = statuses(approve, change)
        assert sorted((approved_it, changed_it)) == [200, 409]
        told = ReportReview.objects.get(report=report_id)
        won = ReportState.APPROVED if approved_it == 200 else ReportState.CHANGES_REQUESTED
        assert Report.objects.get(pk=report_id).state == won
        assert (told.decision == "approve") == (approved_it == 200)


def test_what_is_reviewed_is_not_made_anew_under_the_reviewer(
    school: School, work_off: WorkOff
) -> None:
    """To make it anew is refused, unless the decision was there before: then that stands."""
    for _ in range(ROUNDS):
        report_id = made(school, work_off)
        step(STAFF, report_id, "submit")
        at = f"/api/reports/{report_id}"
        review = sent(HEAD, f"{at}/review", {"decision": "approve"})
        reviewed, remade = statuses(review, sent(STAFF, f"{at}/remake", {}))
        report = Report.objects.get(pk=report_id)
        assert reviewed == 200
        assert (remade, report.number, report.state) in {
            (409, 1, ReportState.APPROVED),
            (202, 2, ReportState.REQUESTED),
        }
        seals = dict(ReportVersion.objects.filter(report=report).values_list("number", "seal"))
        assert seals.pop(1)
        assert not any(seals.values()), "nobody has approved the new version"
        assert ReportReview.objects.get(report=report).number == 1
        work_off()


def test_of_releasing_and_making_anew_one_happens(school: School, work_off: WorkOff) -> None:
    for _ in range(ROUNDS):
        report_id = approved(school, work_off)
        at = f"/api/reports/{report_id}"
        release = sent(STAFF, f"{at}/release", {"audience": "staff"})
        released, remade = statuses(release, sent(STAFF, f"{at}/remake", {}))
        state = Report.objects.get(pk=report_id).state
        assert (released, remade, state) in {
            (200, 409, ReportState.RELEASED),
            (409, 202, ReportState.REQUESTED),
        }
        work_off()


# Cancelled while a worker ends it


Finish = Callable[[making.Order, making.Made], bool]


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """What happens when the file is written, and the worker is about to say so."""
    real: Finish = making.finish

    def finish(order: making.Order, made: making.Made) -> bool:
        happens()
        return real(order, made)

    monkeypatch.setattr(making, "finish", finish)


def is_there(report_id: int) -> bool:
    """Whether its file can be had; if not, it is refused."""
    answer = client_of(STAFF).get(f"/api/reports/{report_id}/content")
    if answer.status_code != 200:
        assert_problem(answer, 409)
    return bool(answer.status_code == 200)


def test_what_is_cancelled_at_the_last_moment_is_not_there(
    school: School, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = int(ask(school)["id"])
    cancel = sent(STAFF, f"/api/reports/{report_id}/cancel", {})
    answers: list[int] = []
    meanwhile(monkeypatch, lambda: answers.extend(statuses(cancel)))
    work_off()
    assert answers == [200]
    assert Report.objects.get().state == ReportState.CANCELLED
    assert Job.objects.get().state == "cancelled"
    assert ReportVersion.objects.get().made_at is None
    assert not is_there(report_id)
    assert of_kind("ReportReady")() == 0


def test_of_cancelling_and_finishing_one_happens(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_end = threading.Barrier(2, timeout=30)
    meanwhile(monkeypatch, at_the_end.wait)
    for _ in range(ROUNDS):
        report_id = int(ask(school)["id"])
        cancel = sent(STAFF, f"/api/reports/{report_id}/cancel", {})

        def cancel_at_the_end(cancel: Callable[[], Any] = cancel) -> Any:
            at_the_end.wait()
            return cancel()

        answer, _ran = at_once([cancel_at_the_end, partial(drain, make_report)])
        report = Report.objects.get(pk=report_id)
        job = Job.objects.latest("requested_at")
        outcome = (answer.status_code, str(report.state), str(job.state))
        assert outcome in {(200, "cancelled", "cancelled"), (409, "ready", "done")}
        assert is_there(report_id) == (report.state == ReportState.READY)
