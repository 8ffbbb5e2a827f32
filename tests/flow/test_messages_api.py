"""What is said in rooms, over HTTP and in the room's stream: in order, once, as it reads now."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from core.audit.models import AuditEntry
from core.files.models import File
from core.isolation.scope import everywhere
from core.live.entries import StoredEntry, read
from core.rooms.models import Message, Room, RoomAudience
from core.rooms.streams import find_room, stream_of
from core.rooms.subjects import of_message
from tests.flow.conftest import School
from tests.flow.people import assert_problem, client_of, ids, patch, post
from tests.flow.rooms import Rooms
from tests.flow.uploads import kept

TEACHER, STUDENT, PARENT = (f"{who}@oakwood.example" for who in ("teacher", "student1", "parent1"))


@pytest.fixture
def rooms(school: School) -> Rooms:
    return Rooms(school)


@pytest.fixture
def room(rooms: Rooms) -> Room:
    return rooms.open(RoomAudience.CLASS)


def entries(room: Room) -> list[StoredEntry]:
    return read(stream_of(room.pk), 0, 1_000)


def say(room: Room, body: str, email: str = STUDENT, **more: Any) -> Any:
    answer = post(client_of(email), f"/api/rooms/{room.pk}/messages", {"body": body, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_what_is_said_is_told_live_under_the_number_it_has(room: Room) -> None:
    said = [say(room, "Hello"), say(room, "Good morning", TEACHER)]
    assert [each["seq"] for each in said] == [1, 2]
    for told, entry in zip(said, entries(room), strict=True):
        assert (entry.type, entry.seq) == ("message", told["seq"])
        assert {**entry.data, "seq": entry.seq} == told


def test_the_newest_come_first_or_what_follows_a_number(room: Room) -> None:
    said = [say(room, str(number)) for number in range(5)]
    path = f"/api/rooms/{room.pk}/messages"
    student = client_of(STUDENT)

    def bodies(query: str) -> list[str]:
        return [each["body"] for each in student.get(path + query).json()["items"]]

    assert bodies("") == ["4", "3", "2", "1", "0"]
    assert bodies(f"?before={said[3]['seq']}&limit=2") == ["2", "1"]
    assert bodies(f"?after={said[1]['seq']}") == ["2", "3", "4"]
    assert bodies(f"?after={said[0]['seq']}&before={said[4]['seq']}") == ["1", "2", "3"]
    page = student.get(f"{path}?limit=3").json()
    assert bodies(f"?limit=3&cursor={page['next']}") == ["1", "0"]
    assert_problem(student.get(f"{path}?after=-1"), 422)
    assert_problem(student.get(f"{path}?before={2**63}"), 422)


def test_a_message_reads_as_it_was_said_last_also_to_who_comes_later(room: Room) -> None:
    said = say(room, "Page 12")
    student = client_of(STUDENT)
    for body in ("Page 13", "Page 14", "Page 14"):  # the last one changes nothing
        told = patch(student, f"/api/messages/{said['id']}", {"body": body}).json()
    assert told["edited_at"] is not None
    assert told["seq"] == said["seq"]
    first, emptied, latest = entries(room)
    assert (first.type, first.data["body"]) == ("message", "Page 14")
    assert (emptied.type, emptied.data) == ("gone", {})
    assert (latest.type, latest.data["body"], latest.data["seq"]) == (
        "message_edited",
        "Page 14",
        said["seq"],
    )


def test_what_is_removed_leaves_no_word_behind(
    room: Room, school: School, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = kept(school.actor(STUDENT))
    said = say(room, "Secret", files=[str(file.pk)])
    student = client_of(STUDENT)
    patch(student, f"/api/messages/{said['id']}", {"body": "Secret, too"})
    assert student.delete(f"/api/messages/{said['id']}").status_code == 204
    (told,) = client_of(TEACHER).get(f"/api/rooms/{room.pk}/messages").json()["items"]
    assert (told["removed"], told["body"], told["files"]) == (True, "", [])
    assert [each.type for each in entries(room)] == ["gone", "gone", "message_removed"]
    assert "Secret" not in str(entries(room))
    assert not File.objects.get(pk=file.pk).attached
    assert client_of(TEACHER).get(f"/api/files/{file.pk}").status_code == 404
    assert_problem(student.delete(f"/api/messages/{said['id']}"), 409)
    assert_problem(patch(student, f"/api/messages/{said['id']}", {"body": "Back"}), 409)
    assert not AuditEntry.objects.filter(what="message.removed").exists()  # one's own


def test_who_keeps_order_removes_what_others_said_and_it_is_written_down(room: Room) -> None:
    said = say(room, "Nonsense")
    other = client_of("student2@oakwood.example")
    assert_problem(other.delete(f"/api/messages/{said['id']}"), 403)
    assert_problem(patch(client_of(TEACHER), f"/api/messages/{said['id']}", {"body": "Mine"}), 403)
    assert client_of(TEACHER).delete(f"/api/messages/{said['id']}").status_code == 204
    entry = AuditEntry.objects.get(what="message.removed")
    assert entry.subject == f"message:{said['id']}"
    assert "Nonsense" not in str(entry.detail)


def test_a_message_is_nothing_to_who_is_not_in_the_room(room: Room) -> None:
    said = say(room, "Hello")
    for email in (PARENT, "teacher@riverside.example"):
        client = client_of(email)
        assert_problem(patch(client, f"/api/messages/{said['id']}", {"body": "Mine"}), 404)
        assert_problem(client.delete(f"/api/messages/{said['id']}"), 404)
    assert_problem(client_of(STUDENT).delete(f"/api/messages/{uuid4()}"), 404)


@pytest.mark.parametrize("body", ["", "  \n ", "a\0b", "\ud800", "a" * 10_001, None, 7])
def test_what_cannot_be_said_is_refused(room: Room, body: Any) -> None:
    student = client_of(STUDENT)
    assert_problem(post(student, f"/api/rooms/{room.pk}/messages", {"body": body}), 422)
    assert not Message.objects.exists()
    assert entries(room) == []


def test_a_file_comes_with_a_message_and_is_read_by_who_is_in_the_room(
    room: Room, school: School, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = kept(school.actor(STUDENT))
    said = say(room, "Look", files=[str(file.pk)])
    assert [each["id"] for each in said["files"]] == [str(file.pk)]
    assert client_of(TEACHER).get(f"/api/files/{file.pk}").status_code == 200
    assert client_of(PARENT).get(f"/api/files/{file.pk}").status_code == 404
    assert_problem(
        post(
            client_of(TEACHER),
            f"/api/rooms/{room.pk}/messages",
            {"body": "Mine", "files": [str(file.pk)]},
        ),
        422,
    )
    assert of_message(Message.objects.get().pk) == f"message:{said['id']}"


def test_the_same_key_says_it_once(room: Room) -> None:
    student = client_of(STUDENT)
    path = f"/api/rooms/{room.pk}/messages"
    first, again = (post(student, path, {"body": "Once"}, idempotency_key="k") for _ in range(2))
    assert first.json() == again.json()
    assert len(ids(student.get(path))) == len(entries(room)) == 1


def test_many_who_speak_at_once_are_numbered_without_a_gap(room: Room, school: School) -> None:
    def speak(who: str) -> None:
        with everywhere():
            for number in range(5):
                Rooms(school).say(room, f"{who} {number}", by=who)
        connection.close()

    speakers = [threading.Thread(target=speak, args=(f"student{n}",)) for n in range(1, 5)]
    for each in speakers:
        each.start()
    for each in speakers:
        each.join()
    assert [each.seq for each in entries(room)] == list(range(1, 21))
    told = {each.seq: each.data["id"] for each in entries(room)}
    assert told == {each.seq: str(each.pk) for each in Message.objects.all()}


def test_the_stream_is_for_who_is_in_the_room(room: Room, school: School) -> None:
    name = str(room.pk)
    assert find_room(school.user(STUDENT).pk, name) == f"room:{room.pk}"
    for email in (PARENT, "teacher@riverside.example", "operator@schoolbell.example"):
        assert find_room(school.user(email).pk, name) is None
    for ident in ("", f"0{room.pk}", "x", "987654321"):
        assert find_room(school.user(STUDENT).pk, ident) is None
