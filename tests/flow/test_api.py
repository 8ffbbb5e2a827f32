"""Classes and homework through the API."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.classes.models import Enrolment, SchoolClass
from core.events.models import EventRecord
from core.homework.models import Homework
from tests.clock import in_a_week
from tests.flow.conftest import School
from tests.flow.people import (
    PARENT,
    STRANGER,
    STUDENT,
    TEACHER,
    assert_problem,
    client_of,
    ids,
    patch,
    post,
)

TOO_LARGE = 2**63  # for PostgreSQL's bigint


@pytest.fixture
def teacher(school: School) -> Client:
    return client_of(TEACHER)


@pytest.fixture
def drafts(school: School) -> str:
    """The address of 7A's homework."""
    return f"/api/classes/{school.class_7a().pk}/homework"


def body(**changed: Any) -> dict[str, Any]:
    """A homework as a client sends it."""
    return {"title": "Fractions", "body": "Page 12.", "due_at": in_a_week().isoformat()} | changed


def test_from_a_draft_to_a_withdrawal(teacher: Client, drafts: str) -> None:
    drafted = post(teacher, drafts, body(title="  Fractions "))
    assert drafted.status_code == 201
    homework = drafted.json()
    assert (homework["title"], homework["state"]) == ("Fractions", "draft")
    assert isinstance(homework["id"], str)

    path = f"/api/homework/{homework['id']}"
    assert patch(teacher, path, {"title": "Decimals"}).json()["title"] == "Decimals"
    published = post(teacher, f"{path}/publish").json()
    assert published["state"] == "published"
    assert datetime.fromisoformat(published["published_at"]).tzinfo
    assert post(teacher, f"{path}/publish").json() == published
    assert post(teacher, f"{path}/withdraw").json()["state"] == "withdrawn"
    assert_problem(post(teacher, f"{path}/publish"), 409)
    assert_problem(patch(teacher, path, {"title": "Too late"}), 409)
    kinds = EventRecord.objects.order_by("id").values_list("kind", flat=True)
    assert [kind.removeprefix("Homework") for kind in kinds] == [
        "Drafted",
        "Edited",
        "Published",
        "Withdrawn",
    ]


def test_times_keep_their_moment(teacher: Client, drafts: str) -> None:
    due = in_a_week().replace(microsecond=0)
    sent = due.astimezone(timezone(timedelta(hours=5, minutes=45))).isoformat()
    told = post(teacher, drafts, body(due_at=sent)).json()["due_at"]
    assert datetime.fromisoformat(told) == due


WRONG: list[tuple[str, Any]] = [
    ("title", ""),
    ("title", "   "),
    ("title", "x" * 201),
    ("title", "a\nb"),
    ("title", "a\0b"),
    ("title", "\ud800"),
    ("title", "a\u2028b"),
    ("title", None),
    ("title", 7),
    ("body", "x" * 20_001),
    ("body", "a\0b"),
    ("body", "\ud800"),
    ("body", None),
    ("due_at", "2030-01-31T16:00:00"),
    ("due_at", "2030-01-31"),
    ("due_at", "1900000000"),
    ("due_at", 1_900_000_000),
    ("due_at", "9999-12-31T23:59:59-23:00"),
    ("due_at", "2101-01-01T00:00:00Z"),
    ("due_at", "2020-01-01T00:00:00Z"),
    ("due_at", "soon"),
    ("due_at", "T" * 100_000),
    ("due_at", None),
    ("colour", "red"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_no_homework_can_be(
    teacher: Client, school: School, drafts: str, field: str, value: Any
) -> None:
    homework = school.draft()

    for answer in (
        post(teacher, drafts, body(**{field: value})),
        patch(teacher, f"/api/homework/{homework.pk}", {field: value}),
    ):
        found = assert_problem(answer, 422)
        assert [fault["loc"] for fault in found["errors"]] == [["body", field]]
    assert list(Homework.objects.values_list("title", flat=True)) == ["Fractions"]


def test_the_longest_homework_fits(teacher: Client, drafts: str) -> None:
    answer = post(teacher, drafts, body(title="é" * 200, body="\n\t" * 10_000))
    assert answer.status_code == 201


def test_a_due_date_that_has_passed_may_stay(teacher: Client, school: School) -> None:
    homework = school.draft()
    past = clock.now() - timedelta(days=1)
    Homework.objects.update(due_at=past)
    path = f"/api/homework/{homework.pk}"

    assert patch(teacher, path, {"due_at": past.isoformat(), "body": "b"}).status_code == 200
    earlier = (past - timedelta(days=1)).isoformat()
    assert_problem(patch(teacher, path, {"due_at": earlier}), 422)


@pytest.mark.parametrize("email", [STUDENT, PARENT, "staff@oakwood.example"])
def test_only_who_teaches_sets_homework(school: School, drafts: str, email: str) -> None:
    homework = school.publish()
    person = client_of(email)

    assert_problem(post(person, drafts, body()), 403)
    assert_problem(patch(person, f"/api/homework/{homework.pk}", {"title": "x"}), 403)
    assert_problem(post(person, f"/api/homework/{homework.pk}/withdraw"), 403)


def test_students_and_parents_see_what_is_published(school: School) -> None:
    draft, published = school.draft("Draft"), school.publish("Published")

    for email in (STUDENT, PARENT):
        person = client_of(email)
        assert ids(person.get("/api/homework")) == [str(published.pk)]
        assert person.get(f"/api/homework/{published.pk}").status_code == 200
        assert_problem(person.get(f"/api/homework/{draft.pk}"), 404)
        assert_problem(person.get(f"/api/classes/{school.class_7a().pk}/students"), 403)


def test_another_centres_things_look_like_missing_ones(school: School) -> None:
    homework, school_class = school.publish(), school.class_7a()
    stranger = client_of(STRANGER)
    calls = [
        ("get", "/api/homework/{homework}", None),
        ("patch", "/api/homework/{homework}", {"title": "x"}),
        ("post", "/api/homework/{homework}/publish", None),
        ("post", "/api/homework/{homework}/withdraw", None),
        ("get", "/api/classes/{school_class}", None),
        ("get", "/api/classes/{school_class}/students", None),
        ("post", "/api/classes/{school_class}/homework", body()),
    ]
    for method, path, sent in calls:

        def told(of_homework: int, of_class: int, call: Any = (method, path, sent)) -> Any:
            how, where, what = call
            address = where.format(homework=of_homework, school_class=of_class)
            ask = getattr(stranger, how)
            answer = ask(address, data=what, content_type="application/json")
            return {**assert_problem(answer, 404), "request_id": ""}

        theirs = told(homework.pk, school_class.pk)
        assert theirs == told(10**9, 10**9)
        assert theirs == told(TOO_LARGE, TOO_LARGE)
    assert ids(stranger.get("/api/homework")) == []
    assert ids(stranger.get(f"/api/homework?class_id={school_class.pk}")) == []


@pytest.mark.parametrize("digits", [str(TOO_LARGE), "9" * 30, "9" * 5000])
def test_ids_beyond_any_number(teacher: Client, digits: str) -> None:
    assert_problem(teacher.get(f"/api/homework/{digits}"), 404)
    assert ids(teacher.get(f"/api/homework?class_id={digits}")) == []


def test_classes_and_their_students(teacher: Client, school: School) -> None:
    school_class = school.class_7a()
    told = {
        "id": str(school_class.pk),
        "name": "7A",
        "course_id": str(school_class.course_id),
        "term_id": str(school_class.term_id),
        "archived_at": None,
    }

    assert teacher.get("/api/classes").json() == {"items": [told], "next": None}
    assert teacher.get(f"/api/classes/{school_class.pk}").json() == told
    students = teacher.get(f"/api/classes/{school_class.pk}/students").json()["items"]
    assert len(students) == Enrolment.objects.filter(school_class=school_class).count() == 30
    assert set(students[0]) == {"id", "name"}


def test_homework_is_found_by_state_and_class(teacher: Client, school: School) -> None:
    draft, published = school.draft(), school.publish()
    other = SchoolClass.objects.create(centre=school.class_7a().centre, name="7B")

    assert ids(teacher.get("/api/homework?state=draft")) == [str(draft.pk)]
    assert ids(teacher.get("/api/homework?state=published")) == [str(published.pk)]
    assert len(ids(teacher.get(f"/api/homework?class_id={school.class_7a().pk}"))) == 2
    for unknown in (other.pk, "-1", "x", "", "²"):
        assert ids(teacher.get("/api/homework", {"class_id": unknown})) == []
