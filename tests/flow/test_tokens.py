"""API clients with tokens: what lets them in, and everything that must not."""

import base64
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core import clock
from core.access import tokens
from core.access.models import TokenFamily
from core.audit.models import AuditEntry
from core.homework.models import Homework
from core.people.models import Membership, User
from tests.clock import in_a_week
from tests.flow.conftest import School
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, credentials, post

Pair = dict[str, Any]


def sign_in(email: str = TEACHER) -> Pair:
    """Tokens of a new sign-in."""
    answer = post(Client(), "/api/auth/token", credentials(email))
    assert answer.status_code == 200, answer.content
    assert "no-store" in answer.headers["Cache-Control"]
    pair: Pair = answer.json()
    return pair


def bearer(access: str, **options: Any) -> Client:
    """An API client: no cookies, and nothing done for CSRF."""
    return Client(
        enforce_csrf_checks=True, headers={"Authorization": f"Bearer {access}"}, **options
    )


def refresh(token: str) -> Any:
    """The answer to a refresh."""
    return post(Client(), "/api/auth/token/refresh", {"refresh": token})


def who(access: str) -> Any:
    """The answer to who the token's person is."""
    return bearer(access).get("/api/me")


@pytest.fixture
def pair(school: School) -> Pair:
    return sign_in()


def test_a_token_works_like_a_session(pair: Pair, school: School) -> None:
    assert set(pair) == {"access", "refresh", "expires_in"}
    assert 0 < pair["expires_in"] <= 600
    assert who(pair["access"]).json()["email"] == TEACHER

    body = {"title": "Fractions", "due_at": in_a_week().isoformat()}
    path = f"/api/classes/{school.class_7a().pk}/homework"
    client = bearer(pair["access"])
    answers = [post(client, path, body, Idempotency_Key="k") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1].headers["Idempotent-Replay"] == "true"
    assert Homework.objects.count() == 1


def test_the_table_of_permissions_sees_the_tokens_person(pair: Pair, school: School) -> None:
    student = sign_in(STUDENT)
    path = f"/api/classes/{school.class_7a().pk}/students"
    assert bearer(pair["access"]).get(path).status_code == 200
    assert_problem(bearer(student["access"]).get(path), 403)


def test_a_token_chooses_its_centre_by_header_alone(school: School) -> None:
    far = school.class_7a("riverside").centre
    Membership.objects.create(user=school.user(TEACHER), centre=far, roles=["admin"])
    browser = client_of(TEACHER)
    browser.post("/centre", {"centre_id": str(far.pk)})
    token = {"Authorization": f"Bearer {sign_in()['access']}"}

    assert browser.get("/api/classes").status_code == 200
    assert_problem(browser.get("/api/classes", headers=token), 422)
    named = browser.get("/api/classes", headers=token | {"X-Centre": str(far.pk)}).json()
    assert [each["id"] for each in named["items"]] == [str(school.class_7a("riverside").pk)]


def test_a_bad_token_is_refused_whatever_cookie_comes_along(school: School) -> None:
    browser = client_of(TEACHER)
    assert browser.get("/api/me").status_code == 200

    refused = browser.get("/api/me", headers={"Authorization": "Bearer nonsense"})

    assert_problem(refused, 401)
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    key = {"Authorization": "Bearer nonsense", "Idempotency-Key": "k"}
    assert_problem(browser.post("/api/notices/read", {"up_to": 1}, headers=key), 401)
    assert browser.get("/api/me").status_code == 200


def test_a_good_token_counts_more_than_a_cookie(pair: Pair) -> None:
    browser = client_of(STUDENT)
    token = {"Authorization": f"Bearer {pair['access']}"}
    assert browser.get("/api/me", headers=token).json()["email"] == TEACHER
    assert browser.get("/api/me").json()["email"] == STUDENT


def test_other_schemes_let_nobody_in(school: School) -> None:
    for scheme in ("Basic dGVhY2hlcjp4", "Token x", "Bearer", "Bearer  ", "x"):
        assert_problem(Client(headers={"Authorization": scheme}).get("/api/me"), 401)


def test_an_old_token_is_no_hindrance_on_the_way_in(pair: Pair) -> None:
    client = bearer("outdated")
    answer = post(client, "/api/auth/token/refresh", {"refresh": pair["refresh"]})
    assert answer.status_code == 200


def test_a_page_takes_no_token(pair: Pair) -> None:
    assert bearer(pair["access"]).get("/").status_code == 302


def part(raw: object) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(raw).encode()).rstrip(b"=").decode()


def claims_in(token: str) -> dict[str, Any]:
    """What a token says, unchecked."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def signed(claims: dict[str, Any], key: bytes | None = None, algorithm: str = "HS256") -> str:
    """A token that says so."""
    return jwt.encode(claims, settings.JWT_KEY if key is None else key, algorithm=algorithm)


FORGERIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "no algorithm": lambda claims: f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.",
    "none in capitals": lambda claims: f"{part({'alg': 'NONE', 'typ': 'JWT'})}.{part(claims)}.",
    "another key": lambda claims: signed(claims, b"k" * 32),
    "the secret key itself": lambda claims: signed(claims, settings.SECRET_KEY.encode()),
    "another algorithm": lambda claims: signed(claims, settings.JWT_KEY * 2, "HS512"),
    "expired": lambda claims: signed(claims | {"exp": clock.now() - timedelta(seconds=1)}),
    "no expiry": lambda claims: signed({k: v for k, v in claims.items() if k != "exp"}),
    "no family": lambda claims: signed({k: v for k, v in claims.items() if k != "fam"}),
    "a family of nonsense": lambda claims: signed(claims | {"fam": "7"}),
    "another issuer": lambda claims: signed(claims | {"iss": "elsewhere"}),
    "for both uses": lambda claims: signed(claims | {"aud": ["access", "refresh"]}),
    "another person": lambda claims: signed(
        claims | {"sub": str(User.objects.get(email=STUDENT).pk)}
    ),
    "nobody": lambda claims: signed(claims | {"sub": "nobody"}),
    "very long": lambda claims: signed(claims | {"jti": "x" * 5_000}),
}


def test_forgeries(pair: Pair) -> None:
    for name, forge in FORGERIES.items():
        assert who(forge(claims_in(pair["access"]))).status_code == 401, name
        forged = forge(claims_in(pair["refresh"]))[:2000]
        assert refresh(forged).status_code == 401, name
    assert who(pair["access"]).status_code == 200


def test_what_is_signed_right_is_no_forgery(pair: Pair) -> None:
    assert who(signed(claims_in(pair["access"]))).status_code == 200


def test_another_payload_under_the_same_signature(pair: Pair) -> None:
    head, _, signature = pair["access"].split(".")
    changed = part(claims_in(pair["access"]) | {"exp": 4_000_000_000})
    assert_problem(who(f"{head}.{changed}.{signature}"), 401)


def test_a_token_serves_its_own_purpose_only(pair: Pair) -> None:
    assert_problem(who(pair["refresh"]), 401)
    assert_problem(refresh(pair["access"]), 401)
    assert who(pair["access"]).status_code == 200


def test_tokens_run_out(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCESS_FOR", "REFRESH_FOR"):
        monkeypatch.setattr(tokens, name, timedelta(seconds=-1))
    pair = sign_in()
    assert_problem(who(pair["access"]), 401)
    assert_problem(refresh(pair["refresh"]), 401)


def test_a_family_ends_however_often_it_is_refreshed(pair: Pair) -> None:
    TokenFamily.objects.update(created_at=clock.now() - tokens.FAMILY_FOR + timedelta(minutes=2))
    renewed = refresh(pair["refresh"]).json()
    assert renewed["expires_in"] <= 120
    TokenFamily.objects.update(created_at=clock.now() - tokens.FAMILY_FOR)
    assert_problem(refresh(refresh(renewed["refresh"]).json()["refresh"]), 401)


def test_refreshing(pair: Pair) -> None:
    renewed = refresh(pair["refresh"]).json()

    assert set(renewed) == set(pair)
    assert renewed["access"] != pair["access"]
    assert renewed["refresh"] != pair["refresh"]
    assert who(renewed["access"]).status_code == 200
    assert who(pair["access"]).status_code == 200  # until it runs out


def test_a_used_refresh_token_ends_its_family(pair: Pair) -> None:
    other = sign_in()
    renewed = refresh(pair["refresh"]).json()

    assert_problem(refresh(pair["refresh"]), 401)

    assert_problem(refresh(renewed["refresh"]), 401)
    assert_problem(who(renewed["access"]), 401)
    assert_problem(who(pair["access"]), 401)
    assert who(other["access"]).status_code == 200  # another sign-in goes on
    (entry,) = AuditEntry.objects.filter(what="tokens.reused")
    assert entry.subject == f"user:{User.objects.get(email=TEACHER).pk}"


def test_of_racing_refreshes_one_wins_and_then_the_family_ends(pair: Pair) -> None:
    together = threading.Barrier(8)
    answers: list[Any] = []

    def race() -> None:
        together.wait()
        answers.append(refresh(pair["refresh"]))
        connection.close()

    racers = [threading.Thread(target=race) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert_problem(refresh(won["refresh"]), 401)
    assert_problem(who(won["access"]), 401)


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_password(user: User) -> None:
    user.set_password("another-password")
    user.save()


def end_family(user: User) -> None:
    TokenFamily.objects.filter(user=user).update(revoked_at=clock.now())


@pytest.mark.parametrize("change", [deactivate, change_password, end_family])
def test_the_persons_state_counts_at_once(
    pair: Pair, school: School, change: Callable[[User], None]
) -> None:
    change(school.user(TEACHER))
    assert_problem(who(pair["access"]), 401)
    assert_problem(refresh(pair["refresh"]), 401)


def test_signing_out_ends_the_family(pair: Pair) -> None:
    other = sign_in()
    assert post(bearer(pair["access"]), "/api/auth/logout").status_code == 204
    assert_problem(who(pair["access"]), 401)
    assert_problem(refresh(pair["refresh"]), 401)
    assert who(other["access"]).status_code == 200


def test_wrong_credentials_get_no_tokens(school: School) -> None:
    User.objects.filter(email=STUDENT).update(is_active=False)
    for given in (credentials(password="wrong"), credentials("x@y.example"), credentials(STUDENT)):
        assert_problem(post(Client(), "/api/auth/token", given), 401)
    assert not TokenFamily.objects.exists()


def test_only_a_hash_of_the_refresh_token_is_kept(pair: Pair) -> None:
    (family,) = TokenFamily.objects.values_list()
    secret = pair["refresh"].rpartition(".")[2]
    assert not any(secret in str(value) for value in family)
    assert tokens.hash_of(pair["refresh"]) in family


@pytest.mark.django_db
def test_what_is_no_refresh_token() -> None:
    for body in ({}, {"refresh": 7}, {"refresh": ""}, {"refresh": "x" * 2001}, ["refresh"]):
        assert_problem(post(Client(), "/api/auth/token/refresh", body), 422)


def test_a_token_costs_one_query(
    pair: Pair, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = bearer(pair["access"])
    with django_assert_max_num_queries(3):  # the family, the memberships, and Me's own
        assert client.get("/api/me").status_code == 200
