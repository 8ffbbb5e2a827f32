"""The pages of rooms: finding, opening and reading them, and keeping them in order."""

import re
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core import clock
from core.events.models import EventRecord
from core.live.entries import read
from core.people.models import Centre, Guardianship, Membership, Role
from core.rooms.actions import change_room, close_room, read_room
from core.rooms.demo import load_demo_rooms
from core.rooms.models import Mention, Message, Room, RoomAudience, Topic
from core.rooms.streams import stream_of
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of
from tests.flow.rooms import Rooms

STAFF, HEAD, ADMIN = (f"{who}@oakwood.example" for who in ("staff", "head", "admin"))


@pytest.fixture
def rooms(school: School) -> Rooms:
    return Rooms(school)


@pytest.fixture
def room(rooms: Rooms) -> Room:
    return rooms.open(RoomAudience.CLASS)


@pytest.fixture
def teacher(school: School) -> Client:
    return client_of(TEACHER)


@pytest.fixture
def student(school: School) -> Client:
    return client_of(STUDENT)


def filled(school: School, **changed: str) -> dict[str, str]:
    """What the form of a new room sends."""
    class_id = str(school.class_7a().pk)
    given = {"topic_id": "", "new_topic": "Everyday things", "name": "7A", "audience": "class"}
    return {**given, "class_id": class_id, **changed}


# Finding and opening rooms


def test_each_role_finds_its_rooms(rooms: Rooms) -> None:
    for audience in RoomAudience:
        rooms.open(audience)
    for email, names in {
        STUDENT: {"7A class", "centre"},
        PARENT: {"7A families", "centre"},
        TEACHER: {"7A class", "7A families", "staff", "centre"},
        STAFF: {"7A class", "7A families", "staff", "centre"},
        "student1@riverside.example": set(),
    }.items():
        html = shown(client_of(email), "/rooms")
        assert set(re.findall(r'<a id="room-\d+"[^>]*>([^<]*)<', html)) == names


def test_rooms_stand_under_their_topic_with_whose_they_are(rooms: Rooms) -> None:
    school = rooms.school
    rooms.open(RoomAudience.FAMILIES)
    trips = Topic.objects.create(centre=school.class_7a().centre, name="Excursions")
    other = rooms.open(RoomAudience.STAFF)
    change_room(room_id=other.pk, topic_id=trips.pk, name="Museum", by=school.actor(STAFF))
    html = shown(client_of(TEACHER), "/rooms")
    order = [html.index(text) for text in (">Excursions<", ">Museum<", ">Talk<", ">7A families<")]
    assert order == sorted(order)
    assert "Guardians of 7A and its teachers" in html
    assert "Teachers and staff" in html
    assert "Nothing said yet" in html


def test_closed_rooms_stand_apart(rooms: Rooms, room: Room, student: Client) -> None:
    close_room(room_id=room.pk, by=rooms.school.actor(TEACHER))
    other = rooms.open(RoomAudience.CENTRE)
    assert f'href="/rooms/{room.pk}"' not in shown(student, "/rooms")
    html = shown(student, "/rooms?show=closed")
    assert f'href="/rooms/{room.pk}"' in html
    assert f'href="/rooms/{other.pk}"' not in html


def test_rooms_of_an_archived_class_are_among_the_closed(room: Room, student: Client) -> None:
    school_class = room.school_class
    assert school_class
    school_class.archived_at = clock.now()
    school_class.save()
    assert f'href="/rooms/{room.pk}"' not in shown(student, "/rooms")
    assert f'href="/rooms/{room.pk}"' in shown(student, "/rooms?show=closed")
    html = shown(student, f"/rooms/{room.pk}")
    assert "The class of this room is over" in html
    assert 'id="word"' not in html


def test_an_empty_list_says_what_comes_next(school: School) -> None:
    html = shown(client_of(TEACHER), "/rooms")
    assert html.count('href="/rooms/new"') == 2
    html = shown(client_of(STUDENT), "/rooms")
    assert "it appears here" in html
    assert "/rooms/new" not in html
    assert "No closed rooms" in shown(client_of(STUDENT), "/rooms?show=closed")


def test_many_rooms_come_in_pages(rooms: Rooms) -> None:
    for _ in range(41):
        rooms.open(RoomAudience.CENTRE)
    html = shown(client_of(STUDENT), "/rooms")
    assert html.count('class="card room-line"') == 40
    assert html.count("data-stream=") == 20
    assert "?show=open&amp;page=2" in html
    assert shown(client_of(STUDENT), "/rooms?page=2").count('class="card room-line"') == 1


def test_a_room_with_a_new_topic_is_opened(school: School, teacher: Client) -> None:
    html = shown(teacher, "/rooms/new")
    assert ">7A</option>" in html
    assert "The students of a class and its teachers write here." in html
    assert 'value="staff"' not in html
    assert 'value="staff"' in shown(client_of(STAFF), "/rooms/new")
    answer = teacher.post("/rooms/new", filled(school), follow=True)
    room = Room.objects.get()
    assert answer.redirect_chain[-1][0] == f"/rooms/{room.pk}"
    assert "The room is open." in checked(answer)
    assert (room.topic.name, room.audience) == ("Everyday things", "class")
    teacher.post("/rooms/new", filled(school, new_topic="everyday  THINGS", name="7A too"))
    assert Topic.objects.get().rooms.count() == 2
    chosen = filled(school, new_topic="", topic_id=str(room.topic_id), name="And another")
    teacher.post("/rooms/new", chosen)
    assert Topic.objects.get().rooms.count() == 3


def test_a_room_without_a_class_asks_for_none(school: School) -> None:
    given = filled(school, audience="staff", name="All of us")
    client_of(STAFF).post("/rooms/new", given)
    assert Room.objects.get().school_class is None


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("name", " ", "Give the room a name."),
        ("name", "x" * 101, "at most 100 characters"),
        ("new_topic", "", "Say what the room is about."),
        ("topic_id", "7", "not one of the available choices"),
        ("audience", "", "Say whose room it is."),
        ("audience", "staff", "not one of the available choices"),
        ("class_id", "", "Choose the class."),
        ("class_id", "7", "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    school: School, teacher: Client, field: str, text: str, said: str
) -> None:
    Topic.objects.create(centre=school.class_7a().centre, name="Trips")
    given = filled(school, name="Kept words") | {field: text}
    answer = teacher.post("/rooms/new", given)
    assert answer.status_code == 422
    html = checked(answer)
    assert re.search(rf'id="id_{field}-error">.*{said}', html)
    assert "<title>Error: " in html
    assert field == "name" or 'value="Kept words"' in html
    assert field == "new_topic" or 'value="Everyday things"' in html
    assert not Room.objects.exists()
    assert not Topic.objects.filter(name="Everyday things").exists()


def test_all_that_is_missing_is_said_at_once(school: School, teacher: Client) -> None:
    html = checked(teacher.post("/rooms/new", {}))
    for field in ("new_topic", "name", "audience"):
        assert f'id="id_{field}-error"' in html


def test_teachers_open_rooms_for_their_own_classes_alone(school: School) -> None:
    colleague = school.user(HEAD)
    Membership.objects.filter(user=colleague).update(roles=[Role.TEACHER])
    client = client_of(HEAD)
    assert "You teach no class" in shown(client, "/rooms/new")
    assert client.post("/rooms/new", filled(school)).status_code == 422
    assert client_of(STUDENT).get("/rooms/new").status_code == 403


# Reading


def test_what_is_not_read_is_counted(rooms: Rooms, room: Room, student: Client) -> None:
    rooms.say(room, "One", by="teacher")
    last = rooms.say(room, "Two", by="teacher")
    assert re.search(r'class="count">2<', shown(student, "/rooms"))
    assert "2 new messages" in shown(student, "/")
    html = shown(student, f"/rooms/{room.pk}")  # asking for it is not yet reading it
    assert 'data-read-up-to="0"' in html
    assert re.search(r'class="count">2<', shown(student, "/rooms"))
    read_room(room_id=room.pk, up_to=last.seq, by=rooms.school.actor(STUDENT))
    assert 'class="count"' not in shown(student, "/rooms", HX_Target="rooms-list")
    assert "new message" not in shown(student, "/")
    assert f'data-read-up-to="{last.seq}"' in shown(student, f"/rooms/{room.pk}")


def test_the_first_page_shows_ones_own_rooms_alone(rooms: Rooms, room: Room) -> None:
    rooms.say(room, "Hello")
    families = rooms.open(RoomAudience.FAMILIES)
    rooms.say(families, "Hello", by="parent2")
    everybody = rooms.open(RoomAudience.CENTRE)
    rooms.say(everybody, "Hello", by="student2")

    def named(email: str) -> list[str]:
        html = shown(client_of(email), "/panels/rooms", HX_Request="true")
        return re.findall(r"<a id=\"room-\d+\"[^>]*>([^<]*)<", html)

    assert named(TEACHER) == ["centre", "7A families", "7A class"]  # the latest first
    assert named(PARENT) == ["centre", "7A families"]
    assert named(STUDENT) == ["centre"]  # what one says oneself is no news
    assert named(STAFF) == ["centre"]  # the office reads the others, besides
    close_room(room_id=everybody.pk, by=rooms.school.actor(STAFF))
    assert "hidden" in shown(client_of(STAFF), "/panels/rooms", HX_Request="true")


# Who may


def test_a_blocked_guardian_is_told_that_there_is_no_room(rooms: Rooms) -> None:
    room = rooms.open(RoomAudience.FAMILIES)
    said = rooms.say(room, "Hello", by="parent2")
    parent = client_of(PARENT)
    assert "Hello" in shown(parent, f"/rooms/{room.pk}")
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    assert parent.get(f"/rooms/{room.pk}").status_code == 404
    assert parent.get(f"/rooms/{room.pk}/news?after=0").status_code == 404
    assert parent.post(f"/rooms/{room.pk}", {"body": "x"}).status_code == 404
    assert parent.get(f"/messages/{said.pk}").status_code == 404
    assert f"/rooms/{room.pk}" not in shown(parent, "/rooms")


def test_keeping_a_room_in_order(rooms: Rooms, room: Room, student: Client) -> None:
    path = f"/rooms/{room.pk}"
    for email in (TEACHER, STAFF, HEAD, ADMIN):
        assert f"{path}/edit" in shown(client_of(email), path)
    assert f"{path}/edit" not in shown(student, path)
    for then in ("edit", "close", "reopen"):
        assert student.post(f"{path}/{then}").status_code == 403
    teacher = client_of(TEACHER)
    assert 'value="7A class"' in shown(teacher, f"{path}/edit")
    given = {"topic_id": str(room.topic_id), "new_topic": "", "name": "  "}
    assert teacher.post(f"{path}/edit", given).status_code == 422
    given |= {"name": "7A, second half", "new_topic": "Sundries"}
    html = checked(teacher.post(f"{path}/edit", given, follow=True))
    assert ">7A, second half</h1>" in html
    assert ">Sundries</span>" in html
    assert "This room is closed" in checked(teacher.post(f"{path}/close", follow=True))
    assert f"{path}/reopen" in shown(teacher, f"{path}/edit")
    assert 'id="word"' in checked(teacher.post(f"{path}/reopen", follow=True))


def test_a_teacher_keeps_no_order_in_everybodys_room(rooms: Rooms, teacher: Client) -> None:
    room = rooms.open(RoomAudience.CENTRE)
    assert "/edit" not in shown(teacher, f"/rooms/{room.pk}")
    assert teacher.get(f"/rooms/{room.pk}/edit").status_code == 403
    assert teacher.post(f"/rooms/{room.pk}/close").status_code == 403


# How much it asks


@pytest.mark.parametrize("email", [STUDENT, TEACHER, STAFF])
@pytest.mark.parametrize("path", ["/rooms", "/rooms/{room}", "/rooms/{room}/news?after=0", "/"])
def test_queries_do_not_grow_with_what_is_shown(
    rooms: Rooms,
    room: Room,
    path: str,
    email: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for who in ("student1", "student2", "teacher"):
        for _ in range(4):
            rooms.say(room, "Look, @Ada Ashby and @Taylor Thorne!", by=who)
    for _ in range(6):
        rooms.say(rooms.open(RoomAudience.CENTRE), "Hello", by="student2")
    client = client_of(email)
    with django_assert_max_num_queries(20):
        client.get(path.format(room=room.pk))


def test_nothing_personal_stays_in_a_shared_browser(room: Room, student: Client) -> None:
    for path in ("/rooms", f"/rooms/{room.pk}", f"/rooms/{room.pk}?before=1"):
        assert "no-store" in student.get(path).headers["Cache-Control"]


# The demo school


def test_the_demo_school_has_rooms_in_which_something_was_said(school: School) -> None:
    load_demo_rooms(Centre.objects.get(slug="oakwood"))
    room = Room.objects.get(name="Our class")
    html = shown(client_of(STUDENT), f"/rooms/{room.pk}")
    assert "Welcome to our room!" in html
    assert '<strong class="mention mention-me">@Ada Ashby</strong>' in html
    entries = read(stream_of(room.pk), 0, 100)
    messages = {each.seq: each.pk for each in Message.objects.filter(room=room)}
    assert {each.seq: UUID(each.data["id"]) for each in entries} == messages
    assert Mention.objects.get().person.name == "Ada Ashby"
    assert not EventRecord.objects.exists()
