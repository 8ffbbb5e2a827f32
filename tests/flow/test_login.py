"""Signing in and out through the API, and what protects it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.people.models import Membership, User
from tests.flow.conftest import School
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, credentials, post


@pytest.fixture
def browser(school: School) -> Client:
    """A client that is not signed in, and checked for CSRF like any browser."""
    return Client(enforce_csrf_checks=True)


def test_signing_in_and_out(browser: Client) -> None:
    answer = post(browser, "/api/auth/login", credentials())

    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == TEACHER
    assert answer.json()["user"]["memberships"][0]["roles"] == ["teacher"]
    assert "sessionid" in answer.cookies
    token = browser.get("/api/csrf/").json()["csrf_token"]
    assert post(browser, "/api/auth/logout", X_CSRFToken=token).status_code == 204
    assert_problem(browser.get("/api/me"), 401)


def test_the_token_of_the_sign_in_serves_the_session(browser: Client) -> None:
    token = post(browser, "/api/auth/login", credentials()).json()["csrf_token"]

    assert post(browser, "/api/notices/read", {"up_to": 0}, X_CSRFToken=token).status_code == 200


@pytest.mark.parametrize("call", ["post", "put"])
def test_a_session_alone_changes_nothing(browser: Client, call: str) -> None:
    post(browser, "/api/auth/login", credentials())
    path = {"post": "/api/notices/read", "put": "/api/notice-preferences"}[call]

    answer = getattr(browser, call)(path, data={"up_to": 1}, content_type="application/json")

    assert "CSRF" in assert_problem(answer, 403)["detail"]


def test_wrong_password_unknown_email_and_inactive_person_look_alike(browser: Client) -> None:
    User.objects.filter(email=STUDENT).update(is_active=False)
    tries = [
        credentials(password="wrong-password"),
        credentials(email="nobody@oakwood.example"),
        credentials(email=STUDENT),
    ]

    told = [assert_problem(post(browser, "/api/auth/login", each), 401)["detail"] for each in tries]

    assert len(set(told)) == 1
    assert "sessionid" not in browser.cookies


def test_the_email_may_be_written_in_capitals(browser: Client) -> None:
    answer = post(browser, "/api/auth/login", credentials(email=f" {TEACHER.upper()} "))
    assert answer.status_code == 200


def test_another_site_signs_nobody_in(browser: Client) -> None:
    for origin in ("https://elsewhere.example", "null"):
        assert_problem(post(browser, "/api/auth/login", credentials(), Origin=origin), 403)


def test_the_portals_own_origin_signs_in(browser: Client, settings: Any) -> None:
    answer = post(browser, "/api/auth/login", credentials(), Origin=settings.BASE_URL)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": TEACHER},
        {"email": 7, "password": "x"},
        {"email": "a\0b", "password": "x"},
        {"email": TEACHER, "password": "x", "remember": True},
        {"email": TEACHER, "password": "x" * 1001},
        {"email": "\ud800", "password": "\ud800"},
        ["email"],
    ],
)
def test_what_is_no_sign_in_is_refused(browser: Client, body: Any) -> None:
    found = assert_problem(post(browser, "/api/auth/login", body), 422)
    assert all(set(fault) == {"loc", "msg"} for fault in found["errors"])


def test_a_form_of_another_site_is_no_sign_in(browser: Client) -> None:
    answer = browser.post("/api/auth/login", data='{"email": "a"}', content_type="text/plain")
    assert_problem(answer, 415)


def test_who_i_am(school: School) -> None:
    me = client_of(TEACHER).get("/api/me").json()

    centre = school.class_7a().centre
    told = {"id": str(centre.pk), "slug": "oakwood", "name": centre.name}
    assert me["memberships"] == [
        {"centre": told | {"timezone": "Europe/London"}, "roles": ["teacher"]}
    ]
    assert me["id"] == str(school.user(TEACHER).pk)
    assert me["is_operator"] is False


def test_the_operator_belongs_to_no_centre(school: School) -> None:
    operator = client_of("operator@schoolbell.example")

    assert operator.get("/api/me").json()["memberships"] == []
    assert_problem(operator.get("/api/classes"), 403)


def test_a_person_in_two_centres_names_one(school: School) -> None:
    far = school.class_7a("riverside").centre
    Membership.objects.create(user=school.user(TEACHER), centre=far, roles=["admin"])
    ask: Callable[..., Any] = client_of(TEACHER).get

    assert_problem(ask("/api/classes"), 422)
    there = ask("/api/classes", headers={"X-Centre": str(far.pk)}).json()
    assert [each["id"] for each in there["items"]] == [str(school.class_7a("riverside").pk)]
    assert_problem(ask("/api/classes", headers={"X-Centre": "999999"}), 404)
