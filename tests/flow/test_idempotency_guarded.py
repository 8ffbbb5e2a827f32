"""A key where a password is taken: it happens once, and no secret is kept."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal
from typing import Any
from unittest.mock import patch as swap

import pytest
from django.db import connection
from django.test import Client

from core.access import actions
from core.access.limits import ACCOUNT
from core.access.models import BrowserSession
from core.demo.school import PASSWORD
from core.events.models import EventRecord
from core.http.models import IdempotentAnswer
from tests.flow.conftest import School
from tests.flow.people import TEACHER, assert_problem, client_of, post
from tests.flow.test_second_factor import FACTOR, code_of, device_of
from tests.flow.test_second_factor import _noon as noon

__all__ = ["noon"]

CHANGE = "/api/auth/password"
NEW = "correct-horse-battery"
BODY = {"old_password": PASSWORD, "new_password": NEW}


@pytest.fixture
def teacher(school: School) -> Client:
    return client_of(TEACHER)


def changes() -> int:
    return EventRecord.objects.filter(kind="PasswordChanged").count()


def test_a_password_is_changed_once(teacher: Client) -> None:
    first, second = (post(teacher, CHANGE, BODY, Idempotency_Key="k") for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert second.headers["Idempotent-Replay"] == "true"
    assert changes() == 1


def test_another_body_under_the_same_key_is_refused(teacher: Client) -> None:
    post(teacher, CHANGE, BODY, Idempotency_Key="k")
    other = BODY | {"new_password": "another-horse-battery"}
    assert_problem(post(teacher, CHANGE, other, Idempotency_Key="k"), 422)
    assert changes() == 1


def test_a_wrong_password_counts_and_its_refusal_is_kept(teacher: Client) -> None:
    wrong = BODY | {"old_password": "open-sesame"}
    for number in range(ACCOUNT.failures):
        assert_problem(post(teacher, CHANGE, wrong, Idempotency_Key=f"k{number}"), 422)
    again = post(teacher, CHANGE, wrong, Idempotency_Key="k0")
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (422, "true")
    assert_problem(post(teacher, CHANGE, BODY, Idempotency_Key="late"), 429)
    assert not IdempotentAnswer.objects.filter(key="late").exists()  # it may be tried again


def test_the_same_key_signs_out_once(teacher: Client) -> None:
    elsewhere = client_of(TEACHER)
    path = "/api/auth/sign-out-everywhere"
    first = post(teacher, path, Idempotency_Key="k")
    assert first.json()["sessions"] == BrowserSession.objects.count() + 2
    assert_problem(post(elsewhere, path, Idempotency_Key="k"), 401)  # a key proves nobody
    back = client_of(TEACHER)
    assert post(back, path, Idempotency_Key="k").content == first.content
    assert back.get("/api/me").status_code == 200


def test_secrets_are_told_once_and_kept_nowhere(teacher: Client) -> None:
    begun = post(teacher, FACTOR, Idempotency_Key="a")
    assert begun.status_code == 201
    refused = assert_problem(post(teacher, FACTOR, Idempotency_Key="a"), 409)
    assert "use a new key" in refused["detail"]

    path, code = f"{FACTOR}/confirm", {"code": code_of(device_of(), -1)}
    assert_problem(post(teacher, path, {"code": "000000"}, Idempotency_Key="b"), 422)
    told = post(teacher, path, code, Idempotency_Key="c")
    assert told.status_code == 200
    assert_problem(post(teacher, path, code, Idempotency_Key="c"), 409)

    kept = " ".join(bytes(each.body).decode() for each in IdempotentAnswer.objects.all())
    secrets = [begun.json()["secret"], *told.json()["recovery_codes"]]
    assert not any(secret in kept for secret in secrets)
    fingerprints = set(IdempotentAnswer.objects.values_list("key", "status"))
    assert fingerprints == {("a", None), ("b", 422), ("c", None)}


def test_a_second_factor_is_turned_off_once(teacher: Client) -> None:
    post(teacher, FACTOR)
    post(teacher, f"{FACTOR}/confirm", {"code": code_of(device_of(), -1)})
    body = {"code": code_of(device_of())}
    first, second = (post(teacher, f"{FACTOR}/off", body, Idempotency_Key="k") for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.content == second.content


def test_a_twin_at_the_same_moment_does_nothing(teacher: Client) -> None:
    inside, go_on = Signal(), Signal()
    change_password = actions.change_password

    def slow(**given: Any) -> Any:
        inside.set()
        assert go_on.wait(10)
        return change_password(**given)

    def send() -> Any:
        try:
            return post(teacher, CHANGE, BODY, Idempotency_Key="k")
        finally:
            connection.close()

    with swap("core.access.actions.change_password", slow), ThreadPoolExecutor() as threads:
        first = threads.submit(send)
        assert inside.wait(10)
        twin = post(client_of(TEACHER), CHANGE, BODY, Idempotency_Key="k")
        go_on.set()
        assert first.result(10).status_code == 200
    assert_problem(twin, 409)
    assert changes() == 1


def test_what_failed_in_between_is_not_done_again(school: School) -> None:
    client = client_of(TEACHER, raise_request_exception=False)
    with swap("core.access.api.EndedTold.of", side_effect=ZeroDivisionError):
        assert_problem(post(client, CHANGE, BODY, Idempotency_Key="k"), 500)
    assert changes() == 1
    fresh = client_of(TEACHER)
    assert_problem(post(fresh, CHANGE, BODY, Idempotency_Key="k"), 409)
    assert changes() == 1


def test_what_is_kept_tells_nothing_of_the_password(teacher: Client, settings: Any) -> None:
    post(teacher, CHANGE, BODY, Idempotency_Key="k")
    kept = IdempotentAnswer.objects.get().fingerprint
    IdempotentAnswer.objects.all().delete()
    settings.SECRET_KEY = "another-key-of-a-portal-elsewhere-0123456789"
    post(client_of(TEACHER), CHANGE, BODY, Idempotency_Key="k")
    assert IdempotentAnswer.objects.get().fingerprint != kept
