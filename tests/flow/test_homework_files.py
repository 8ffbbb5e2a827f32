"""Homework with files."""

from typing import Any

import pytest

from tests.clock import in_a_week
from tests.flow.conftest import School
from tests.flow.pages import checked, filled, shown
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, patch, post
from tests.flow.uploads import kept

pytestmark = pytest.mark.usefixtures("media")


def draft(school: School, *files: str) -> Any:
    path = f"/api/classes/{school.class_7a().pk}/homework"
    body = {"title": "Fractions", "due_at": in_a_week().isoformat(), "files": list(files)}
    return post(client_of(TEACHER), path, body)


def file_of(school: School, email: str = TEACHER, name: str = "notes.pdf") -> str:
    return str(kept(school.actor(email), name=name).pk)


def test_a_class_reads_the_files_of_its_homework(school: School) -> None:
    file_id = file_of(school)
    told = draft(school, file_id).json()
    assert [each["name"] for each in told["files"]] == ["notes.pdf"]
    student = client_of(STUDENT)
    assert student.get(f"/api/files/{file_id}").status_code == 404
    post(client_of(TEACHER), f"/api/homework/{told['id']}/publish")
    (listed,) = student.get("/api/homework").json()["items"]
    assert [each["id"] for each in listed["files"]] == [file_id]
    assert student.get(f"/api/files/{file_id}").status_code == 200
    assert "notes.pdf" in shown(student, f"/homework/{told['id']}")


def test_changing_replaces_them_and_leaving_them_out_does_not(school: School) -> None:
    first, second = file_of(school), file_of(school, name="more.pdf")
    path = f"/api/homework/{draft(school, first).json()['id']}"
    assert len(patch(client_of(TEACHER), path, {"title": "Decimals"}).json()["files"]) == 1
    (left,) = patch(client_of(TEACHER), path, {"files": [second]}).json()["files"]
    assert left["id"] == second
    assert patch(client_of(TEACHER), path, {"files": []}).json()["files"] == []


def test_files_of_others_are_refused(school: School) -> None:
    (error,) = assert_problem(draft(school, file_of(school, STUDENT)), 422)["errors"]
    assert error["loc"][-1] == "files"


def test_the_form_keeps_what_was_picked(school: School) -> None:
    client, file_id = client_of(TEACHER), file_of(school)
    path = f"/classes/{school.class_7a().pk}/homework/new"
    answer = client.post(path, {**filled(title=""), "files": [file_id]})
    assert answer.status_code == 422
    assert f'value="{file_id}" checked' in checked(answer)
    answer = client.post(path, {**filled(), "files": [file_id]}, follow=True)
    assert "notes.pdf" in checked(answer)
    other = file_of(school, STUDENT)
    answer = client.post(path, {**filled(), "files": [other]})
    assert "must be files of yours" in checked(answer)
