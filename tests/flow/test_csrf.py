"""A cookie alone changes nothing, wherever it is sent."""

import re
from uuid import UUID

import pytest

from core.people.models import Membership, Role, User
from core.permissions import RULES
from tests.flow.conftest import School
from tests.flow.people import TEACHER, client_of

SAFE = ("GET", "HEAD", "OPTIONS")
# These look at no cookie: who calls them proves who they are by what the request itself holds.
WITHOUT_COOKIE = {
    "POST api/auth/login",
    "POST api/auth/token",
    "POST api/auth/token/refresh",
    "POST api/auth/password/forgotten",
    "POST api/auth/password/reset",
    "POST unsubscribe/<str:token>",  # by mail programs, with one click (RFC 8058)
}
UNSAFE = sorted(line for line in RULES if line.split(" ")[0] not in SAFE)
FILLING = {"int": "1", "uuidstr": str(UUID(int=1)), "uuid": str(UUID(int=1)), "": "1", "str": "x"}


def filled(route: str) -> str:
    """A path that fits a route, whether or not there is anything."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: FILLING[found[1] or ""], route)


@pytest.fixture
def almighty(school: School) -> None:
    """The teacher may do everything, so that nothing else than the token can refuse."""
    person = school.user(TEACHER)
    User.objects.filter(pk=person.pk).update(is_operator=True, is_superuser=True)
    Membership.objects.filter(user=person).update(roles=[role.value for role in Role])


@pytest.mark.usefixtures("almighty")
def test_every_unsafe_route_asks_for_the_token() -> None:
    client = client_of(TEACHER, enforce_csrf_checks=True)
    let_in = {}
    for line in UNSAFE:
        method, _, route = line.partition(" ")
        answer = client.generic(method, filled(route), b"{}", content_type="application/json")
        if answer.status_code != 403 or b"CSRF" not in answer.content:
            let_in[line] = answer.content[:200]
    assert set(let_in) == WITHOUT_COOKIE, let_in


@pytest.mark.parametrize("line", sorted(WITHOUT_COOKIE))
def test_what_needs_no_token_is_in_the_table(line: str) -> None:
    assert line in RULES
