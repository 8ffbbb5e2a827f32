"""Every route, method and role, in the own centre and the mirrored one, as the table says."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import uuid4

import pytest
from django.test import Client

from consumers.streams import STREAMS
from core.audit.models import AuditEntry
from core.events.models import EventRecord
from core.live.streams import find_stream
from core.people.models import Role
from core.permissions import RULES, Rule
from tests.clock import in_a_week
from tests.flow.conftest import School
from tests.flow.pages import tell_class
from tests.flow.people import OPERATOR, client_of

OWN, FOREIGN = "oakwood", "riverside"
MISSING: Final = 987_654_321
WHO: Final[dict[Role, str]] = {
    Role.STUDENT: "student1",
    Role.PARENT: "parent1",
    Role.TEACHER: "teacher",
    Role.STAFF: "staff",
    Role.HEAD: "head",
    Role.ADMIN: "admin",
}
PARAMETER: Final = re.compile(r"<[^>]+>")
REQUEST_ID: Final = re.compile(rb"[0-9a-f]{32}")


class Things:
    """One of everything that a route may name, in one centre."""

    def __init__(self, school: School, centre: str) -> None:
        self.homework = tell_class(school, centre=centre)
        self.school_class = school.class_7a(centre)
        self.event = EventRecord.objects.get(
            kind="HomeworkPublished", centre_id=self.homework.centre_id
        )


# TABLE: what a parameter of a route is, and what there is of it nowhere.
PARAMETERS: Final[dict[str, tuple[Callable[[Things], object], object]]] = {
    "<int:class_id>": (lambda things: things.school_class.pk, MISSING),
    "<int:homework_id>": (lambda things: things.homework.pk, MISSING),
    "<uuidstr:event_id>": (lambda things: things.event.pk, uuid4()),
    "<int:delivery_id>": (
        lambda things: things.event.deliveries.exclude(key="").first().pk,  # type: ignore[union-attr]
        MISSING,
    ),
}
# TABLE: a body that a route accepts; {} where it takes none.
BODIES: Final[dict[str, dict[str, Any]]] = {
    "POST api/classes/<int:class_id>/homework": {
        "title": "Walk",
        "body": "",
        "due_at": in_a_week().isoformat(),
    },
}
# TABLE: routes with a parameter that names no thing of a centre, each with its reason.
OF_NO_CENTRE: Final[dict[str, str]] = {
    "<str:queue>": "queues are the system's; operators only",
    "<str:group_id>": "dead letters are the system's; operators only",
    "<uuidstr:job_id>": "a job is its requester's, whatever the centre; tests/flow/test_jobs.py",
    "<str:message_id>": "a mail's id leads to its event; tests/flow/test_trace.py",
    "<str:mail_id>": "the catching mailbox, for development only",
}


def lines(*, of_a_centre: bool) -> Iterator[tuple[str, Rule]]:
    """The table's lines for signed-in people: with a thing of a centre in the route, or without."""
    for line, rule in RULES.items():
        names = PARAMETER.findall(line)
        if rule.signed_in and not set(names) & set(OF_NO_CENTRE) and bool(names) == of_a_centre:
            yield line, rule


def call(client: Client, line: str, named: Callable[[str], object]) -> Any:
    """The answer to a line of the table, its parameters filled in."""
    method, _, route = line.partition(" ")
    path = "/" + PARAMETER.sub(lambda found: str(named(found[0])), route)
    if method == "GET":
        return client.get(path)
    if path.startswith("/api/"):
        body = json.dumps(BODIES.get(line, {}))
        return client.generic(method, path, body, content_type="application/json")
    return client.post(path, BODIES.get(line, {}))


def body_of(answer: Any) -> bytes:
    """What was answered, but for the request's id."""
    return REQUEST_ID.sub(b"", answer.content)


def may(rule: Rule, role: Role) -> bool:
    return not rule.operator and (not rule.member or role in rule.roles)


def test_every_parameter_of_the_table_is_known() -> None:
    names = {name for line in RULES for name in PARAMETER.findall(line)}
    assert names == set(PARAMETERS) | set(OF_NO_CENTRE)


@pytest.mark.parametrize("role", list(Role))
def test_in_the_own_centre_the_table_decides(school: School, role: Role) -> None:
    things = Things(school, OWN)
    client = client_of(f"{WHO[role]}@{OWN}.example")
    client.raise_request_exception = False
    for of_a_centre in (True, False):
        for line, rule in lines(of_a_centre=of_a_centre):
            if line.endswith(("logout", "sign-out")):
                continue  # or nobody would be left to walk on
            answer = call(client, line, lambda name: PARAMETERS[name][0](things))
            if may(rule, role):
                assert answer.status_code < 500, line
                assert answer.status_code not in (401, 405), line
            else:
                assert answer.status_code == 403, line


@pytest.mark.parametrize("role", list(Role))
def test_things_of_another_centre_are_not_there(school: School, role: Role) -> None:
    things = Things(school, FOREIGN)
    own = school.user(f"{WHO[role]}@{OWN}.example")
    client = client_of(own.email)
    for line, rule in lines(of_a_centre=True):
        foreign = call(client, line, lambda name: PARAMETERS[name][0](things))
        missing = call(client, line, lambda name: PARAMETERS[name][1])
        assert foreign.status_code == (404 if may(rule, role) else 403), line
        assert body_of(foreign) == body_of(missing), line
    written_down = AuditEntry.objects.filter(what="centre.refused", by_id=own.pk).count()
    assert written_down == sum(may(rule, role) for _, rule in lines(of_a_centre=True))


def test_an_operator_reaches_nothing_of_a_centre(school: School) -> None:
    things = Things(school, OWN)
    client = client_of(OPERATOR)
    for line, rule in lines(of_a_centre=True):
        answer = call(client, line, lambda name: PARAMETERS[name][0](things))
        assert answer.status_code == 403 or not rule.member, line


def test_strangers_are_asked_to_sign_in(school: School) -> None:
    things = Things(school, OWN)
    for of_a_centre in (True, False):
        for line, _ in lines(of_a_centre=of_a_centre):
            answer = call(Client(), line, lambda name: PARAMETERS[name][0](things))
            if line.partition(" ")[2].startswith("api/"):
                assert answer.status_code == 401, line
            else:
                assert answer.status_code == 302, line
                assert answer.headers["Location"].startswith("/sign-in?next="), line


@pytest.mark.parametrize("role", list(Role))
def test_streams_of_another_centre_are_not_there(school: School, role: Role) -> None:
    person = school.user(f"{WHO[role]}@{OWN}.example")
    other = school.user(f"{WHO[role]}@{FOREIGN}.example")
    for kind in STREAMS:
        assert find_stream(STREAMS, person.pk, f"{kind.prefix}:{other.pk}") is None
        assert find_stream(STREAMS, person.pk, f"{kind.prefix}:{MISSING}") is None
