"""Every route, method and role, in the own centre and the mirrored one, as the table says."""

import re
from typing import Any, Final

import pytest
from django.test import Client

from consumers.streams import STREAMS
from core.audit.models import AuditEntry
from core.live.streams import find_stream
from core.people.models import Role
from core.permissions import RULES
from tests.flow.conftest import School
from tests.flow.people import OPERATOR, VIEWER, client_of
from tests.flow.walk import (
    FOREIGN,
    MISSING,
    OF_NO_CENTRE,
    OWN,
    PARAMETER,
    PARAMETERS,
    WHO,
    call,
    lines,
    may,
    things_of,
)

# What differs between answers that say the same: the request's id, the tokens of a page's forms,
# and the address that was asked for.
OF_THE_REQUEST: Final = re.compile(
    rb"[0-9a-f]{32}|name=\"(csrfmiddlewaretoken|next)\" value=\"[^\"]*\""
)

# Those who may least and most walk in `make test`, everybody in `make sweep`.
WALKERS: Final = [
    pytest.param(role, marks=[pytest.mark.sweep] * (role not in {Role.STUDENT, Role.ADMIN}))
    for role in Role
]


def body_of(answer: Any) -> bytes:
    """What was answered, whichever request asked."""
    return OF_THE_REQUEST.sub(b"", answer.content)


def test_every_parameter_of_the_table_is_known() -> None:
    names = {name for line in RULES for name in PARAMETER.findall(line)}
    assert names == set(PARAMETERS) | set(OF_NO_CENTRE)


@pytest.mark.parametrize("role", WALKERS)
def test_in_the_own_centre_the_table_decides(school: School, role: Role) -> None:
    things = things_of(school, OWN)
    client = client_of(f"{WHO[role]}@{OWN}.example")
    client.raise_request_exception = False
    for of_a_centre in (True, False):
        for line, rule in lines(of_a_centre=of_a_centre):
            if line.endswith(("logout", "sign-out", "sign-out-everywhere")):
                continue  # or nobody would be left to walk on
            answer = call(client, line, lambda name: PARAMETERS[name][0](things))
            if may(rule, role):
                assert answer.status_code < 500, line
                assert answer.status_code not in (401, 405), line
            else:
                assert answer.status_code == 403, line


@pytest.mark.parametrize("role", WALKERS)
def test_things_of_another_centre_are_not_there(school: School, role: Role) -> None:
    things = things_of(school, FOREIGN)
    own = school.user(f"{WHO[role]}@{OWN}.example")
    client = client_of(own.email)
    for line, rule in lines(of_a_centre=True):
        foreign = call(client, line, lambda name: PARAMETERS[name][0](things))
        missing = call(client, line, lambda name: PARAMETERS[name][1])
        assert foreign.status_code == (404 if may(rule, role) else 403), line
        assert body_of(foreign) == body_of(missing), line
    written_down = AuditEntry.objects.filter(what="centre.refused", by_id=own.pk).count()
    assert written_down == sum(may(rule, role) for _, rule in lines(of_a_centre=True))


@pytest.mark.parametrize("email", [OPERATOR, VIEWER])
def test_an_operator_reaches_nothing_of_a_centre(school: School, email: str) -> None:
    things = things_of(school, OWN)
    client = client_of(email)
    for line, rule in lines(of_a_centre=True):
        answer = call(client, line, lambda name: PARAMETERS[name][0](things))
        assert answer.status_code == 403 or not rule.member, line


def test_strangers_are_asked_to_sign_in(school: School) -> None:
    things = things_of(school, OWN)
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
    things = things_of(school, FOREIGN)
    theirs = {
        "me": school.user(f"{WHO[role]}@{FOREIGN}.example").pk,
        "ticket": things.ticket.pk,
        "tickets": things.ticket.centre_id,
        "report": things.report.pk,
        "room": things.room.pk,
        "board": things.board.pk,
    }
    assert set(theirs) == {kind.prefix for kind in STREAMS}
    for kind in STREAMS:
        assert find_stream(STREAMS, person.pk, f"{kind.prefix}:{theirs[kind.prefix]}") is None
        assert find_stream(STREAMS, person.pk, f"{kind.prefix}:{MISSING}") is None
