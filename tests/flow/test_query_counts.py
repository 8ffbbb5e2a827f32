"""What a page or an endpoint asks of the database does not grow with the school."""

from typing import Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.classes.models import Enrolment
from core.people.models import Centre, Guardianship, Membership, Role, User
from core.rooms.models import Room
from tests.flow.conftest import School
from tests.flow.pages import tell_class
from tests.flow.people import OPERATOR, client_of
from tests.flow.rooms import Rooms
from tests.flow.walk import OWN, PARAMETERS, WHO, Things, call, lines, may, things_of

MOST: Final = 20  # statements, for what the table below does not name
# TABLE: lines that may ask more, each with its reason.
MORE: Final[dict[str, int]] = {}


def counts(client: Client, things: Things, role: Role | None) -> dict[str, int]:
    """How many statements each GET of the permission table takes."""
    found: dict[str, int] = {}
    for of_a_centre in (True, False):
        for line, rule in lines(of_a_centre=of_a_centre):
            allowed = may(rule, role) if role else rule.operator
            if line.startswith("GET ") and allowed:
                with CaptureQueriesContext(connection) as asked:
                    answer = call(client, line, lambda name: PARAMETERS[name][0](things))
                assert answer.status_code < 500, line
                found[line] = len(asked)
    return found


def grow(school: School) -> None:
    """Half as many students again, with guardians, more homework, and more that is said."""
    centre = Centre.objects.get(slug=OWN)
    for number in range(15):
        student = User.objects.create(email=f"more{number}@x.example", name=f"More {number}")
        parent = User.objects.create(email=f"parent-of-more{number}@x.example", name="Parent")
        Membership.objects.create(user=student, centre=centre, roles=[Role.STUDENT])
        Membership.objects.create(user=parent, centre=centre, roles=[Role.PARENT])
        Guardianship.objects.create(centre=centre, guardian=parent, student=student)
        Enrolment.objects.create(centre=centre, school_class=school.class_7a(), student=student)
    for number in range(4):
        tell_class(school, f"More {number}", OWN)
        room = Rooms(school, OWN).open()
        for of_class in Room.objects.filter(school_class=room.school_class):
            for who in ("student1", "student2", "teacher"):
                Rooms(school, OWN).say(of_class, f"More, @Ada Ashby: {number}", by=who)


# Who may ask most is asked for in `make test`, the others in `make sweep`.
OTHERS: Final = set(Role) - {Role.ADMIN}


@pytest.mark.parametrize(
    "role",
    [
        *(pytest.param(role, marks=[pytest.mark.sweep] * (role in OTHERS)) for role in Role),
        None,
    ],
)
def test_no_line_of_the_table_asks_more_of_a_larger_school(
    school: School, role: Role | None
) -> None:
    things = things_of(school, OWN)
    client = client_of(f"{WHO[role]}@{OWN}.example" if role else OPERATOR)
    before = counts(client, things, role)
    grow(school)
    after = counts(client, things, role)

    assert {line: (before[line], now) for line, now in after.items() if now > before[line]} == {}
    assert {line: now for line, now in after.items() if now > MORE.get(line, MOST)} == {}
