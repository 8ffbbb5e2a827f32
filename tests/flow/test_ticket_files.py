"""Files of tickets and of what is said about them."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.files.models import File
from core.tickets.models import Ticket, TicketComment
from tests.flow.desk import ANOTHER, HEAD, SECRET, STAFF, STRANGE_STAFF, Desk, desk
from tests.flow.pages import checked, shown
from tests.flow.people import STUDENT, assert_problem, client_of, post
from tests.flow.uploads import EXE, PDF, kept

__all__ = ["desk"]

pytestmark = pytest.mark.usefixtures("media")


@pytest.fixture
def student(desk: Desk) -> Client:
    return client_of(STUDENT)


def sheet(name: str = "photo.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def mine(desk: Desk, email: str, name: str = "photo.pdf") -> str:
    """The id of a file that the person has uploaded."""
    return str(kept(desk.school.actor(email), name=name).pk)


def names(answer: Any) -> list[str]:
    return [each["name"] for each in answer.json()["files"]]


def may_read(file_id: str, *emails: str) -> set[str]:
    """Those of the people who get the file."""
    path = f"/api/files/{file_id}/content"
    return {email for email in emails if client_of(email).get(path).status_code == 200}


def test_files_come_with_a_ticket_and_with_comments(desk: Desk, student: Client) -> None:
    first, second = mine(desk, STUDENT, "a.pdf"), mine(desk, STAFF, "b.pdf")
    given = {"category_id": str(desk.category()), "subject": "Lost key", "files": [first]}
    opened = post(student, "/api/tickets", given)
    assert opened.status_code == 201
    assert names(opened) == ["a.pdf"]
    path = f"/api/tickets/{opened.json()['id']}"
    said = post(client_of(STAFF), f"{path}/comments", {"body": "A plan.", "files": [second]})
    assert names(said) == ["b.pdf"]
    assert [each["files"] for each in student.get(f"{path}/comments").json()["items"]] == [
        said.json()["files"]
    ]
    everybody = (STUDENT, STAFF, HEAD, ANOTHER, STRANGE_STAFF)
    assert may_read(first, *everybody) == may_read(second, *everybody) == {STUDENT, STAFF, HEAD}


def test_an_internal_comments_files_are_for_staff_only(desk: Desk, student: Client) -> None:
    ticket = desk.open()
    file_id = mine(desk, HEAD)
    given = {"body": SECRET, "internal": True, "files": [file_id]}
    post(client_of(HEAD), f"/api/tickets/{ticket.pk}/comments", given)
    assert may_read(file_id, STUDENT, STAFF, HEAD, STRANGE_STAFF) == {STAFF, HEAD}
    assert "photo.pdf" not in shown(student, f"/tickets/{ticket.pk}")
    assert "photo.pdf" in shown(client_of(STAFF), f"/tickets/{ticket.pk}")


def test_a_last_word_may_have_files_but_not_without_words(desk: Desk, student: Client) -> None:
    path = f"/api/tickets/{desk.open().pk}"
    given: dict[str, Any] = {"files": [mine(desk, STUDENT)]}
    found = assert_problem(post(student, f"{path}/resolve", given), 422)
    assert found["errors"][0]["loc"] == ["body", "comment"]
    assert post(student, f"{path}/resolve", given | {"comment": "Look."}).status_code == 200
    given = {"files": [mine(desk, STUDENT)], "comment": "Look again."}
    assert post(student, f"{path}/reopen", given).status_code == 200
    assert TicketComment.objects.count() == 2


def test_others_files_are_refused_and_nothing_is_written(desk: Desk, student: Client) -> None:
    ticket = desk.open()
    for wrong in (mine(desk, ANOTHER), "0", "x"):
        given = {"category_id": str(desk.category()), "subject": "Key", "files": [wrong]}
        for path, sent in (
            ("/api/tickets", given),
            (f"/api/tickets/{ticket.pk}/comments", {"body": "a", "files": [wrong]}),
        ):
            found = assert_problem(post(student, path, sent), 422)
            assert found["errors"][0]["loc"][:2] == ["body", "files"]
    assert Ticket.objects.get() == ticket
    assert ticket.number == 1
    assert not TicketComment.objects.exists()


def test_files_come_with_the_forms(desk: Desk, student: Client) -> None:
    given = {"category_id": str(desk.category()), "subject": "Key", "uploads": sheet()}
    answer = student.post("/tickets/new", given, follow=True)
    assert "photo.pdf" in checked(answer)
    path = answer.redirect_chain[-1][0]
    sent = {"body": "And this.", "then": "comment", "uploads": sheet("second.pdf")}
    html = checked(student.post(path, sent, follow=True))
    assert html.index("photo.pdf") < html.index("second.pdf")
    assert File.objects.filter(attached=True).count() == 2


@pytest.mark.parametrize("then", ["comment", "resolve"])
def test_a_file_that_is_refused_loses_no_words(desk: Desk, student: Client, then: str) -> None:
    ticket = desk.open()
    sent = {"body": "Not to be lost.", "then": then, "uploads": sheet("photo.pdf", EXE)}
    answer = student.post(f"/tickets/{ticket.pk}", sent)
    assert answer.status_code == 422
    assert "Not to be lost." in checked(answer)
    given = {
        "category_id": str(desk.category()),
        "subject": "Kept words",
        "uploads": sheet("a.exe"),
    }
    answer = student.post("/tickets/new", given)
    assert answer.status_code == 422
    assert "Kept words" in checked(answer)
    assert Ticket.objects.get().state == "open"
    assert not TicketComment.objects.exists()
