"""Whom a message names: `@` and a name, however people and phones write it."""

import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from core.people.models import Guardianship, Membership, Role, User
from core.rooms.mentions import MOST, named_in
from core.rooms.models import Room, RoomAudience
from tests.flow.conftest import School
from tests.flow.rooms import Rooms

ANN, BOB = "Ann Marie Ashby", "Bob Bell"


@pytest.fixture
def rooms(school: School) -> Rooms:
    return Rooms(school)


@pytest.fixture
def room(rooms: Rooms) -> Room:
    """A room of everybody, who but for two of them are all called the same."""
    User.objects.update(name="Somebody Else")
    name("student1", ANN)
    name("student2", BOB)
    return rooms.open(RoomAudience.CENTRE)


def name(who: str, called: str) -> None:
    User.objects.filter(email=f"{who}@oakwood.example").update(name=called)


def named(body: str, room: Room) -> list[str]:
    return [each.name for each in named_in(body, room)]


NAMING: Final = [
    "@Ann Marie Ashby",
    "Who has page 12? @Ann Marie Ashby",
    "@Ann Marie Ashby, who has page 12?",
    "(@Ann Marie Ashby)",
    "“@Ann Marie Ashby”…",
    "**@Ann Marie Ashby**",
    "@Ann Marie Ashby!!!",
    "@Ann Marie Ashby.Thanks",
    "@Ann Marie Ashby's book",
    "@Ann Marie Ashby\u2019s book",
    "@Ann Marie Ashby/somebody",
    "@Ann Marie Ashby—or who?",
    "@ann marie ASHBY",
    "@Ánn Mariè Ashby",
    "@A\u0301nn Marie Ashby",
    "@Ann  Marie\u00a0Ashby",
    "@Ann Marie\nAshby",
    "\uff20Ann Marie Ashby",
    "@\u2068Ann Marie Ashby\u2069",
    "@@Ann Marie Ashby",
    "@Bobby or @Ann Marie Ashby",
    "ann@oakwood.example and @Ann Marie Ashby",
    "@ @ann @Ann Marie Ashby @",
]


@pytest.mark.parametrize("body", NAMING)
def test_who_is_named(room: Room, body: str) -> None:
    assert named(body, room) == [ANN]


NAMING_NOBODY: Final = [
    "",
    "@",
    "Ann Marie Ashby",
    "Meet me @",
    "@ Ann Marie Ashby",
    "@Ann",
    "@Ann Marie",
    "@Ann Marie Ashbys",
    "@Ann Marie Ashby-Bell",
    "@Ann Marie Ashby2",
    "@Ann Marie Ashby'ath",
    "@Ann, Marie Ashby",
    "@AnnMarieAshby",
    "@Marie Ashby",
    "x@Ann Marie Ashby",
    "7@Ann Marie Ashby",
    "é@Ann Marie Ashby",
    "student1@oakwood.example",
    "@-",
    "@%",
    "@\x00",
]


@pytest.mark.parametrize("body", NAMING_NOBODY)
def test_who_is_not_named(room: Room, body: str) -> None:
    name("student3", "")
    name("student4", ".")
    assert named(body, room) == []


@pytest.mark.parametrize(
    ("called", "body"),
    [
        ("José Núñez", "@jose nunez"),
        ("Jose Nunez", "@JOSÉ NÚÑEZ"),
        ("Jose\u0301 Nun\u0303ez", "@José Núñez"),
        ("İnci Aksoy", "@inci aksoy"),
        ("Großmann", "@GROSSMANN"),
        ("Анна Ёлкина", "@анна елкина"),
        ("김철수", "@김철수"),
        ("Shaun O'Neill", "@Shaun O\u2019Neill"),
        ("Shaun O\u2019Neill", "@Shaun O'Neill's"),
        ("Sammy Davis Jr.", "@Sammy Davis Jr. and I"),
        ("Sammy Davis Jr.", "@Sammy Davis Jr, and I"),
        ("Ann (Annie) Bell", "@Ann (Annie) Bell?"),
        ("Maria  del  Carmen de la Fuente y Ortega", "@Maria del Carmen de la Fuente y Ortega"),
        ("N" * 200, f"@{'n' * 200}."),
    ],
)
def test_names_of_all_kinds(room: Room, called: str, body: str) -> None:
    name("student1", called)
    assert named(body, room) == [called]
    name("student1", "Another")
    assert named(body, room) == []


def test_a_letter_with_an_accent_is_not_any_other_letter(room: Room) -> None:
    name("student1", "김철수")
    assert named("@강철수", room) == []


def test_the_longest_name_counts(room: Room) -> None:
    name("student3", "Ann")
    name("student4", "Ann Marie")
    assert named("@Ann Marie Ashby", room) == [ANN]
    assert named("@Ann Marie Ash", room) == ["Ann Marie"]
    assert named("@Ann-Marie", room) == []
    assert named("@Ann, Marie Ashby", room) == ["Ann"]
    assert named("@Ann @Ann Marie @Ann Marie Ashby", room) == ["Ann", "Ann Marie", ANN]


def test_two_of_one_name_are_both_meant(room: Room, school: School) -> None:
    name("student2", "Ánn Marie ASHBY")
    found = named_in("@Ann Marie Ashby", room)
    assert found == [school.user(f"student{number}@oakwood.example") for number in (1, 2)]


def test_who_is_named_twice_is_told_once(rooms: Rooms, room: Room) -> None:
    message = rooms.say(room, f"@{BOB} @{ANN} @{BOB.upper()} and @{BOB}", by="teacher")
    assert [each.person.name for each in message.mentions.order_by("pk")] == [BOB, ANN]


def test_at_most_twenty_are_named(rooms: Rooms, room: Room) -> None:
    for number in range(1, 31):
        name(f"student{number}", f"Pupil {number}")
    name("parent1", "Pupil 11")  # the twentieth and the first too many are of one name
    unknown = "@nobody " * 50
    body = unknown + " ".join(f"@Pupil {number}" for number in range(30, 0, -1))
    message = rooms.say(room, body, by="teacher")
    told = [each.person.name for each in message.mentions.order_by("pk")]
    assert told == [f"Pupil {number}" for number in range(30, 30 - MOST, -1)]


# Whose room it is.


def in_words(room: Room, *people: str) -> list[str]:
    """Which of the people can be named in the room."""
    for each in people:
        name(each, f"The {each}")
    body = ", ".join(f"@The {each}" for each in people)
    return [each.removeprefix("The ") for each in named(body, room)]


PEOPLE: Final = ("student1", "student30", "parent1", "teacher", "staff", "head", "admin")
OF_ROOM: Final = {
    RoomAudience.CLASS: ["student1", "student30", "teacher"],
    RoomAudience.FAMILIES: ["parent1", "teacher"],
    RoomAudience.STAFF: ["teacher", "staff", "head", "admin"],
    RoomAudience.CENTRE: list(PEOPLE),
}


@pytest.mark.parametrize("audience", RoomAudience)
def test_only_whose_room_it_is_can_be_named(rooms: Rooms, audience: RoomAudience) -> None:
    room = rooms.open(audience)
    assert in_words(room, *PEOPLE) == OF_ROOM[audience]


def test_who_is_of_it_no_more_cannot_be_named(rooms: Rooms, school: School) -> None:
    room, families = rooms.open(RoomAudience.CLASS), rooms.open(RoomAudience.FAMILIES)
    school.class_7a().enrolments.filter(student__email="student1@oakwood.example").update(
        until="2026-01-01", since="2026-01-01"
    )
    Membership.objects.filter(user__email="student2@oakwood.example").update(is_active=False)
    User.objects.filter(email="student3@oakwood.example").update(is_active=False)
    people = ("student1", "student2", "student3", "student4")
    assert in_words(room, *people) == ["student4"]
    Guardianship.objects.filter(guardian__email="parent4@oakwood.example").update(
        custody_blocked=True
    )
    assert in_words(families, "parent1", "parent4", "parent5") == ["parent5"]


def test_people_of_another_centre_are_not_of_it(rooms: Rooms, room: Room) -> None:
    User.objects.filter(email="student1@riverside.example").update(name="Rita River")
    assert named("@Rita River", room) == []


# What it costs.


def test_it_costs_one_query_or_none(
    room: Room, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(0):
        assert named("Write to ann@oakwood.example @ noon", room) == []
    with django_assert_num_queries(1):
        assert named(f"@{ANN} @{BOB} " + "@nobody " * 100, room) == [ANN, BOB]


LENGTH: Final = 10_000  # as long as a message may be
LONG: Final = [
    "@" * LENGTH,
    "@" + "a" * LENGTH,
    "@a " * (LENGTH // 3),
    "@\u00e9" * (LENGTH // 2),
    " @" * (LENGTH // 2),
    "@" + " " * LENGTH,
    "@" + "a " * (LENGTH // 2),
    "@" + "-" * LENGTH,
    "'" * LENGTH + "@" + "'" * LENGTH,
    "@Pupil 1" * (LENGTH // 8),
    ".@Pupil " * (LENGTH // 8),
    "@\u0301" * (LENGTH // 2),
    "\ufdfa@" * (LENGTH // 18),  # one letter that becomes eighteen
]


def grow(room: Room, people: int) -> None:
    """Many people in the centre, with names of thirty lengths."""
    many = [
        User(email=f"pupil{number}@x.example", name=f"Pupil {'x' * (number % 30)} {number}")
        for number in range(people)
    ]
    User.objects.bulk_create(many)
    Membership.objects.bulk_create(
        Membership(user=each, centre_id=room.centre_id, roles=[Role.STUDENT]) for each in many
    )


def test_no_text_takes_long(room: Room) -> None:
    grow(room, 2_000)
    took = {}
    for body in LONG:
        began = time.perf_counter()
        named_in(body, room)
        took[body[:10]] = time.perf_counter() - began
    assert {body: seconds for body, seconds in took.items() if seconds > 0.5} == {}
