"""A POST with a key happens once, however often it is sent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Signal
from typing import Any
from unittest.mock import patch as swap

import pytest
from django.db import connection
from django.test import Client

from core import clock
from core.events.models import EventRecord
from core.homework import actions
from core.homework.models import Homework
from core.http.models import IdempotentAnswer
from tests.clock import in_a_week
from tests.flow.conftest import School
from tests.flow.people import PROBLEM, STUDENT, TEACHER, assert_problem, client_of, post
from tests.servers import wait_for

Send = Callable[..., Any]


@pytest.fixture
def teacher(school: School) -> Client:
    """A signed-in client whose failures come as answers."""
    return client_of(TEACHER, raise_request_exception=False)


@pytest.fixture
def draft(school: School) -> dict[str, str]:
    """A homework's body, the same for every sending."""
    return {"title": "Fractions", "due_at": in_a_week().isoformat()}


@pytest.fixture
def send(teacher: Client, school: School, draft: dict[str, str]) -> Send:
    """Send the draft with a key."""
    path = f"/api/classes/{school.class_7a().pk}/homework"

    def run(key: str = "k", client: Client = teacher, **changed: str) -> Any:
        return post(client, path, draft | changed, Idempotency_Key=key)

    return run


def test_the_same_again_is_answered_again_and_happens_once(send: Send) -> None:
    first, second = send(), send()

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotent-Replay" not in first.headers
    assert second.headers["Idempotent-Replay"] == "true"
    assert Homework.objects.count() == 1
    assert EventRecord.objects.filter(kind="HomeworkDrafted").count() == 1


def test_another_key_happens_again(send: Send) -> None:
    assert send("a").json()["id"] != send("b").json()["id"]


def test_another_body_or_address_under_the_same_key_is_refused(
    send: Send, teacher: Client, school: School
) -> None:
    send()

    assert_problem(send(title="Decimals"), 422)
    assert_problem(post(teacher, "/api/notices/read", {"up_to": 1}, Idempotency_Key="k"), 422)
    assert Homework.objects.count() == 1


def test_each_person_has_their_own_keys(send: Send, school: School) -> None:
    send()
    assert send(client=client_of("admin@oakwood.example")).status_code == 201
    assert Homework.objects.count() == 2


def test_a_problem_is_kept_too(teacher: Client) -> None:
    def read() -> Any:
        return post(teacher, "/api/notices/read", {"up_to": -1}, Idempotency_Key="k")

    first, second = read(), read()

    assert first.status_code == second.status_code == 422
    assert first.content == second.content
    assert second.headers["Content-Type"] == PROBLEM
    assert second.headers["Idempotent-Replay"] == "true"


@pytest.mark.parametrize("key", ["", "x" * 256, "naïve", "a\tb"])
def test_keys_that_are_none(send: Send, key: str) -> None:
    assert_problem(send(key), 422)
    assert not Homework.objects.exists()


def test_the_longest_key_fits(send: Send) -> None:
    assert send("x" * 255).status_code == 201
    assert send("x" * 255).headers["Idempotent-Replay"] == "true"


def test_a_refusal_of_the_person_is_not_kept(send: Send, school: School) -> None:
    student = client_of(STUDENT)
    assert_problem(send(client=student), 403)
    assert not IdempotentAnswer.objects.exists()


def test_a_refusal_for_csrf_is_not_kept(send: Send, school: School) -> None:
    browser = client_of(TEACHER, enforce_csrf_checks=True)
    assert_problem(send(client=browser), 403)
    assert not IdempotentAnswer.objects.exists()


def test_a_failure_leaves_nothing_and_can_be_tried_again(send: Send) -> None:
    with swap("core.homework.api.HomeworkTold.of", side_effect=ZeroDivisionError):
        assert_problem(send(), 500)

    assert not Homework.objects.exists()
    assert not EventRecord.objects.exists()
    assert not IdempotentAnswer.objects.exists()
    assert send().status_code == 201
    assert Homework.objects.count() == 1


def test_a_refusal_by_the_state_is_final(teacher: Client, school: School) -> None:
    homework = school.draft()
    path = f"/api/homework/{homework.pk}/withdraw"
    assert_problem(post(teacher, path, Idempotency_Key="k"), 409)
    actions.publish_homework(homework_id=homework.pk, by=school.actor(TEACHER))

    again = post(teacher, path, Idempotency_Key="k")

    assert again.status_code == 409
    assert again.headers["Idempotent-Replay"] == "true"


def test_a_key_counts_for_a_day(send: Send) -> None:
    first = send()
    IdempotentAnswer.objects.update(created_at=clock.now() - timedelta(hours=23, minutes=59))
    assert send().content == first.content
    IdempotentAnswer.objects.update(created_at=clock.now() - timedelta(hours=24, minutes=1))

    late = send(title="Decimals")

    assert late.status_code == 201
    assert "Idempotent-Replay" not in late.headers
    assert send(title="Decimals").content == late.content
    assert Homework.objects.count() == 2


def waiting_for_locks() -> int:
    """How many transactions wait for another to end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


def test_twins_at_the_same_moment_happen_once(send: Send, school: School) -> None:
    inside, go_on = Signal(), Signal()
    draft_homework = actions.draft_homework

    def slow(**given: Any) -> Homework:
        inside.set()
        assert go_on.wait(10)
        return draft_homework(**given)

    def send_alone() -> Any:
        try:
            return send(client=client_of(TEACHER))
        finally:
            connection.close()

    with swap("core.homework.actions.draft_homework", slow), ThreadPoolExecutor() as threads:
        first = threads.submit(send_alone)
        assert inside.wait(10)
        twins = [threads.submit(send_alone) for _ in range(3)]
        wait_for(lambda: waiting_for_locks() == 3, seconds=10)
        go_on.set()
        answers = [each.result(10) for each in (first, *twins)]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replay") for answer in answers] == [None] + ["true"] * 3
    assert Homework.objects.count() == 1


def test_when_the_first_fails_its_twin_takes_its_place(send: Send, school: School) -> None:
    inside, go_on = Signal(), Signal()
    draft_homework = actions.draft_homework
    calls: list[int] = []

    def failing_first(**given: Any) -> Homework:
        calls.append(1)
        if len(calls) == 1:
            inside.set()
            assert go_on.wait(10)
            raise ZeroDivisionError
        return draft_homework(**given)

    def send_alone() -> Any:
        try:
            return send(client=client_of(TEACHER, raise_request_exception=False))
        finally:
            connection.close()

    with (
        swap("core.homework.actions.draft_homework", failing_first),
        ThreadPoolExecutor() as threads,
    ):
        first = threads.submit(send_alone)
        assert inside.wait(10)
        twin = threads.submit(send_alone)
        wait_for(lambda: waiting_for_locks() == 1, seconds=10)
        go_on.set()
        assert (first.result(10).status_code, twin.result(10).status_code) == (500, 201)

    assert Homework.objects.count() == 1
