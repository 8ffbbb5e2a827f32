"""The API does what its description says, whoever asks and whatever is sent."""

import gc
import re
from collections import defaultdict
from functools import cache
from typing import Any, Final

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.people.models import Role
from core.permissions import RULES
from core.tickets.models import Ticket
from tests.flow.conftest import School
from tests.flow.pages import OPERATOR, STAFF
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of, ids, post

ADMIN: Final = "admin@oakwood.example"
ROLES: Final = {
    STUDENT: {Role.STUDENT},
    PARENT: {Role.PARENT},
    TEACHER: {Role.TEACHER},
    STAFF: {Role.STAFF},
    ADMIN: {Role.ADMIN},
    OPERATOR: set[Role](),
}
WHO: Final = list(ROLES)
PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")
UNFITTING: Final = (TEACHER, ADMIN, OPERATOR)  # who come as far as to be told what does not fit
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# After these nobody is signed in any more; they have tests of their own.
ENDS_THE_SESSION: Final = {"POST /api/auth/logout", "POST /api/auth/sign-out-everywhere"}
# What is refused before anybody asks who it is: no such address, no text that can be stored.
UNREAD: Final = {401, 404, 422}
# Werkzeug's test client does not close its requests, and so the files that were sent with them.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
ONCE: Final = settings(
    max_examples=1,  # per operation and way of making them up
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TWICE: Final = settings(ONCE, max_examples=2)


def signed_in(email: str) -> dict[str, Any]:
    """What a browser sends along for a person."""
    client = client_of(email)
    token = client.get("/api/csrf/").json()["csrf_token"]
    cookies = {name: each.value for name, each in client.cookies.items()}
    return {"cookies": cookies, "headers": {"X-CSRFToken": token}}


@pytest.fixture
def things(school: School) -> dict[str, str]:
    """What there is to ask for, by the name of the parameter."""
    homework = school.publish()
    teacher = client_of(TEACHER)
    category_id = ids(teacher.get("/api/ticket-categories"))[0]
    about = {"category_id": category_id, "subject": "Projector", "body": "It stays dark."}
    assert post(teacher, "/api/tickets", about).status_code == 201
    return {
        "class_id": str(school.class_7a().pk),
        "homework_id": str(homework.pk),
        "category_id": category_id,
        "ticket_id": str(Ticket.objects.latest("pk").pk),
        "person_id": str(school.user(STUDENT).pk),
        "queue": "email",
    }


@cache
def operations() -> list[Any]:
    """Every operation of the description, as the portal itself gives it."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    found: list[Any] = list(schema.get_all_operations())
    return [each.ok() for each in found]


def ways_of(
    operation: Any, things: dict[str, str], *, unfitting: bool = True
) -> list[dict[str, Any]]:
    """How its requests are made up: fitting, perhaps unfitting, and about what there is."""
    modes = list(GenerationMode) if unfitting else [GenerationMode.POSITIVE]
    ways: list[dict[str, Any]] = [{"generation_mode": each} for each in modes]
    named = {each.name for each in operation.path_parameters}
    if named and named <= set(things):
        ways.append({"path_parameters": {name: things[name] for name in named}})
    return ways


class Fuzzer:
    """Sends made-up requests as one person, and notes what does not hold."""

    def __init__(self, brought: dict[str, Any], tried: settings = ONCE) -> None:
        self.brought = brought
        self.tried = tried
        self.faults: list[str] = []
        self.statuses: dict[str, set[int]] = defaultdict(set)

    def attempt(self, operation: Any, way: dict[str, Any]) -> None:
        """Send a few requests to an operation."""

        @seed(4)
        @self.tried
        @given(case=operation.as_strategy(**way))
        def send(case: Case[Any]) -> None:
            answer = case.call(**self.brought)
            self.statuses[operation.label].add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        try:
            send()
        except Unsatisfiable:  # what takes nothing cannot be sent anything unfitting
            pass
        except Exception as error:  # noqa: BLE001 - all of them in one go
            self.faults.append(f"{operation.label}: {error}"[:2000])


def is_open_to(operation: Any, email: str) -> bool:
    """Whether the table lets the person in. That it lets nobody else in is what the walk shows."""
    route = operation.label.replace(" /", " ", 1)
    rule = {PARAMETER.sub(r"{\1}", line): each for line, each in RULES.items()}[route]
    if rule.operator:
        return email == OPERATOR
    return not rule.member or not rule.roles.isdisjoint(ROLES[email])


@pytest.mark.sweep
@pytest.mark.timeout(300)
def test_every_operation_answers_one_who_may_as_described(things: dict[str, str]) -> None:
    fuzzers = {email: Fuzzer(signed_in(email)) for email in WHO}
    for number, operation in enumerate(operations()):
        people = [email for email in WHO if is_open_to(operation, email)]
        if operation.label not in ENDS_THE_SESSION:
            for way in ways_of(operation, things):
                fuzzers[people[number % len(people)]].attempt(operation, way)
    gc.collect()
    assert [fault for each in fuzzers.values() for fault in each.faults] == []
    answers = [each.statuses for each in fuzzers.values()]
    done = [label for each in answers for label, statuses in each.items() if min(statuses) < 300]
    assert len(done) > 50, answers  # else it only looked at refusals


@pytest.mark.sweep
@pytest.mark.timeout(300)
@pytest.mark.parametrize("email", WHO)
def test_every_operation_answers_as_described(things: dict[str, str], email: str) -> None:
    fuzzer = Fuzzer(signed_in(email), TWICE)
    for operation in operations():
        if operation.label not in ENDS_THE_SESSION and is_open_to(operation, email):
            for way in ways_of(operation, things, unfitting=email in UNFITTING):
                fuzzer.attempt(operation, way)
    gc.collect()
    assert fuzzer.faults == []
    done = [label for label, statuses in fuzzer.statuses.items() if min(statuses) < 300]
    assert len(done) > 10, fuzzer.statuses  # else it only looked at refusals


@pytest.mark.sweep
@pytest.mark.timeout(300)
def test_who_is_not_signed_in_gets_nothing(things: dict[str, str]) -> None:
    fuzzer = Fuzzer({})
    for operation in operations():
        for way in ways_of(operation, things, unfitting=False):
            fuzzer.attempt(operation, way)
    gc.collect()
    assert fuzzer.faults == []
    for operation in operations():
        if operation.definition.raw.get("security"):
            statuses = fuzzer.statuses[operation.label]
            assert {401} <= statuses <= UNREAD, operation.label
