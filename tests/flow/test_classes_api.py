"""Courses, classes and their teachers through the API."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core.audit.models import AuditEntry
from core.classes.models import Course, SchoolClass, Teaching
from core.events.models import EventRecord
from core.people.models import Membership, Role
from tests.flow.conftest import School
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, ids, patch, post

STAFF = "staff@oakwood.example"
STRANGER = "staff@riverside.example"
PHYSICS = {"name": "Physics 8", "subject": "Physics", "code": "PH8"}


@pytest.fixture
def staff(school: School) -> Client:
    return client_of(STAFF)


def test_a_course(staff: Client) -> None:
    added = post(staff, "/api/courses", PHYSICS)
    assert added.status_code == 201
    course = added.json()
    path = f"/api/courses/{course['id']}"
    assert course == PHYSICS | {"id": course["id"]}
    assert patch(staff, path, {"subject": ""}).json() == course | {"subject": ""}
    assert client_of(STUDENT).get(path).json()["name"] == "Physics 8"
    codes = [each["code"] for each in staff.get("/api/courses").json()["items"]]
    assert codes == ["MA7", "PH8"]
    kinds = EventRecord.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["CourseAdded", "CourseChanged"]


def test_a_code_is_one_courses(staff: Client) -> None:
    course = post(staff, "/api/courses", PHYSICS).json()["id"]
    for answer in (
        post(staff, "/api/courses", PHYSICS | {"code": "MA7"}),
        patch(staff, f"/api/courses/{course}", {"code": "MA7"}),
    ):
        (fault,) = assert_problem(answer, 422)["errors"]
        assert fault == {"loc": ["body", "code"], "msg": "is the code of another course"}
    assert post(client_of(STRANGER), "/api/courses", PHYSICS).status_code == 201


def test_a_class_from_its_opening_to_its_end(staff: Client, school: School) -> None:
    course, term = (
        Course.objects.filter(centre__slug="oakwood").get(),
        str(school.class_7a().term_id),
    )
    body = {"name": "8A", "course_id": str(course.pk), "term_id": term}
    opened = post(staff, "/api/classes", body)
    assert opened.status_code == 201
    told = opened.json()
    assert told == body | {"id": told["id"], "archived_at": None}
    path = f"/api/classes/{told['id']}"
    assert patch(staff, path, {"course_id": None}).json() == told | {"course_id": None}
    assert ids(staff.get("/api/classes", {"course_id": course.pk})) == [str(school.class_7a().pk)]
    assert len(ids(staff.get("/api/classes", {"term_id": term}))) == 2
    assert ids(staff.get("/api/classes", {"term_id": "x"})) == []
    assert post(staff, f"{path}/archive").json()["archived_at"]
    assert_problem(patch(staff, path, {"name": "8B"}), 409)
    kinds = EventRecord.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["ClassOpened", "ClassChanged", "ClassArchived"]
    assert AuditEntry.objects.filter(what="class.archived", subject=f"class:{told['id']}").exists()


def test_a_class_needs_a_name_of_its_own_and_things_of_its_centre(
    staff: Client, school: School
) -> None:
    foreign = school.class_7a("riverside")
    wrong: list[tuple[str, Any]] = [
        ("name", "7A"),
        ("name", ""),
        ("name", "x" * 101),
        ("course_id", str(foreign.course_id)),
        ("course_id", "x"),
        ("course_id", 7),
        ("term_id", str(foreign.term_id)),
        ("term_id", str(2**63)),
        ("teachers", []),
    ]
    other = post(staff, "/api/classes", {"name": "8A"}).json()["id"]
    for field, value in wrong:
        for answer in (
            post(staff, "/api/classes", {"name": "8B"} | {field: value}),
            patch(staff, f"/api/classes/{other}", {field: value}),
        ):
            found = assert_problem(answer, 422)
            assert [fault["loc"] for fault in found["errors"]] == [["body", field]], value
    assert SchoolClass.objects.filter(centre__slug="oakwood").count() == 2


def test_teachers_come_and_go(staff: Client, school: School) -> None:
    head, school_class = school.user("head@oakwood.example"), school.class_7a()
    Membership.objects.filter(user=head).update(roles=[Role.HEAD, Role.TEACHER])
    path = f"/api/classes/{school_class.pk}/teachers"
    body = {"person_id": str(head.pk)}
    assert post(staff, path, body).json() == {"id": str(head.pk), "name": "Harper Hill"}
    assert post(staff, path, body).status_code == 201
    names = [each["name"] for each in client_of(STUDENT).get(path).json()["items"]]
    assert names == ["Harper Hill", "Taylor Thorne"]
    assert staff.delete(f"{path}/{head.pk}").status_code == 204
    assert_problem(staff.delete(f"{path}/{head.pk}"), 404)
    kinds = EventRecord.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["TeacherAssigned", "TeacherRemoved"]
    written = AuditEntry.objects.filter(subject=f"class:{school_class.pk}").order_by("pk")
    assert [(each.what, each.detail) for each in written] == [
        ("teacher.assigned", {"teacher": head.pk}),
        ("teacher.removed", {"teacher": head.pk}),
    ]


def test_who_teaches_no_more_writes_no_more(staff: Client, school: School) -> None:
    teacher, school_class = school.user(TEACHER), school.class_7a()
    homework = school.publish()
    staff.delete(f"/api/classes/{school_class.pk}/teachers/{teacher.pk}")
    assert_problem(client_of(TEACHER).get(f"/api/homework/{homework.pk}"), 404)
    assert ids(client_of(TEACHER).get("/api/classes")) == []


def test_only_teachers_of_the_centre_teach(staff: Client, school: School) -> None:
    path = f"/api/classes/{school.class_7a().pk}/teachers"
    foreign = school.user("teacher@riverside.example").pk
    for wrong in (school.user(STUDENT).pk, foreign, 10**12, "x"):
        (fault,) = assert_problem(post(staff, path, {"person_id": str(wrong)}), 422)["errors"]
        assert fault == {"loc": ["body", "person_id"], "msg": "is no teacher of this centre"}
    assert Teaching.objects.count() == 2


@pytest.mark.parametrize("email", [TEACHER, STUDENT, "head@oakwood.example"])
def test_only_staff_and_admins_manage(school: School, email: str) -> None:
    person, school_class = client_of(email), school.class_7a()
    path, course = f"/api/classes/{school_class.pk}", f"/api/courses/{school_class.course_id}"
    teacher = str(school.user(TEACHER).pk)
    assert_problem(post(person, "/api/classes", {"name": "8A"}), 403)
    assert_problem(patch(person, path, {"name": "8A"}), 403)
    assert_problem(post(person, f"{path}/archive"), 403)
    assert_problem(post(person, f"{path}/teachers", {"person_id": teacher}), 403)
    assert_problem(person.delete(f"{path}/teachers/{teacher}"), 403)
    assert_problem(post(person, "/api/courses", PHYSICS), 403)
    assert_problem(patch(person, course, {"name": "x"}), 403)


def test_another_centres_things_are_not_there(school: School) -> None:
    stranger, school_class = client_of(STRANGER), school.class_7a()
    teacher = school.user(TEACHER).pk
    calls = [
        ("get", "/api/classes/{0}/teachers", None),
        ("patch", "/api/classes/{0}", {"name": "x"}),
        ("post", "/api/classes/{0}/archive", None),
        ("post", "/api/classes/{0}/teachers", {"person_id": str(teacher)}),
        ("delete", f"/api/classes/{{0}}/teachers/{teacher}", None),
        ("get", "/api/courses/{1}", None),
        ("patch", "/api/courses/{1}", {"name": "x"}),
    ]
    for how, path, body in calls:
        told = [
            {**assert_problem(answer, 404), "request_id": ""}
            for numbers in ((school_class.pk, school_class.course_id), (10**12,) * 2, (2**63,) * 2)
            for answer in (
                getattr(stranger, how)(
                    path.format(*numbers), data=body, content_type="application/json"
                ),
            )
        ]
        assert told[0] == told[1] == told[2]


def test_lists_ask_a_few_times_only(
    staff: Client, school: School, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    centre = school.class_7a().centre
    SchoolClass.objects.bulk_create(
        SchoolClass(centre=centre, name=f"{number}", course=school.class_7a().course)
        for number in range(60)
    )
    for path in ("/api/classes", "/api/courses", f"/api/classes/{school.class_7a().pk}/teachers"):
        with django_assert_max_num_queries(5):
            assert staff.get(path).status_code == 200
