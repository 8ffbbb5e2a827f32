"""The page of a student's classes, through the terms."""

import pytest
from django.test import Client

from core.calendar.models import Term
from core.classes.actions import archive_class, open_class
from core.classes.enrolment_actions import move_student
from core.classes.models import Enrolment
from core.people.models import Guardianship
from tests.flow.conftest import School
from tests.flow.pages import STAFF, shown
from tests.flow.people import PARENT, STRANGER, STUDENT, TEACHER, client_of

HEAD = "head@oakwood.example"


@pytest.fixture
def path(school: School) -> str:
    """The page of a student who has moved from 7A to 7B."""
    by = school.actor(STAFF)
    enrolment = Enrolment.objects.get(student__email=STUDENT, until=None)
    other = open_class(name="7B", by=by)
    move_student(enrolment_id=enrolment.pk, class_id=other.pk, by=by)
    return f"/students/{enrolment.student_id}/enrolments"


def main_of(client: Client, path: str) -> str:
    return shown(client, path).partition("<main")[2]


def test_it_shows_where_one_was_and_is(school: School, path: str) -> None:
    html = main_of(client_of(STAFF), path)
    assert html.index("7B") < html.index("Attends it now") < html.index("7A")
    assert Term.objects.get(centre__slug="oakwood").name in html
    assert " to " in html
    assert f"/people/{path.split('/')[2]}" in html
    archive_class(class_id=school.class_7a().pk, by=school.actor(STAFF))
    assert "Archived" in main_of(client_of(HEAD), path)


def test_who_sees_how_much_of_it(school: School, path: str) -> None:
    old = f"/classes/{school.class_7a().pk}"
    for email in (STUDENT, PARENT):
        html = main_of(client_of(email), path)
        assert "7A" in html
        assert "7B" in html
        assert f'href="{old}"' not in html  # they see nothing of the class itself any more
        assert "/people/" not in html
    assert "Your classes through time" in main_of(client_of(STUDENT), path)
    teachers = main_of(client_of(TEACHER), path)
    assert f'href="{old}"' in teachers
    assert "7B" not in teachers
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    for email in (PARENT, STRANGER, "student2@oakwood.example"):
        assert client_of(email).get(path).status_code == 404


def test_it_is_linked_from_the_class_and_the_person(school: School) -> None:
    number = school.user(STUDENT).pk
    link = f'href="/students/{number}/enrolments"'
    class_path = f"/classes/{school.class_7a().pk}"
    for email in (STUDENT, PARENT):
        assert link in shown(client_of(email), "/classes"), email
    assert "/students/" not in shown(client_of(STAFF), "/classes")
    school.publish()
    for email, where in [
        (TEACHER, class_path),
        (STUDENT, class_path),
        (PARENT, class_path),
        (STAFF, f"{class_path}/manage"),
        (HEAD, f"/people/{number}"),
    ]:
        assert link in shown(client_of(email), where), email


def test_who_is_in_no_class_yet(school: School) -> None:
    Enrolment.objects.filter(student__email=STUDENT).delete()
    path = f"/students/{school.user(STUDENT).pk}/enrolments"
    assert "In no class yet." in main_of(client_of(STUDENT), path)
