"""Topics and rooms over HTTP: whose a room is, who opens and closes it, what of it is unread."""

from typing import Any, Final

import pytest
from django.test import Client

from core.audit.models import AuditEntry
from core.classes.models import Enrolment, SchoolClass
from core.events.models import EventRecord
from core.live.entries import read
from core.people.models import Guardianship, Membership
from core.rooms.models import Room, RoomAudience
from core.rooms.streams import stream_of
from tests.flow.conftest import School
from tests.flow.people import assert_problem, client_of, ids, patch, post
from tests.flow.rooms import Rooms

TEACHER, STUDENT, PARENT, STAFF, ADMIN = (
    f"{who}@oakwood.example" for who in ("teacher", "student1", "parent1", "staff", "admin")
)
PEOPLE: Final = ("student1", "parent1", "teacher", "staff", "head", "admin")


@pytest.fixture
def rooms(school: School) -> Rooms:
    return Rooms(school)


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        (RoomAudience.CLASS, {"student1", "teacher", "staff", "head", "admin"}),
        (RoomAudience.FAMILIES, {"parent1", "teacher", "staff", "head", "admin"}),
        (RoomAudience.STAFF, {"teacher", "staff", "head", "admin"}),
        (RoomAudience.CENTRE, set(PEOPLE)),
    ],
)
def test_a_room_is_read_and_written_in_by_whose_it_is_and_by_the_office(
    rooms: Rooms, audience: RoomAudience, readers: set[str]
) -> None:
    room = rooms.open(audience)
    for who in PEOPLE:
        client = client_of(rooms.email(who))
        listed = ids(client.get("/api/rooms"))
        said = post(client, f"/api/rooms/{room.pk}/messages", {"body": "Hello"})
        if who in readers:
            assert (listed, said.status_code) == ([str(room.pk)], 201), who
        else:
            assert listed == [], who
            assert_problem(said, 404)
            assert_problem(client.get(f"/api/rooms/{room.pk}"), 404)


def test_who_teaches_another_class_does_not_read_the_classs_room(
    rooms: Rooms, school: School
) -> None:
    room = rooms.open(RoomAudience.CLASS)
    school.class_7a().teachings.all().delete()
    assert_problem(client_of(TEACHER).get(f"/api/rooms/{room.pk}"), 404)


def test_who_leaves_the_class_leaves_its_rooms(rooms: Rooms, school: School) -> None:
    of_class, of_families = rooms.open(RoomAudience.CLASS), rooms.open(RoomAudience.FAMILIES)
    student, parent = client_of(STUDENT), client_of(PARENT)
    assert student.get(f"/api/rooms/{of_class.pk}").status_code == 200
    assert parent.get(f"/api/rooms/{of_families.pk}").status_code == 200
    enrolment = Enrolment.objects.get(student=school.user(STUDENT))
    enrolment.until = enrolment.since
    enrolment.save()
    assert_problem(student.get(f"/api/rooms/{of_class.pk}"), 404)
    assert_problem(parent.get(f"/api/rooms/{of_families.pk}"), 404)


def test_a_blocked_guardian_is_in_no_room_of_the_childs_class(rooms: Rooms, school: School) -> None:
    room = rooms.open(RoomAudience.FAMILIES)
    Guardianship.objects.filter(guardian=school.user(PARENT)).update(custody_blocked=True)
    assert_problem(client_of(PARENT).get(f"/api/rooms/{room.pk}/messages"), 404)


def test_another_centres_room_is_not_there(rooms: Rooms) -> None:
    room = rooms.open(RoomAudience.CENTRE)
    stranger = client_of("admin@riverside.example")
    assert_problem(stranger.get(f"/api/rooms/{room.pk}"), 404)
    assert_problem(patch(stranger, f"/api/rooms/{room.pk}", {"name": "Ours"}), 404)


def test_a_teacher_opens_a_room_for_their_own_class(rooms: Rooms, school: School) -> None:
    teacher = client_of(TEACHER)
    given = {"topic_id": str(rooms.topic().pk), "name": "7A", "class_id": str(school.class_7a().pk)}
    answer = post(teacher, "/api/rooms", given)
    told = answer.json()
    assert answer.status_code == 201
    assert told["audience"] == "class"
    assert told["stream"] == f"room:{told['id']}"
    assert (told["keeps_order"], told["may_write"], told["seq"]) == (True, True, 0)
    assert EventRecord.objects.get(kind="RoomOpened").subject == f"room:{told['id']}"


@pytest.mark.parametrize(
    ("who", "given", "status"),
    [
        (TEACHER, {"audience": "staff"}, 403),
        (TEACHER, {}, 403),  # everybody's
        (STUDENT, {}, 403),
        (STAFF, {"audience": "class"}, 422),  # of which class?
        (STAFF, {"audience": "staff", "class_id": "own"}, 422),
        (STAFF, {"class_id": "987654321"}, 422),
        (STAFF, {"class_id": "seven"}, 422),
        (STAFF, {"topic_id": "987654321"}, 422),
        (STAFF, {"name": "two\nlines"}, 422),
        (STAFF, {"name": "  "}, 422),
        (STAFF, {"audience": "nobody"}, 422),
        (STAFF, {"unknown": 1}, 422),
    ],
)
def test_a_room_that_cannot_be_is_refused(
    rooms: Rooms, school: School, who: str, given: dict[str, Any], status: int
) -> None:
    body = {"topic_id": str(rooms.topic().pk), "name": "A room", **given}
    if body.get("class_id") == "own":
        body["class_id"] = str(school.class_7a().pk)
    assert_problem(post(client_of(who), "/api/rooms", body), status)
    assert not Room.objects.exists()


def test_a_teacher_opens_none_for_anothers_class(rooms: Rooms, school: School) -> None:
    other = SchoolClass.objects.create(centre=school.class_7a().centre, name="8B")
    given = {"topic_id": str(rooms.topic().pk), "name": "8B", "class_id": str(other.pk)}
    assert_problem(post(client_of(TEACHER), "/api/rooms", given), 422)  # they know of none such
    assert post(client_of(STAFF), "/api/rooms", given).status_code == 201


def test_an_archived_class_gets_no_room_and_its_room_is_only_read(
    rooms: Rooms, school: School
) -> None:
    room = rooms.open(RoomAudience.CLASS)
    SchoolClass.objects.filter(name="7A").update(archived_at="2026-01-01T00:00Z")
    teacher = client_of(TEACHER)
    told = teacher.get(f"/api/rooms/{room.pk}").json()
    assert (told["may_write"], told["closed"]) == (False, False)
    assert_problem(post(teacher, f"/api/rooms/{room.pk}/messages", {"body": "Late"}), 409)
    given = {"topic_id": str(rooms.topic().pk), "name": "7A", "class_id": str(room.school_class_id)}
    assert_problem(post(teacher, "/api/rooms", given), 422)


def test_topics_have_a_name_once(rooms: Rooms) -> None:
    staff = client_of(STAFF)
    assert post(staff, "/api/topics", {"name": "Sports"}).status_code == 201
    assert_problem(post(staff, "/api/topics", {"name": "sports"}), 409)
    assert_problem(post(client_of(STUDENT), "/api/topics", {"name": "Gossip"}), 403)
    names = [each["name"] for each in client_of(STUDENT).get("/api/topics").json()["items"]]
    assert names == ["Sports"]


def test_a_closed_room_is_read_and_not_written_in_until_it_is_reopened(rooms: Rooms) -> None:
    room = rooms.open(RoomAudience.CLASS)
    said = rooms.say(room, "Before")
    teacher, student = client_of(TEACHER), client_of(STUDENT)
    assert patch(teacher, f"/api/rooms/{room.pk}", {"closed": True}).json()["closed"] is True
    path = f"/api/rooms/{room.pk}/messages"
    assert_problem(post(student, path, {"body": "After"}), 409)
    assert_problem(patch(student, f"/api/messages/{said.pk}", {"body": "Other"}), 409)
    assert [each["body"] for each in student.get(path).json()["items"]] == ["Before"]
    assert patch(teacher, f"/api/rooms/{room.pk}", {"closed": False}).json()["closed"] is False
    assert post(student, path, {"body": "After"}).status_code == 201
    kinds = list(EventRecord.objects.order_by("id").values_list("kind", flat=True))
    assert [each for each in kinds if each.startswith("Room")] == [
        "RoomOpened",
        "RoomClosed",
        "RoomReopened",
    ]
    whats = AuditEntry.objects.filter(subject=f"room:{room.pk}").order_by("id")
    assert [each.what for each in whats] == ["room.closed", "room.reopened"]


def test_a_room_is_renamed_and_moved_by_who_keeps_it_in_order(rooms: Rooms) -> None:
    room = rooms.open(RoomAudience.CLASS)
    other = post(client_of(STAFF), "/api/topics", {"name": "Other"}).json()
    changed = patch(
        client_of(TEACHER), f"/api/rooms/{room.pk}", {"name": "Ours", "topic_id": other["id"]}
    ).json()
    assert (changed["name"], changed["topic"]["name"]) == ("Ours", "Other")
    (entry,) = read(stream_of(room.pk), 0, 10)
    assert (entry.type, entry.data) == ("room", {"id": str(room.pk)})
    patch(client_of(TEACHER), f"/api/rooms/{room.pk}", {"name": "Ours"})  # as it is: no news
    assert len(read(stream_of(room.pk), 0, 10)) == 1
    assert_problem(patch(client_of(STUDENT), f"/api/rooms/{room.pk}", {"name": "Mine"}), 403)


def test_who_reads_a_room_that_is_not_theirs_to_keep_cannot_close_it(rooms: Rooms) -> None:
    room = rooms.open(RoomAudience.STAFF)
    assert_problem(patch(client_of(TEACHER), f"/api/rooms/{room.pk}", {"closed": True}), 403)


def test_unread_is_what_others_said_since_one_looked(rooms: Rooms) -> None:
    room = rooms.open(RoomAudience.CLASS)
    first = rooms.say(room, "One")
    second = rooms.say(room, "Two")
    rooms.say(room, "Mine", by="teacher")
    teacher = client_of(TEACHER)

    def unread() -> int:
        return int(teacher.get(f"/api/rooms/{room.pk}").json()["unread"])

    assert unread() == 2
    path = f"/api/rooms/{room.pk}/read"
    assert post(teacher, path, {"up_to": second.seq}).status_code == 204
    assert unread() == 0
    assert post(teacher, path, {"up_to": first.seq}).status_code == 204  # reading never goes back
    assert unread() == 0
    assert EventRecord.objects.filter(kind="RoomRead").count() == 1
    assert_problem(post(teacher, path, {"up_to": "2"}), 422)
    assert_problem(post(teacher, path, {"up_to": 2**63}), 422)


def test_rooms_are_found_by_topic_class_and_state(rooms: Rooms) -> None:
    of_class, of_all = rooms.open(RoomAudience.CLASS), rooms.open(RoomAudience.CENTRE)
    staff = client_of(STAFF)
    patch(staff, f"/api/rooms/{of_all.pk}", {"closed": True})
    asked = {
        f"topic={rooms.topic().pk}": [of_class.pk, of_all.pk],
        "topic=987654321": [],
        "topic=nonsense": [],
        f"class_id={of_class.school_class_id}": [of_class.pk],
        "closed=true": [of_all.pk],
        "closed=false": [of_class.pk],
    }
    for query, found in asked.items():
        assert ids(staff.get(f"/api/rooms?{query}")) == [str(each) for each in found], query


def test_who_was_deactivated_is_in_no_room(rooms: Rooms, school: School) -> None:
    room = rooms.open(RoomAudience.CENTRE)
    student: Client = client_of(STUDENT)
    Membership.objects.filter(user=school.user(STUDENT)).update(is_active=False)
    assert student.get(f"/api/rooms/{room.pk}").status_code == 403
