"""Whatever goes wrong, a program reads a problem and a person a page, and neither a stack trace."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch as swap

import pytest
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from tests.flow.conftest import School
from tests.flow.people import TEACHER, assert_problem, client_of, post

Ask = Callable[[], Any]


@pytest.fixture(params=[False, True], ids=["production", "debug"])
def _both_modes(request: pytest.FixtureRequest, settings: Any) -> None:
    settings.DEBUG = request.param


@pytest.fixture
def teacher(school: School) -> Client:
    """A signed-in client whose failures come as answers."""
    return client_of(TEACHER, raise_request_exception=False)


def database_away(error: type[Exception]) -> Any:
    """No connection to the database can be had."""
    return swap.object(BaseDatabaseWrapper, "ensure_connection", side_effect=error("gone: secret"))


@pytest.mark.usefixtures("_both_modes")
@pytest.mark.parametrize("path", ["/api/nothing", "/api", "/api/classes/", "/api/classes/x"])
def test_an_unknown_address_of_the_api(path: str) -> None:
    assert_problem(Client().get(path), 404)


@pytest.mark.usefixtures("_both_modes")
def test_an_unknown_page() -> None:
    answer = Client().get("/nothing")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"There is nothing at this address" in answer.content


def test_a_method_that_is_not_possible(teacher: Client) -> None:
    assert_problem(teacher.delete("/api/classes"), 405)


def test_ids_of_requests_are_taken_or_made() -> None:
    def id_after(given: str) -> str:
        answer = Client().get("/healthz", headers={"X-Request-ID": given})
        return str(answer.headers["X-Request-ID"])

    assert id_after("from-the_Client.1") == "from-the_Client.1"
    for unfit in ("", "a b", "x" * 65, "a\nb", "<script>", "é"):
        assert id_after(unfit) not in {unfit, ""}


@pytest.mark.usefixtures("_both_modes")
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_without_a_database_the_caller_is_asked_to_come_back(
    teacher: Client, error: type[Exception]
) -> None:
    asks: list[Ask] = [
        lambda: teacher.get("/api/me"),
        lambda: post(teacher, "/api/notices/read", {"up_to": 1}, Idempotency_Key="k"),
        lambda: post(Client(raise_request_exception=False), "/api/auth/login", LOGIN),
    ]
    for ask in asks:
        with database_away(error):
            answer = ask()
        assert_problem(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
        assert b"secret" not in answer.content


LOGIN = {"email": TEACHER, "password": "whatever-it-is"}


@pytest.mark.usefixtures("_both_modes")
def test_without_a_database_a_person_reads_a_page(teacher: Client) -> None:
    with database_away(OperationalError):
        answer = teacher.get("/")

    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"secret" not in answer.content


@pytest.mark.usefixtures("_both_modes")
@pytest.mark.parametrize("where", ["core.classes.queries.classes_for", "core.gate.choose_actor"])
def test_a_fault_of_ours_tells_nothing_but_its_request(teacher: Client, where: str) -> None:
    with swap(where, side_effect=ZeroDivisionError("secret")):
        answer = teacher.get("/api/classes")

    found = assert_problem(answer, 500)
    assert "secret" not in str(found)
    assert "Traceback" not in str(found)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        (b'{"up_to": "\xff"}', "application/json", 400),
        ('{"up_to": ' + "9" * 5000 + "}", "application/json", 400),
        ('{"up_to": 1}', "text/plain", 415),
        ("up_to=1", "application/x-www-form-urlencoded", 415),
        (b" " * 3_000_000, "application/json", 413),
        ("", "application/json", 422),
        ("null", "application/json", 422),
        ('{"up_to": NaN}', "application/json", 422),
        ('{"up_to": 9223372036854775808}', "application/json", 422),
        ('{"up_to": true}', "application/json", 422),
    ],
)
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k"}], ids=["bare", "keyed"])
def test_bodies_that_are_none(
    teacher: Client, body: str, kind: str, status: int, key: dict[str, str]
) -> None:
    answer = teacher.post("/api/notices/read", data=body, content_type=kind, headers=key)
    assert_problem(answer, status)


def test_faults_say_where_they_are(teacher: Client, school: School) -> None:
    path = f"/api/classes/{school.class_7a().pk}/homework"
    found = assert_problem(post(teacher, path, {"title": 1, "due_at": "soon", "extra": 1}), 422)
    assert [fault["loc"] for fault in found["errors"]] == [
        ["body", "title"],
        ["body", "due_at"],
        ["body", "extra"],
    ]
    found = assert_problem(teacher.get("/api/homework?limit=0&state=lost"), 422)
    assert [fault["loc"] for fault in found["errors"]] == [["query", "limit"], ["query", "state"]]


@pytest.mark.parametrize("query", ["?class_id=%00", "?%00=1", "?cursor=a%00", "?state=%00"])
def test_a_nul_in_the_query(teacher: Client, query: str) -> None:
    assert_problem(teacher.get(f"/api/homework{query}"), 422)


def test_a_nul_in_a_cookie(school: School) -> None:
    client = Client(headers={"Cookie": r'sessionid="\000aaaaaaaaaaaa"'})
    assert_problem(client.get("/api/me"), 422)


def test_the_error_page_may_fail_too(teacher: Client) -> None:
    with swap("core.http.answers.render", side_effect=ZeroDivisionError):
        answer = teacher.get("/nothing")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
