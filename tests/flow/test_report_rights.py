"""Who gets what of a report, for how long, and that each step of it is written down."""

import hashlib
from collections.abc import Callable
from typing import Any, Final

import pytest

from core.audit.models import AuditEntry
from core.classes.actions import assign_teacher, open_class
from core.people.guardians import block_guardian, link_guardian, unblock_guardian
from core.people.models import Centre, Guardianship, Membership, Role, User
from core.reports.models import Report, ReportCard, ReportRecipient, ReportState, ReportVersion
from core.reports.storage import path_of
from tests.flow.conftest import School
from tests.flow.people import PARENT, STUDENT, TEACHER, assert_problem, client_of, post
from tests.flow.test_reports import HEAD, STAFF, approved, asked, card_params, made, step

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]

WorkOff = Callable[[], int]
ADMIN: Final = "admin@oakwood.example"
SECOND_TEACHER: Final = "second.teacher@oakwood.example"
# Every way to a report by its number: for whom it is another centre's, each is 404.
READS: Final = ("", "/content", "/content?version=1", "/reviews", "/recipients")
COMPARING: Final = "/differences?before=1&after=1"
STEPS: Final[dict[str, dict[str, Any]]] = {
    "cancel": {},
    "remake": {},
    "submit": {},
    "review": {"decision": "approve"},
    "release": {"audience": "staff"},
    "recall": {},
}
OFFICE_ALONE: Final = ("review", "release", "recall")


def released_cards(school: School, work_off: WorkOff, *audience: str) -> int:
    """Report cards that are released to the audience."""
    params = card_params(school) | {"format": "html"}
    report_id = approved(school, work_off, **params)
    step(STAFF, report_id, "release", audience=audience)
    return report_id


def released_to(email: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client_of(email).get("/api/reports/released").json()["items"]
    return found


def content(report_id: int, email: str, query: str = "") -> Any:
    return client_of(email).get(f"/api/reports/{report_id}/content{query}")


def sha256_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return hashlib.sha256(b"".join(answer)).hexdigest()


def card_of(school: School, email: str) -> ReportCard:
    return ReportCard.objects.get(student=school.user(email))


# Families


def test_a_family_never_gets_the_whole_file(school: School, work_off: WorkOff) -> None:
    """However they ask for it."""
    report_id = released_cards(school, work_off, "guardians", "pupils")
    for email in (PARENT, STUDENT):
        mine = card_of(school, STUDENT)
        for query in ("", "?version=1", f"?student_id={mine.student_id}"):
            assert sha256_of(content(report_id, email, query)) == mine.sha256
        others = card_of(school, "student2@oakwood.example").student_id
        assert_problem(content(report_id, email, f"?student_id={others}"), 404)
        assert client_of(email).get(f"/api/reports/{report_id}").status_code == 403
    assert ReportVersion.objects.get().sha256 not in {
        each["sha256"] for each in released_to(PARENT)
    }


def test_what_is_released_to_the_staff_alone_is_nothing_to_families(
    school: School, work_off: WorkOff
) -> None:
    report_id = released_cards(school, work_off, "staff")
    for email in (PARENT, STUDENT):
        assert released_to(email) == []
        assert_problem(content(report_id, email), 404)
    whole = ReportVersion.objects.get().sha256
    assert sha256_of(content(report_id, TEACHER)) == whole


def test_a_guardian_of_two_has_two_cards(school: School, work_off: WorkOff) -> None:
    second = school.user("student2@oakwood.example")
    parent, by = school.user(PARENT), school.actor(ADMIN)
    link_guardian(guardian_id=parent.pk, student_id=second.pk, by=by)
    report_id = released_cards(school, work_off, "guardians")
    wards = {each["student_id"]: each["sha256"] for each in released_to(PARENT)}
    assert set(wards) == {str(school.user(STUDENT).pk), str(second.pk)}
    for student_id, sha256 in wards.items():
        got = content(report_id, PARENT, f"?student_id={student_id}")
        assert sha256_of(got) == sha256


def test_recall_and_custody_hold_at_once(school: School, work_off: WorkOff) -> None:
    """From the answer on, before any worker has done anything."""
    report_id = released_cards(school, work_off, "guardians", "pupils")
    assert len(released_to(PARENT)) == len(released_to(STUDENT)) == 1
    ward = Guardianship.objects.get(guardian__email=PARENT)
    by = school.actor(ADMIN)
    block_guardian(guardianship_id=ward.pk, reason="A court's order.", by=by)
    assert released_to(PARENT) == []
    assert_problem(content(report_id, PARENT), 404)
    assert client_of(PARENT).get(f"/reports/released/{report_id}").status_code == 404
    assert len(released_to(STUDENT)) == 1
    unblock_guardian(guardianship_id=ward.pk, reason="It was lifted.", by=by)
    assert len(released_to(PARENT)) == 1

    step(STAFF, report_id, "recall")
    for email in (PARENT, STUDENT):
        assert released_to(email) == []
        assert_problem(content(report_id, email), 404)


def test_a_card_that_was_changed_is_not_released(school: School, work_off: WorkOff) -> None:
    """The seal is over each of them."""
    params = card_params(school) | {"format": "html"}
    report_id = approved(school, work_off, **params)
    card = card_of(school, STUDENT)
    path = path_of(card.version.folder) / card.file_name
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"<title>", b"<title>Excellent: ", 1))
    at, body = f"/api/reports/{report_id}/release", {"audience": ["guardians"]}
    assert_problem(post(client_of(STAFF), at, body), 409)
    assert not ReportRecipient.objects.exists()
    path.write_bytes(whole)
    assert post(client_of(STAFF), at, body).status_code == 200


def test_who_has_opened_it_and_who_has_saved_it_is_remembered(
    school: School, work_off: WorkOff
) -> None:
    report_id = released_cards(school, work_off, "guardians")
    client_of(PARENT).get(f"/reports/released/{report_id}")
    content(report_id, "parent2@oakwood.example")
    at = f"/api/reports/{report_id}/recipients?limit=200"
    first = {each["person_id"]: each for each in client_of(STAFF).get(at).json()["items"]}
    assert len(first) == 30
    noted = {
        email: (one["opened_at"] is not None, one["downloaded_at"] is not None)
        for email in (PARENT, "parent2@oakwood.example", "parent3@oakwood.example")
        for one in [first[str(school.user(email).pk)]]
    }
    assert list(noted.values()) == [(True, False), (False, True), (False, False)]

    client_of(PARENT).get(f"/reports/released/{report_id}")
    content(report_id, "parent2@oakwood.example")
    again = {each["person_id"]: each for each in client_of(STAFF).get(at).json()["items"]}
    assert again == first, "the first time is what counts"


# Staff


@pytest.fixture
def second_teacher(school: School) -> str:
    """Who teaches 7B alone."""
    centre, by = Centre.objects.get(slug="oakwood"), school.actor(ADMIN)
    person = User.objects.create(email=SECOND_TEACHER, name="Sam Second")
    Membership.objects.create(user=person, centre=centre, roles=[Role.TEACHER])
    other = open_class(name="7B", by=by)
    assign_teacher(class_id=other.pk, person_id=person.pk, by=by)
    return SECOND_TEACHER


def test_a_teacher_of_another_class_sees_nothing_of_it(
    school: School, work_off: WorkOff, second_teacher: str
) -> None:
    report_id = approved(school, work_off)
    step(STAFF, report_id, "release", audience="staff")
    work_off()
    client = client_of(second_teacher)
    assert client.get("/api/reports").json()["items"] == []
    assert released_to(second_teacher) == []
    for path in (*READS, COMPARING):
        assert_problem(client.get(f"/api/reports/{report_id}{path}"), 404)
    for name, body in STEPS.items():
        answer = post(client, f"/api/reports/{report_id}/{name}", body)
        assert_problem(answer, 403 if name in OFFICE_ALONE else 404)
    refused = assert_problem(post(client, "/api/reports", asked(school)), 422)
    assert refused["errors"][0]["loc"][-1] == "params.classes"
    assert Report.objects.get().state == ReportState.RELEASED
    got = ReportRecipient.objects.filter(person__email=second_teacher)
    assert not got.exists()


@pytest.mark.parametrize("who", ["head", "admin"])
def test_another_centre_has_no_such_report(school: School, work_off: WorkOff, who: str) -> None:
    report_id = approved(school, work_off)
    step(STAFF, report_id, "release", audience="staff")
    client = client_of(f"{who}@riverside.example")
    nowhere = assert_problem(client.get(f"/api/reports/{10**9}"), 404)["detail"]
    answers = [client.get(f"/api/reports/{report_id}{path}") for path in (*READS, COMPARING)]
    for name, body in STEPS.items():
        answers.append(post(client, f"/api/reports/{report_id}/{name}", body))
    assert {assert_problem(answer, 404)["detail"] for answer in answers} == {nowhere}
    for path in ("", "/file", "/view", "/recipients", "/differences", "/pages/1.png"):
        assert client.get(f"/reports/{report_id}{path}").status_code == 404
    assert client.get(f"/reports/released/{report_id}").status_code == 404
    assert client.get("/api/reports").json()["items"] == []
    assert client.get("/api/reports/released").json()["items"] == []
    assert Report.objects.get().state == ReportState.RELEASED


# Written down


def test_each_step_is_written_down(school: School, work_off: WorkOff) -> None:
    """What was done, of which version, and by whom; a worker is nobody."""
    school.publish()
    report_id = made(school, work_off)
    step(STAFF, report_id, "submit")
    step(HEAD, report_id, "review", decision="changes", comment="Without July.")
    step(STAFF, report_id, "remake")
    work_off()
    step(STAFF, report_id, "submit")
    sealed = step(HEAD, report_id, "review", decision="approve")
    step(STAFF, report_id, "release", audience="staff")
    step(ADMIN, report_id, "recall")
    step(STAFF, report_id, "remake")
    step(STAFF, report_id, "cancel")
    entries = list(AuditEntry.objects.filter(subject=f"report:{report_id}").order_by("id"))
    staff, head, admin = (school.user(email).pk for email in (STAFF, HEAD, ADMIN))
    assert [
        (each.what.partition(".")[2], each.detail["version"], each.by_id) for each in entries
    ] == [
        ("requested", 1, staff),
        ("begun", 1, None),
        ("ready", 1, None),
        ("submitted", 1, staff),
        ("changesasked", 1, head),
        ("requested", 2, staff),
        ("begun", 2, None),
        ("ready", 2, None),
        ("submitted", 2, staff),
        ("approved", 2, head),
        ("released", 2, staff),
        ("recalled", 2, admin),
        ("requested", 3, staff),
        ("cancelled", 3, staff),
    ]
    released = next(each for each in entries if each.what == "report.released")
    assert released.detail["seal"] == sealed["seal"]
    assert {each.detail["kind"] for each in entries} == {"class_progress"}
