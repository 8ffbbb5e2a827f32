"""Lists that are read part by part."""

import pytest
from django.test import Client

from core.homework.models import Homework
from tests.clock import in_a_week
from tests.flow.conftest import School
from tests.flow.people import TEACHER, assert_problem, client_of, ids


@pytest.fixture
def teacher(school: School) -> Client:
    return client_of(TEACHER)


def test_lists_are_read_to_the_end_in_order(teacher: Client, school: School) -> None:
    for number in range(7):
        school.draft(f"Number {number}")
    Homework.objects.filter(title__in=["Number 1", "Number 2"]).update(due_at=in_a_week())
    everything = ids(teacher.get("/api/homework"))

    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = teacher.get("/api/homework", query)
        found += ids(answer)
        cursor = answer.json()["next"]

    assert found == everything
    assert len(set(found)) == 7


def test_a_cursor_stays_right_while_rows_come_and_go(teacher: Client, school: School) -> None:
    titles = [school.draft(f"Number {number}").pk for number in range(4)]
    part = teacher.get("/api/homework?limit=2")
    Homework.objects.filter(pk=ids(part)[-1]).delete()
    school.draft("Due last, so first")

    rest = teacher.get("/api/homework", {"cursor": part.json()["next"]})

    assert set(ids(part) + ids(rest)) == {str(pk) for pk in titles}
    assert rest.json()["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=", "limit=1e99"])
def test_limits_that_are_none(teacher: Client, query: str) -> None:
    found = assert_problem(teacher.get(f"/api/classes?{query}"), 422)
    assert found["errors"][0]["loc"] == ["query", "limit"]


def test_cursors_that_are_none(teacher: Client, school: School) -> None:
    of_students = f"/api/classes/{school.class_7a().pk}/students"
    other = teacher.get(f"{of_students}?limit=1").json()["next"]
    for cursor in ("", "x", "W10", "eyJhIjoxfQ:abc", other, other[:-1], "é"):
        found = assert_problem(teacher.get("/api/homework", {"cursor": cursor}), 422)
        assert found["errors"][0]["loc"] == ["query", "cursor"]
    assert teacher.get(of_students, {"cursor": other, "limit": 200}).status_code == 200
