"""The first page: what is due, what is new, what waits, by role."""

import re

import pytest

from core.home.panels import PANELS
from core.homework.models import Homework
from core.people.models import Guardianship
from core.submissions.models import Submission, SubmissionState
from tests.flow.conftest import School
from tests.flow.pages import STAFF, shown
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of, ids, post

ADMIN, HEAD = "admin@oakwood.example", "head@oakwood.example"


def panel(email: str, name: str) -> str:
    """One panel as a person's browser fetches it anew."""
    return shown(client_of(email), f"/panels/{name}", HX_Request="true")


def test_each_role_has_its_panels_and_no_others(school: School) -> None:
    for email, names in (
        (STUDENT, {"to-hand-in", "reports-for-me", "homework", "rooms", "notices"}),
        (PARENT, {"children", "reports-for-me", "homework", "rooms", "notices"}),
        (TEACHER, {"classes", "to-grade", "drafts", "homework", "rooms", "notices"}),
        (STAFF, {"tickets", "homework", "rooms", "notices"}),
        (HEAD, {"tickets", "reports-to-review", "homework", "rooms", "notices"}),
    ):
        client = client_of(email)
        answered = {each.name: client.get(f"/panels/{each.name}").status_code for each in PANELS}
        assert {name for name, status in answered.items() if status == 200} == names
        assert set(answered.values()) <= {200, 404}


def test_an_empty_panel_stays_hidden_until_it_has_something(school: School) -> None:
    assert re.search(r'id="panel-drafts"[^>]* hidden>', shown(client_of(TEACHER), "/"))
    school.draft("Begun")
    html = panel(TEACHER, "drafts")
    assert "Begun" in html
    assert " hidden>" not in html


def test_a_student_sees_what_is_not_handed_in(school: School) -> None:
    homework = school.publish("Fractions")
    assert "Fractions" in panel(STUDENT, "to-hand-in")
    handed_in = {"body": "Done."}
    path = f"/api/homework/{homework.pk}/submissions"
    assert post(client_of(STUDENT), path, handed_in).status_code == 201
    assert "Fractions" not in panel(STUDENT, "to-hand-in")
    Submission.objects.update(state=SubmissionState.RETURNED)
    assert "Fractions" in panel(STUDENT, "to-hand-in")


def test_a_teacher_sees_what_waits_for_a_grade(school: School) -> None:
    homework = school.publish("Fractions")
    post(client_of(STUDENT), f"/api/homework/{homework.pk}/submissions", {"body": "Done."})
    assert "Fractions" in panel(TEACHER, "to-grade")


def test_a_parent_sees_each_child_of_whom_they_may_know(school: School) -> None:
    school.publish()
    Homework.objects.update(due_at=school.publish("Soon").due_at)
    html = panel(PARENT, "children")
    assert "Ada Ashby" in html
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    assert "Ada Ashby" not in panel(PARENT, "children")


def test_staff_see_the_tickets_that_are_theirs_or_nobodys(school: School) -> None:
    teacher = client_of(TEACHER)
    category_id = ids(teacher.get("/api/ticket-categories"))[0]
    for subject, priority in (("Projector", "normal"), ("Water in the hall", "urgent")):
        about = {"category_id": category_id, "subject": subject, "body": "x", "priority": priority}
        assert post(teacher, "/api/tickets", about).status_code == 201
    html = panel(STAFF, "tickets")
    assert html.index("Water in the hall") < html.index("Projector")


@pytest.mark.parametrize("name", ["nothing", "to-grade"])
def test_what_is_no_panel_of_theirs_is_not_there(school: School, name: str) -> None:
    assert client_of(STUDENT).get(f"/panels/{name}").status_code == 404
