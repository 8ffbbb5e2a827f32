"""The people of a centre: who is there, what they are, whether they may act."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core.audit.models import AuditEntry
from core.events.models import EventRecord
from core.people.models import Membership, Role, User
from tests.flow.conftest import School
from tests.flow.people import (
    JSON,
    PARENT,
    STUDENT,
    TEACHER,
    assert_problem,
    client_of,
    post,
)

ADMIN = "admin@oakwood.example"
STAFF = "staff@oakwood.example"
OPERATOR = "operator@schoolbell.example"
FOREIGN_ADMIN = "admin@riverside.example"


@pytest.fixture
def admin(school: School) -> Client:
    return client_of(ADMIN)


def put_roles(client: Client, person: User, *roles: str) -> Any:
    return client.put(f"/api/people/{person.pk}/roles", {"roles": list(roles)}, JSON)


def emails(answer: Any) -> list[str]:
    return [each["email"] for each in answer.json()["items"]]


def test_people_are_listed_by_name_and_found_by_role_and_words(admin: Client) -> None:
    everybody = admin.get("/api/people?limit=200").json()["items"]
    assert len(everybody) == 64
    assert everybody == sorted(everybody, key=lambda each: (each["name"], int(each["id"])))
    assert emails(admin.get("/api/people?role=teacher")) == [TEACHER]
    assert emails(admin.get("/api/people?q=ada ASHBY&role=student")) == [STUDENT]
    assert emails(admin.get("/api/people?q=student1@oak")) == [STUDENT]
    assert emails(admin.get("/api/people?q=riverside")) == []
    page = admin.get("/api/people?role=student&limit=20").json()
    rest = admin.get(f"/api/people?role=student&limit=20&cursor={page['next']}").json()
    assert len({each["id"] for each in page["items"] + rest["items"]}) == 30
    assert_problem(admin.get("/api/people?role=king"), 422)


def test_a_list_of_people_costs_the_same_however_long(
    admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):
        admin.get("/api/people?limit=200")


def test_staff_read_and_do_not_change(school: School) -> None:
    staff, student = client_of(STAFF), school.user(STUDENT)
    assert staff.get(f"/api/people/{student.pk}").json() == {
        "id": str(student.pk),
        "name": "Ada Ashby",
        "email": STUDENT,
        "roles": ["student"],
        "is_active": True,
        "can_sign_in": True,
    }
    assert_problem(put_roles(staff, student, "admin"), 403)
    assert_problem(post(staff, f"/api/people/{student.pk}/deactivate"), 403)


@pytest.mark.parametrize("email", [TEACHER, STUDENT, PARENT, OPERATOR])
def test_the_list_of_people_is_for_the_office(school: School, email: str) -> None:
    assert_problem(client_of(email).get("/api/people"), 403)


def test_another_centre_has_no_such_people(school: School) -> None:
    foreign, student = client_of(FOREIGN_ADMIN), school.user(STUDENT)
    for path in (f"/api/people/{student.pk}", "/api/people/999999"):
        assert assert_problem(foreign.get(path), 404)["detail"] == "There is no such person."
    assert_problem(put_roles(foreign, student, "admin"), 404)
    assert_problem(post(foreign, f"/api/people/{student.pk}/deactivate"), 404)
    assert_problem(post(foreign, f"/api/people/{student.pk}/reactivate"), 404)


def test_roles_are_changed_told_and_audited(admin: Client, school: School, work_off: Any) -> None:
    teacher = school.user(TEACHER)
    assert put_roles(admin, teacher, "head", "teacher", "head").json()["roles"] == [
        "teacher",
        "head",
    ]
    entry = AuditEntry.objects.get(what="role.changed")
    assert (entry.subject, entry.by_id) == (f"user:{teacher.pk}", school.user(ADMIN).pk)
    assert entry.detail == {"from": ["teacher"], "to": ["teacher", "head"]}
    assert put_roles(admin, teacher, "teacher", "head").status_code == 200  # as it was: no event
    assert EventRecord.objects.filter(kind="RolesChanged").count() == 1
    work_off()
    assert [each.body for each in teacher.notices.all()] == ["You are now: Teacher, Head."]


@pytest.mark.parametrize("roles", [[], ["king"], "admin", None, ["admin"] * 7])
def test_roles_that_there_are_not(admin: Client, school: School, roles: Any) -> None:
    path = f"/api/people/{school.user(TEACHER).pk}/roles"
    found = assert_problem(admin.put(path, {"roles": roles}, JSON), 422)
    assert {tuple(fault["loc"][:2]) for fault in found["errors"]} == {("body", "roles")}


def test_the_last_admin_stays_one(admin: Client, school: School) -> None:
    alone = school.user(ADMIN)
    assert_problem(put_roles(admin, alone, "staff"), 409)
    assert_problem(post(admin, f"/api/people/{alone.pk}/deactivate"), 409)

    put_roles(admin, school.user(TEACHER), "teacher", "admin")
    assert put_roles(admin, alone, "staff").status_code == 200
    assert_problem(put_roles(client_of(TEACHER), school.user(TEACHER), "teacher"), 409)


def test_an_admin_who_cannot_act_is_none(admin: Client, school: School) -> None:
    put_roles(admin, school.user(TEACHER), "admin")
    User.objects.filter(email=TEACHER).update(is_active=False)
    assert_problem(put_roles(admin, school.user(ADMIN), "staff"), 409)


def test_who_is_deactivated_acts_no_more_at_once(admin: Client, school: School) -> None:
    teacher, path = client_of(TEACHER), f"/api/people/{school.user(TEACHER).pk}"
    assert teacher.get("/api/classes").status_code == 200
    assert post(admin, f"{path}/deactivate").json()["is_active"] is False
    assert post(admin, f"{path}/deactivate").status_code == 200
    assert_problem(teacher.get("/api/classes"), 403)
    assert_problem(teacher.get("/api/notices"), 403)
    assert teacher.get("/api/me").json()["memberships"] == []

    assert post(admin, f"{path}/reactivate").json()["is_active"] is True
    assert teacher.get("/api/classes").status_code == 200
    whats = list(AuditEntry.objects.order_by("id").values_list("what", flat=True))
    assert whats == ["member.deactivated", "member.reactivated"]


def test_elsewhere_they_go_on(admin: Client, school: School) -> None:
    teacher = school.user(TEACHER)
    riverside = school.class_7a("riverside").centre
    Membership.objects.create(user=teacher, centre=riverside, roles=[Role.PARENT])
    post(admin, f"/api/people/{teacher.pk}/deactivate")
    client = client_of(TEACHER)
    assert client.get("/api/classes").status_code == 200
    here = school.class_7a().centre_id
    assert_problem(client.get("/api/classes", headers={"X-Centre": str(here)}), 404)
    assert_problem(client.get("/api/people"), 403)
