"""Guardians of students, what they may, and the custody block."""

import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from core.audit.models import AuditEntry
from core.classes.models import Enrolment
from core.homework.models import Homework
from core.live.models import Entry
from core.mail.models import Mail
from core.notices.actions import Note, tell
from core.notices.models import Notice, NoticeKind
from core.people.guardians import block_guardian
from core.people.models import Guardianship
from core.submissions.models import Submission
from tasks.drain import drain
from tasks.notices.homework import notify_class
from tests.flow.conftest import School
from tests.flow.handing_in import graded, handed_in
from tests.flow.pages import checked, shown
from tests.flow.people import PARENT, STUDENT, TEACHER, assert_problem, client_of, patch, post
from tests.servers import wait_for
from tests.sockets import SocketServer, cookie_of, serving

ADMIN = "admin@oakwood.example"
STAFF = "staff@oakwood.example"
FOREIGN_ADMIN = "admin@riverside.example"
SIBLING = "student2@oakwood.example"
WHY = {"reason": "Court order 12/2026"}

WorkOff = Callable[[], int]


@pytest.fixture
def admin(school: School) -> Client:
    return client_of(ADMIN)


@pytest.fixture
def guardianship(school: School) -> Guardianship:
    """Parent 1, of student 1."""
    return Guardianship.objects.get(guardian__email=PARENT)


@pytest.fixture
def path(guardianship: Guardianship) -> str:
    return f"/api/guardianships/{guardianship.pk}"


@pytest.fixture
def server(transactional_db: None) -> Iterator[SocketServer]:
    with serving() as server:
        yield server


def test_from_linking_to_ending(admin: Client, school: School, work_off: WorkOff) -> None:
    guardian, student = school.user(PARENT), school.user(SIBLING)
    given = {"guardian_id": str(guardian.pk), "student_id": str(student.pk)}
    linked = post(admin, "/api/guardianships", given | {"relationship": "mother"})
    assert linked.status_code == 201
    told = linked.json()
    assert told == {
        "id": told["id"],
        "guardian": {"id": str(guardian.pk), "name": guardian.name},
        "student": {"id": str(student.pk), "name": student.name},
        "relationship": "mother",
        "may_be_contacted": True,
        "may_see_grades": True,
        "is_blocked": False,
    }
    assert_problem(post(admin, "/api/guardianships", given), 409)
    path = f"/api/guardianships/{told['id']}"
    assert patch(admin, path, {"may_see_grades": False}).json()["may_see_grades"] is False
    assert patch(admin, path, {}).json()["relationship"] == "mother"
    work_off()
    assert [each.title for each in guardian.notices.all()] == [
        f"You are guardian of {student.name}"
    ]

    assert admin.delete(path).status_code == 204
    assert_problem(admin.delete(path), 404)
    assert client_of(PARENT).get("/api/notices").json()["items"] == []
    whats = AuditEntry.objects.order_by("id").values_list("what", flat=True)
    assert list(whats) == ["guardian.linked", "guardian.changed", "guardian.unlinked"]


def test_lists_are_of_a_student_a_guardian_or_all(admin: Client, school: School) -> None:
    def listed(query: str = "") -> list[str]:
        items = client_of(STAFF).get(f"/api/guardianships?limit=200{query}").json()["items"]
        return [each["guardian"]["name"] for each in items]

    assert len(listed()) == 30
    assert listed(f"&student_id={school.user(STUDENT).pk}") == ["Parent of Ada Ashby"]
    assert listed(f"&guardian_id={school.user(PARENT).pk}") == ["Parent of Ada Ashby"]
    assert listed("&student_id=no-number") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("guardian_id", "student2@oakwood.example"),
        ("guardian_id", "parent1@riverside.example"),
        ("student_id", TEACHER),
        ("student_id", "student1@riverside.example"),
        ("relationship", "x" * 61),
        ("relationship", "a\nb"),
        ("may_see_grades", "yes"),
        ("custody_blocked", True),
    ],
)
def test_what_no_guardianship_can_be(admin: Client, school: School, field: str, value: Any) -> None:
    given: dict[str, Any] = {
        "guardian_id": str(school.user(PARENT).pk),
        "student_id": str(school.user(SIBLING).pk),
    }
    given[field] = str(school.user(value).pk) if "@" in str(value) else value
    found = assert_problem(post(admin, "/api/guardianships", given), 422)
    assert [fault["loc"] for fault in found["errors"]] == [["body", field]]


def test_the_office_reads_and_admins_change(path: str, school: School) -> None:
    staff = client_of(STAFF)
    assert_problem(patch(staff, path, {"relationship": "aunt"}), 403)
    assert_problem(post(staff, f"{path}/block", WHY), 403)
    assert_problem(client_of(PARENT).get("/api/guardianships"), 403)
    foreign = client_of(FOREIGN_ADMIN)
    for answer in (
        patch(foreign, path, {"relationship": "aunt"}),
        foreign.delete(path),
        post(foreign, f"{path}/block", WHY),
        post(foreign, "/api/guardianships/999999/block", WHY),
    ):
        assert assert_problem(answer, 404)["detail"] == "There is no such guardianship."


def test_a_block_needs_a_reason_which_the_audit_keeps(
    admin: Client, path: str, guardianship: Guardianship
) -> None:
    for wrong in ({}, {"reason": "  "}, {"reason": None}):
        assert_problem(post(admin, f"{path}/block", wrong), 422)
    assert post(admin, f"{path}/block", WHY).json()["is_blocked"] is True
    assert post(admin, f"{path}/block", WHY).status_code == 200
    assert_problem(admin.delete(path), 409)
    assert post(admin, f"{path}/unblock", {"reason": "It ended."}).json()["is_blocked"] is False
    entries = AuditEntry.objects.order_by("id")
    assert [(each.what, each.detail["reason"]) for each in entries] == [
        ("custody.blocked", "Court order 12/2026"),
        ("custody.unblocked", "It ended."),
    ]
    assert {each.subject for each in entries} == {f"user:{guardianship.student_id}"}


def test_a_blocked_guardian_sees_nothing_about_the_student_at_once(
    admin: Client, path: str, school: School
) -> None:
    homework = school.publish()
    while drain(notify_class):
        pass
    parent = client_of(PARENT)
    assert parent.get("/api/notices").json()["items"]
    assert "Fractions" in shown(parent, "/")

    post(admin, f"{path}/block", WHY)
    assert parent.get("/api/notices").json()["items"] == []
    assert parent.get("/api/classes").json()["items"] == []
    assert_problem(parent.get(f"/api/homework/{homework.pk}"), 404)
    assert "Fractions" not in shown(parent, "/")
    assert "Fractions" not in shown(parent, "/notices")
    assert client_of(STUDENT).get("/api/notices").json()["items"]

    post(admin, f"{path}/unblock", WHY)
    assert len(parent.get("/api/notices").json()["items"]) == 1


def test_what_a_second_child_brings_home_stays(admin: Client, path: str, school: School) -> None:
    sibling = school.user(SIBLING)
    Guardianship.objects.create(
        centre=school.class_7a().centre, guardian=school.user(PARENT), student=sibling
    )
    school.publish()
    while drain(notify_class):
        pass
    post(admin, f"{path}/block", WHY)
    parent = client_of(PARENT)
    assert len(parent.get("/api/notices").json()["items"]) == 1
    stream = Entry.objects.filter(stream=f"me:{school.user(PARENT).pk}")
    assert [entry.type for entry in stream] == ["notice"]
    Enrolment.objects.filter(student=sibling).delete()
    assert parent.get("/api/homework").json()["items"] == []


def test_an_old_entry_is_not_delivered_to_who_comes_back(
    admin: Client, path: str, school: School, server: SocketServer
) -> None:
    school.publish()
    while drain(notify_class):
        pass
    parent = school.user(PARENT)
    with server.tab(cookie_of(parent)) as tab:
        tab.subscribe(after=0)
        assert "Fractions" in tab.hear("entry")["data"]["title"]

    post(admin, f"{path}/block", WHY)
    with server.tab(cookie_of(parent)) as tab:
        tab.subscribe(after=0)
        told = tab.hear("entry")
    assert (told["seq"], told["type"], told["data"]) == (1, "gone", {})


def test_an_open_socket_hears_nothing_more(
    admin: Client, path: str, school: School, server: SocketServer
) -> None:
    parent = school.user(PARENT)
    with server.tab(cookie_of(parent)) as tab:
        tab.subscribe(after=0)
        post(admin, f"{path}/block", WHY)
        school.publish()
        while drain(notify_class):
            pass
        tab.say(op="ping")
        assert tab.hear()["op"] == "pong"
    assert not Entry.objects.filter(stream=f"me:{parent.pk}").exists()
    assert not Notice.objects.filter(person=parent).exists()


def test_a_block_that_comes_while_it_is_being_told(
    school: School, guardianship: Guardianship
) -> None:
    """The teller asked before the block, and writes after it: the entry is emptied all the same."""
    block_guardian(guardianship_id=guardianship.pk, reason="r", by=school.actor(ADMIN))
    with transaction.atomic():
        tell([note_about(guardianship)])
    (entry,) = Entry.objects.filter(stream=f"me:{guardianship.guardian_id}")
    assert (entry.type, entry.data) == ("gone", {})


def test_a_block_that_waits_for_who_is_telling(school: School, guardianship: Guardianship) -> None:
    by = school.actor(ADMIN)

    def block() -> None:
        block_guardian(guardianship_id=guardianship.pk, reason="r", by=by)
        connection.close()

    blocker = threading.Thread(target=_everywhere(block))
    with transaction.atomic():
        tell([note_about(guardianship)])
        blocker.start()
        wait_for(_somebody_waits)
    blocker.join()
    (entry,) = Entry.objects.filter(stream=f"me:{guardianship.guardian_id}")
    assert (entry.type, entry.data) == ("gone", {})


def _everywhere(work: Callable[[], None]) -> Callable[[], None]:
    context = copy_context()
    return lambda: context.run(work)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def note_about(guardianship: Guardianship) -> Note:
    return Note(
        person_id=guardianship.guardian_id,
        centre_id=guardianship.centre_id,
        event_id=uuid4(),
        kind=NoticeKind.GRADE,
        title="A grade",
        body="",
        url="/",
        student_ids=(guardianship.student_id,),
    )


def test_who_is_not_to_be_contacted_is_told_nothing_but_sees(
    admin: Client, path: str, school: School, work_off: WorkOff
) -> None:
    patch(admin, path, {"may_be_contacted": False})
    school.publish()
    work_off()
    parent = client_of(PARENT)
    assert not Notice.objects.filter(person__email=PARENT, kind="homework").exists()
    assert len(parent.get("/api/homework").json()["items"]) == 1


class TestGrades:
    def test_a_block_takes_back_what_was_told_of_a_grade(
        self, admin: Client, path: str, school: School, work_off: WorkOff
    ) -> None:
        told_of_grade(school, school.publish(), work_off)
        parent = client_of(PARENT)
        told = parent.get("/api/notices").json()["items"]
        assert {each["kind"] for each in told} == {"homework", "grade"}
        post(admin, f"{path}/block", WHY)
        assert parent.get("/api/notices").json()["items"] == []
        entries = Entry.objects.filter(stream=f"me:{school.user(PARENT).pk}")
        assert {entry.type for entry in entries} == {"gone"}
        assert len(client_of(STUDENT).get("/api/notices").json()["items"]) == 2

    def test_who_is_not_to_see_grades_hears_and_sees_none(
        self, admin: Client, path: str, school: School, work_off: WorkOff
    ) -> None:
        patch(admin, path, {"may_see_grades": False})
        homework = school.publish()
        submission = told_of_grade(school, homework, work_off)
        parent = client_of(PARENT)
        kinds = {each["kind"] for each in parent.get("/api/notices").json()["items"]}
        assert kinds == {"homework"}
        assert_problem(parent.get(f"/api/submissions/{submission.pk}"), 404)
        sent = Mail.objects.filter(recipient=PARENT).values_list("subject", flat=True)
        assert [subject for subject in sent if "raded" in subject] == []


def told_of_grade(school: School, homework: Homework, work_off: WorkOff) -> Submission:
    """What student 1 has handed in, with a grade of which all were told."""
    work_off()
    submission = graded(school, handed_in(school, homework))
    work_off()
    return submission


def test_who_was_deactivated_is_told_nothing(
    admin: Client, school: School, work_off: WorkOff
) -> None:
    post(admin, f"/api/people/{school.user(PARENT).pk}/deactivate")
    school.publish()
    work_off()
    assert not Notice.objects.filter(person__email=PARENT).exists()


class TestPages:
    def test_a_student_page_shows_and_changes_guardians(
        self, admin: Client, school: School, guardianship: Guardianship
    ) -> None:
        page = f"/people/{school.user(STUDENT).pk}"
        assert "Parent of Ada Ashby" in shown(admin, page)
        blocked = admin.post(f"/guardianships/{guardianship.pk}/block", WHY, follow=True)
        assert "Custody block" in checked(blocked)
        admin.post(f"/guardianships/{guardianship.pk}/unblock", WHY)
        admin.post(f"/guardianships/{guardianship.pk}", {"relationship": "father"})
        guardianship.refresh_from_db()
        assert (guardianship.relationship, guardianship.may_see_grades) == ("father", False)
        assert "Ended." in checked(admin.post(f"/guardianships/{guardianship.pk}/end", follow=True))

        linked = {"guardian_email": PARENT, "may_see_grades": "on"}
        admin.post(f"{page}/guardians", linked)
        assert "does not see grades" not in shown(admin, page)
        again = admin.post(f"{page}/guardians", linked)
        assert again.status_code == 422
        assert "guardian of that student already" in checked(again)
        unknown = admin.post(f"{page}/guardians", {"guardian_email": "no@one.example"})
        assert "Nobody of this centre has this address." in checked(unknown)

    def test_a_block_without_a_reason_is_not_set(
        self, admin: Client, guardianship: Guardianship
    ) -> None:
        said = admin.post(f"/guardianships/{guardianship.pk}/block", {}, follow=True)
        assert "Give the reason." in checked(said)
        assert not Guardianship.objects.filter(custody_blocked=True).exists()

    def test_staff_see_no_buttons(self, school: School) -> None:
        html = shown(client_of(STAFF), f"/people/{school.user(STUDENT).pk}")
        assert "Parent of Ada Ashby" in html
        assert "<form" not in html.partition("<main")[2].partition("</main>")[0]
