"""What browsers are told they may do, and programs of which origins may use the API."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from core.http.policies import CORS_REQUEST_HEADERS
from tests.flow.conftest import School
from tests.flow.people import TEACHER, client_of

APP = "https://app.example"
FOREIGN = "https://evil.example"
PAGES = ["/", "/notices", "/sign-in", "/nowhere", "/homework/999999", "/api/me", "/api/docs"]


def policy_of(answer: Any) -> dict[str, set[str]]:
    """The content security policy by directive."""
    lines = answer.headers["Content-Security-Policy"].split("; ")
    return {
        name: set(sources.split()) for name, _, sources in (line.partition(" ") for line in lines)
    }


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_every_answer_says_what_a_browser_may_do(
    school: School, path: str, is_signed_in: bool
) -> None:
    client = client_of(TEACHER) if is_signed_in else Client()
    answer = client.get(path)
    policy = policy_of(answer)
    assert policy["default-src"] == {"'self'"}
    for directive in ("object-src", "base-uri", "frame-ancestors"):
        assert policy[directive] == {"'none'"}
    assert policy["form-action"] == {"'self'"}
    assert not any("unsafe" in source for sources in policy.values() for source in sources)
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_socket_is_named_for_browsers_that_do_not_count_it_as_ours(
    school: School, settings: Any
) -> None:
    socket = settings.BASE_URL.replace("http", "ws")
    assert socket in policy_of(Client().get("/sign-in"))["connect-src"]


def test_only_the_description_of_the_api_shows_pictures_from_within(school: School) -> None:
    assert policy_of(Client().get("/api/docs"))["img-src"] == {"'self'", "data:"}
    assert "img-src" not in policy_of(Client().get("/sign-in"))


@pytest.fixture
def listed(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]


def preflight(origin: str, path: str = "/api/notices/read", method: str = "POST") -> Any:
    """The answer to what a browser asks before it sends a program's request."""
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": ",".join(CORS_REQUEST_HEADERS),
    }
    return Client().options(path, headers=asked)


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_listed_origin_may_ask_with_cookies_and_our_headers(method: str) -> None:
    answer = preflight(APP, method=method)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert method in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
    wanted = {"x-csrftoken", "x-centre", "idempotency-key", "authorization", "x-request-id"}
    assert wanted <= set(allowed)


@pytest.mark.usefixtures("listed")
def test_a_listed_origin_reads_the_answer_and_its_request_id(school: School) -> None:
    answer = client_of(TEACHER).get("/api/me", headers={"Origin": APP})
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "X-Request-ID" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"].title()
    refused = Client().get("/api/me", headers={"Origin": APP})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == APP


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("origin", [FOREIGN, "null", f"{APP}.evil.example", "http://app.example"])
def test_no_other_origin_is_told_anything(school: School, origin: str) -> None:
    for answer in (
        preflight(origin),
        client_of(TEACHER).get("/api/me", headers={"Origin": origin}),
    ):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("path", ["/", "/sign-in", "/notices"])
def test_pages_are_for_no_other_origin(school: School, path: str) -> None:
    answer = client_of(TEACHER).get(path, headers={"Origin": APP})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.usefixtures("listed")
def test_a_listed_origin_still_needs_the_token(school: School) -> None:
    client = client_of(TEACHER, enforce_csrf_checks=True)
    told = {"Origin": APP}
    answer = client.post(
        "/api/notices/read", {"up_to": 0}, content_type="application/json", headers=told
    )
    assert answer.status_code == 403


def test_the_environment_names_the_origins() -> None:
    code = "from django.conf import settings; print(*settings.CORS_ALLOWED_ORIGINS)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "core.settings",
            "ALLOWED_ORIGINS": f"{APP}, https://other.example",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [APP, "https://other.example"]
