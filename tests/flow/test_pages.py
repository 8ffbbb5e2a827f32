"""The first page, and the ways in and out."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core.demo.school import PASSWORD
from core.homework.actions import withdraw_homework
from core.live.entries import heads
from core.notices.streams import stream_of
from core.people.models import Guardianship, User
from tasks.drain import drain
from tasks.notices.homework import notify_class
from tests.flow.conftest import School
from tests.flow.pages import OPERATOR, STAFF, checked, shown, tell_class
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of, credentials


def test_who_is_not_signed_in_is_led_back_after_signing_in(school: School) -> None:
    client = Client()
    asked = client.get("/notices")
    assert asked.headers["Location"] == "/sign-in?next=/notices"
    html = shown(client, asked.headers["Location"])
    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html

    entered = client.post("/sign-in", credentials(TEACHER.upper()) | {"next": "/notices"})
    assert entered.headers["Location"] == "/notices"
    assert client.get("/sign-in").headers["Location"] == "/"


@pytest.mark.parametrize(
    "given", [credentials(password="open-sesame"), credentials("no@one.example")]
)
def test_a_wrong_sign_in_does_not_tell_what_was_wrong(
    school: School, given: dict[str, str]
) -> None:
    answer = Client().post("/sign-in", given)
    assert answer.status_code == 422
    html = checked(answer)
    assert "The email or the password is wrong." in html
    assert given["email"] in html
    assert given["password"] not in html


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""],
)
def test_signing_in_leads_nowhere_else(school: School, target: str) -> None:
    answer = Client().post("/sign-in", credentials() | {"next": target})
    assert answer.headers["Location"] == "/"


def test_a_part_of_a_page_does_not_become_the_sign_in_form(school: School) -> None:
    answer = Client().get("/homework-list", headers={"HX-Request": "true"}, follow=True)
    assert answer.headers["HX-Refresh"] == "true"
    assert answer.content == b""


def test_signing_out(school: School) -> None:
    client = client_of(TEACHER)
    assert "You are signed out." in checked(client.post("/sign-out", follow=True))
    assert client.get("/").status_code == 302
    assert client.get("/sign-out").status_code == 405


def test_a_student_sees_what_is_published(school: School) -> None:
    school.publish("Visible")
    school.draft("Hidden")
    html = shown(client_of(STUDENT), "/")
    assert "Visible" in html
    assert "Hidden" not in html
    assert "Write homework" not in html
    assert "Visible" in shown(client_of(STUDENT), "/homework-list")


def test_a_guardian_sees_for_which_child(school: School) -> None:
    school.publish()
    guardian = school.user(PARENT)
    second = school.user("student2@oakwood.example")
    guardian.wards.create(centre_id=school.class_7a().centre_id, student=second)
    assert "for Ada Ashby, Ben Ashby" in shown(client_of(PARENT), "/")

    Guardianship.objects.filter(guardian=guardian, student=second).update(custody_blocked=True)
    html = shown(client_of(PARENT), "/")
    assert "for Ada Ashby" in html
    assert "Ben Ashby" not in html


def test_a_teacher_sees_states_and_where_to_write(school: School) -> None:
    school.publish("First")
    school.draft("Second")
    html = shown(client_of(TEACHER), "/")
    assert all(word in html for word in ("First", "Second", "Published", "Draft"))
    assert f"/classes/{school.class_7a().pk}/homework/new" in html


def test_staff_see_all_and_write_nothing(school: School) -> None:
    school.draft("Second")
    html = shown(client_of(STAFF), "/")
    assert "Second" in html
    assert "Write homework" not in html


def test_an_empty_page_says_what_comes_next(school: School) -> None:
    assert "appears here by itself" in shown(client_of(STUDENT), "/")
    assert "write the first" in shown(client_of(TEACHER), "/")


def test_an_operator_is_shown_where_to_go(school: School) -> None:
    html = shown(client_of(OPERATOR), "/")
    assert "/admin/" in html
    assert "Flower" in html


def test_a_person_without_a_centre_is_told_whom_to_ask(school: School) -> None:
    User.objects.create_user("new@oakwood.example", PASSWORD, name="New")
    assert "no centre yet" in shown(client_of("new@oakwood.example"), "/")


def test_the_page_says_from_where_to_follow(school: School) -> None:
    tell_class(school)
    stream = stream_of(school.user(STUDENT).pk)
    assert f'data-live-after="{heads([stream])[stream]}"' in shown(client_of(STUDENT), "/")


@pytest.mark.parametrize("email", [STUDENT, PARENT, TEACHER, STAFF])
@pytest.mark.parametrize("path", ["/", "/homework-list", "/notices"])
def test_queries_do_not_grow_with_what_is_shown(
    school: School,
    path: str,
    email: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(8):
        school.publish(f"Homework {number}")
    drain(notify_class)
    client = client_of(email)
    with django_assert_max_num_queries(13):
        shown(client, path)


def test_a_withdrawn_homework_is_shown_as_such(school: School) -> None:
    homework = school.publish()
    withdraw_homework(homework_id=homework.pk, by=school.actor(TEACHER))
    assert "Withdrawn" in shown(client_of(STAFF), "/")


@pytest.mark.parametrize("path", ["/", "/notices", "/homework-list"])
def test_nothing_personal_stays_in_a_shared_browser(school: School, path: str) -> None:
    assert "no-store" in client_of(STUDENT).get(path).headers["Cache-Control"]


def test_an_error_is_a_page_too(school: School) -> None:
    answer = client_of(STUDENT).get("/nowhere")
    assert answer.status_code == 404
    assert "Go to the first page" in checked(answer)
