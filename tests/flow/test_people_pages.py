"""The pages of a centre's people and of its audit."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core.people.models import Membership, User
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import STUDENT, TEACHER, client_of, post

ADMIN = "admin@oakwood.example"
STAFF = "staff@oakwood.example"
FOREIGN_ADMIN = "admin@riverside.example"


@pytest.fixture
def admin(school: School) -> Client:
    return client_of(ADMIN)


def test_people_are_found(admin: Client) -> None:
    html = shown(admin, "/people")
    assert "64 people" in html
    assert "Page 1 of 2" in html
    found = shown(admin, "/people?q=ashby&role=student&page=1")
    assert "30 people" in found
    assert "Ada Ashby" in found
    assert "Taylor Thorne" not in found
    assert "Nobody found" in shown(admin, "/people?q=nobody")
    assert "Nobody found" in shown(admin, "/people?q=rivera")
    part = shown(admin, "/people?q=ada", **{"HX-Request": "true", "HX-Target": "people-list"})
    assert part.lstrip().startswith('<div id="people-list"')


def test_the_list_costs_the_same_however_long(
    admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(9):
        admin.get("/people")


def test_only_the_office_is_led_there(school: School) -> None:
    assert 'href="/people"' in shown(client_of(STAFF), "/")
    assert "Invite somebody" not in shown(client_of(STAFF), "/people")
    assert 'href="/people"' not in shown(client_of(TEACHER), "/")
    assert client_of(TEACHER).get("/people").status_code == 403
    assert client_of(STAFF).get("/people/invite").status_code == 403


def test_roles_and_deactivation(admin: Client, school: School) -> None:
    path = f"/people/{school.user(TEACHER).pk}"
    assert "Roles saved." in checked(
        admin.post(f"{path}/roles", {"roles": ["teacher", "head"]}, follow=True)
    )
    wrong = admin.post(f"{path}/roles", {})
    assert wrong.status_code == 422
    assert "Choose at least one role." in checked(wrong)
    assert "Deactivated." in checked(admin.post(f"{path}/deactivate", follow=True))
    assert not Membership.objects.get(user__email=TEACHER).is_active
    assert "Yes, reactivate" in shown(admin, path)
    assert "Reactivated." in checked(admin.post(f"{path}/reactivate", follow=True))


def test_the_last_admin_is_told_why(admin: Client, school: School) -> None:
    path = f"/people/{school.user(ADMIN).pk}"
    assert "A centre needs an admin" in checked(
        admin.post(f"{path}/roles", {"roles": ["staff"]}, follow=True)
    )
    assert "A centre needs an admin" in checked(admin.post(f"{path}/deactivate", follow=True))


def test_an_admin_who_steps_down_is_led_home(admin: Client, school: School) -> None:
    admin.post(f"/people/{school.user(TEACHER).pk}/roles", {"roles": ["admin"]})
    stepped = admin.post(f"/people/{school.user(ADMIN).pk}/roles", {"roles": ["teacher"]})
    assert stepped.headers["Location"] == "/"


def test_another_centre_has_no_such_person(school: School) -> None:
    foreign = client_of(FOREIGN_ADMIN)
    path = f"/people/{school.user(STUDENT).pk}"
    assert foreign.get(path).status_code == 404
    assert foreign.post(f"{path}/deactivate").status_code == 404
    assert foreign.post(f"{path}/guardians", {"guardian_email": "a@b.example"}).status_code == 404
    assert Membership.objects.get(user__email=STUDENT).is_active


def test_a_page_after_deactivation_says_where_to_ask(school: School) -> None:
    Membership.objects.filter(user__email=TEACHER).update(is_active=False)
    teacher = client_of(TEACHER)
    assert "You belong to no centre yet" in shown(teacher, "/")
    assert teacher.get("/notices").status_code == 403


class TestAudit:
    def test_what_was_done_is_there_for_admins(self, admin: Client, school: School) -> None:
        assert "Nothing here" in shown(admin, "/audit")
        teacher, student = school.user(TEACHER), school.user(STUDENT)
        admin.put(f"/api/people/{teacher.pk}/roles", {"roles": ["head"]}, "application/json")
        post(admin, f"/api/people/{student.pk}/deactivate")
        html = shown(admin, "/audit")
        assert "Roles changed" in html
        assert "Taylor Thorne" in html
        assert "by Alex Archer" in html
        assert "Roles changed</h2>" not in shown(admin, f"/audit?person={student.pk}")
        assert "Ada Ashby" not in shown(admin, "/audit?what=role.changed").partition("<ul")[2]

        def whats(query: str) -> list[str]:
            return [each["what"] for each in admin.get(f"/api/audit{query}").json()["items"]]

        assert whats("") == ["member.deactivated", "role.changed"]
        assert whats("?what=role") == ["role.changed"]
        assert whats(f"?person={student.pk}") == ["member.deactivated"]
        assert whats(f"?person={school.user(ADMIN).pk}&limit=1") == ["member.deactivated"]
        assert whats("?person=nobody") == []
        (entry,) = admin.get("/api/audit?what=role.changed").json()["items"]
        assert entry["detail"] == {"from": ["teacher"], "to": ["head"]}
        assert entry["by"] == str(school.user(ADMIN).pk)

    def test_each_centre_has_its_own(self, admin: Client, school: School) -> None:
        post(admin, f"/api/people/{school.user(STUDENT).pk}/deactivate")
        foreign = client_of(FOREIGN_ADMIN)
        foreign.cookies["django_language"] = "en"
        assert foreign.get("/api/audit").json()["items"] == []
        assert "Nothing here" in shown(foreign, "/audit")
        for email in (STAFF, TEACHER, "operator@schoolbell.example"):
            assert client_of(email).get("/api/audit").status_code == 403

    def test_it_costs_the_same_however_long(
        self,
        admin: Client,
        school: School,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for person in User.objects.filter(
            email__startswith="student", email__endswith="oakwood.example"
        ):
            post(admin, f"/api/people/{person.pk}/deactivate")
        with django_assert_max_num_queries(9):
            admin.get("/audit")
