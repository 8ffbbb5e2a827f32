"""Clients that speak to the API as one person of the demo school."""

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from core.access.entering import BACKEND
from core.access.sessions import SessionStore
from core.demo.school import PASSWORD
from core.people.models import User

TEACHER = "teacher@oakwood.example"
STUDENT = "student1@oakwood.example"
PARENT = "parent1@oakwood.example"
STRANGER = "teacher@riverside.example"
OPERATOR = "operator@schoolbell.example"
VIEWER = "viewer@schoolbell.example"

JSON = "application/json"
PROBLEM = "application/problem+json"


def client_of(email: str, **options: Any) -> Client:
    """A client that is signed in; how one comes to a session is tested elsewhere."""
    client = Client(**options)
    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return client


def credentials(email: str = TEACHER, password: str = PASSWORD) -> dict[str, str]:
    """The body of a sign-in."""
    return {"email": email, "password": password}


def post(client: Client, path: str, body: object = None, **headers: str) -> Any:
    """The answer to a POST of JSON; headers as `idempotency_key="k"`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(path, data=body, content_type=JSON, headers=named)


def patch(client: Client, path: str, body: object) -> Any:
    """The answer to a PATCH of JSON."""
    return client.patch(path, data=body, content_type=JSON)


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem that an answer holds, with all that every problem has."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == PROBLEM
    found: dict[str, Any] = answer.json()
    assert set(found) == {"type", "title", "status", "detail", "errors", "request_id"}
    assert found["status"] == status
    assert found["request_id"] == answer.headers["X-Request-ID"]
    return found


def ids(answer: Any) -> list[str]:
    """The ids of the items of a list."""
    return [each["id"] for each in answer.json()["items"]]
