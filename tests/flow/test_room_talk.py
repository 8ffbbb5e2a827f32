"""What is said in a room, as its page shows it and takes it: at once, later, changed, removed."""

import re
from datetime import timedelta
from typing import Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import clock
from core.live.entries import heads
from core.people.models import Centre
from core.rooms.actions import change_room, close_room, reopen_room
from core.rooms.message_actions import edit_message, remove_message
from core.rooms.models import Message, Room, RoomAudience
from core.rooms.room_pages import MOST_NEWS
from core.rooms.streams import stream_of
from core.rooms.talk import MOST
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of
from tests.flow.rooms import Rooms
from tests.flow.uploads import picture

STAFF: Final = "staff@oakwood.example"
EVIL: Final = "<script>alert(1)</script> <b title='x'>&amp;"


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


def part(client: Client, path: str, target: str) -> Any:
    """What htmx gets to put into the part of this id, or where the answer says."""
    answer = client.get(path, headers={"HX-Request": "true", "HX-Target": target})
    assert "<html" not in checked(answer)
    return answer


def news(client: Client, room: Room, after: int, query: str = "") -> str:
    """What htmx is told that is new."""
    answer = part(client, f"/rooms/{room.pk}/news?after={after}{query}", "room-news")
    return checked(answer)


def head_of(room: Room) -> int:
    """The number of the newest entry of the room."""
    return heads([stream_of(room.pk)])[stream_of(room.pk)]


def words_in(html: str) -> list[str]:
    """What was said, in the order in which it stands, with what marks it."""
    return re.findall(r'<div class="text">(.*?)</div>', html, re.DOTALL)


# What was said


def test_what_was_said_is_shown_by_days(rooms: Rooms, room: Room, student: Client) -> None:
    first = rooms.say(room, "Good night", by="teacher")
    Message.objects.filter(pk=first.pk).update(created_at=clock.now() - timedelta(days=2))
    rooms.say(room, "Good morning", by="student1")
    rooms.say(room, "And to you", by="student2")
    html = shown(student, f"/rooms/{room.pk}")
    assert words_in(html) == ["Good night", "Good morning", "And to you"]
    assert html.count('class="talk-day"') == 2
    assert re.findall(r'class="said-author">([^<]*)<', html) == [
        "Taylor Thorne",
        "You",
        "Ben Ashby",
    ]
    assert html.count('class="said said-own"') == 1
    assert f'data-stream="room:{room.pk}" data-stream-after="{head_of(room)}"' in html


def test_days_begin_where_the_centre_is(rooms: Rooms, room: Room, student: Client) -> None:
    Centre.objects.filter(slug="oakwood").update(timezone="Asia/Tokyo")
    for hour in (14, 16):  # in UTC; there it is 23 and 1
        said = rooms.say(room, "Hello")
        at = clock.now().replace(year=2030, month=3, day=4, hour=hour, minute=0)
        Message.objects.filter(pk=said.pk).update(created_at=at)
    html = shown(student, f"/rooms/{room.pk}")
    assert "Monday 4 March 2030" in html.replace(",", "")
    assert "Tuesday 5 March 2030" in html.replace(",", "")


def test_html_is_text_and_a_mention_stands_out(rooms: Rooms, room: Room, student: Client) -> None:
    rooms.say(room, f"{EVIL} @ada ashby, and @Ben\n Ashby! https://x.example/?a=1&b", by="teacher")
    (words,) = words_in(shown(student, f"/rooms/{room.pk}"))
    assert words == (
        "&lt;script&gt;alert(1)&lt;/script&gt; &lt;b title=&#39;x&#39;&gt;&amp;amp; "
        '<strong class="mention mention-me">@ada ashby</strong>, and '
        '<strong class="mention">@Ben\n Ashby</strong>! '
        '<a href="https://x.example/?a=1&amp;b" rel="nofollow noopener noreferrer">'
        "https://x.example/?a=1&amp;b</a>"
    )


def test_a_name_that_is_html_is_text(rooms: Rooms, room: Room, student: Client) -> None:
    person = rooms.school.user("student2@oakwood.example")
    person.name = "<b>Ben</b>"
    person.save()
    rooms.say(room, "Hello @<b>Ben</b>", by="teacher")
    html = shown(student, f"/rooms/{room.pk}")
    assert '<strong class="mention">@&lt;b&gt;Ben&lt;/b&gt;</strong>' in html
    assert "<b>Ben" not in html


def test_what_was_said_before_is_fetched(rooms: Rooms, room: Room, student: Client) -> None:
    for number in range(2 * MOST + 5):
        rooms.say(room, f"Number {number}.")
    path = f"/rooms/{room.pk}"
    html = shown(student, path)
    assert words_in(html) == [f"Number {each}." for each in range(MOST + 5, 2 * MOST + 5)]
    (link,) = set(re.findall(rf'href="({path}\?before=\d+)"', html))
    page = shown(student, link)
    assert words_in(page) == [f"Number {each}." for each in range(5, MOST + 5)]
    assert f'href="{path}"' in page
    assert 'id="word"' not in page
    before = checked(part(student, link, "earlier"))
    assert words_in(before) == words_in(page)
    assert before.count('class="talk-day"') == 1  # what follows is of the same day
    (link,) = set(re.findall(rf'href="({path}\?before=\d+)"', before))
    assert words_in(shown(student, link)) == [f"Number {each}." for each in range(5)]
    assert "Nothing was said before this." in shown(student, link)
    assert "Nothing was said before this." in shown(student, f"{path}?before=0")


def test_what_comes_before_ends_where_another_day_begins(
    rooms: Rooms, room: Room, student: Client
) -> None:
    old = rooms.say(room, "Old")
    Message.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=9))
    new = rooms.say(room, "New")
    before = checked(part(student, f"/rooms/{room.pk}?before={new.seq}", "earlier"))
    assert words_in(before) == ["Old"]
    assert before.count('class="talk-day"') == 2


def test_files_are_shown_where_they_belong(room: Room, student: Client, media: Any) -> None:
    sent = {"body": "Look", "uploads": SimpleUploadedFile("plan.png", picture())}
    html = checked(student.post(f"/rooms/{room.pk}", sent, follow=True))
    assert "Look" in words_in(html)
    assert re.search(r'<a class="file-name" href="/files/\d+" download>', html)
    assert client_of(PARENT).get(f"/rooms/{room.pk}").status_code == 404


# Saying something


def test_saying_something(rooms: Rooms, room: Room, student: Client) -> None:
    answer = student.post(f"/rooms/{room.pk}", {"body": "One\r\ntwo "}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/rooms/{room.pk}"
    assert words_in(checked(answer)) == ["One\ntwo"]
    assert Message.objects.get().body == "One\ntwo"


def test_without_a_reload_an_empty_form_comes_back(room: Room, student: Client) -> None:
    part_of = {"HX-Request": "true", "HX-Target": "room-write"}
    answer = student.post(f"/rooms/{room.pk}", {"body": "Hello"}, headers=part_of)
    assert "schoolbell:said" in answer.headers["HX-Trigger"]
    assert "Hello" not in checked(answer)
    assert "<html" not in checked(answer)
    answer = student.post(f"/rooms/{room.pk}", {"body": " "}, headers=part_of)
    assert "HX-Trigger" not in answer.headers
    assert "Write something first." in checked(answer)
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"body": " "}, "Write something first."),
        ({"body": "x" * 10_001}, "at most 10000 characters"),
        ({"body": "Kept words", "files": "7"}, "must be files of yours"),
    ],
)
def test_what_cannot_be_said_is_not_lost(
    room: Room, student: Client, given: dict[str, str], said: str
) -> None:
    answer = student.post(f"/rooms/{room.pk}", given)
    assert answer.status_code == 422
    html = checked(answer)
    assert said in html
    assert given["body"].strip() in html
    assert not Message.objects.exists()


def test_a_closed_room_is_read_alone(rooms: Rooms, room: Room, student: Client) -> None:
    rooms.say(room, "The last words")
    close_room(room_id=room.pk, by=rooms.school.actor(TEACHER))
    html = shown(student, f"/rooms/{room.pk}")
    assert "This room is closed" in html
    assert "The last words" in html
    assert 'id="word"' not in html
    assert "Change" not in html
    answer = student.post(f"/rooms/{room.pk}", {"body": "Wait"})
    assert answer.status_code == 422


def test_names_to_choose_from_are_those_of_the_room(
    rooms: Rooms, room: Room, student: Client
) -> None:
    html = shown(student, f"/rooms/{room.pk}")
    names = re.findall(r'data-mention="([^"]*)"', html)
    assert len(names) == 30
    assert "Taylor Thorne" in names
    assert "Ada Ashby" not in names  # oneself
    everybody = rooms.open(RoomAudience.CENTRE)
    assert "data-mention" not in shown(student, f"/rooms/{everybody.pk}")


# Changing and removing


def test_changing_ones_words(rooms: Rooms, room: Room, student: Client) -> None:
    said = rooms.say(room, "Page 12?")
    path = f"/messages/{said.pk}"
    assert path in shown(student, f"/rooms/{room.pk}")
    assert "Page 12?" in shown(student, path)
    assert student.post(path, {"body": " "}).status_code == 422
    html = checked(student.post(path, {"body": "Page 13?"}, follow=True))
    assert words_in(html) == ["Page 13?"]
    assert "changed</span>" in html
    answer = student.post(path, {"body": "Page 14?"})
    assert answer.headers["Location"] == f"/rooms/{room.pk}#message-{said.pk}"
    for other in (TEACHER, STAFF, "student2@oakwood.example"):
        assert client_of(other).get(path).status_code == 403
        assert client_of(other).post(path, {"body": "Mine"}).status_code == 403
    assert client_of(PARENT).get(path).status_code == 404


def test_changing_in_place(rooms: Rooms, room: Room, student: Client) -> None:
    said = rooms.say(room, "Page 12?")
    path, target = f"/messages/{said.pk}", f"message-{said.pk}"
    assert "<textarea" in checked(part(student, path, target))
    back = checked(part(student, f"{path}?as_it_is=yes", target))
    assert words_in(back) == ["Page 12?"]
    part_of = {"HX-Request": "true", "HX-Target": target}
    answer = student.post(path, {"body": "Page 13?"}, headers=part_of)
    assert answer.status_code == 200
    assert words_in(checked(answer)) == ["Page 13?"]
    assert f'id="{target}"' in checked(answer)


def test_what_cannot_be_changed_any_more(rooms: Rooms, room: Room, student: Client) -> None:
    said = rooms.say(room, "Page 12?")
    close_room(room_id=room.pk, by=rooms.school.actor(TEACHER))
    assert student.get(f"/messages/{said.pk}").status_code == 409
    answer = student.post(f"/messages/{said.pk}", {"body": "Kept words"})
    assert answer.status_code == 422
    assert "Kept words" in checked(answer)
    assert "not possible any more" in checked(answer)


def test_removing(rooms: Rooms, room: Room, student: Client, teacher: Client) -> None:
    said, other = rooms.say(room, "Silly"), rooms.say(room, "Sillier", by="student2")
    html = shown(student, f"/rooms/{room.pk}")
    assert f"/messages/{said.pk}/remove" in html
    assert f"/messages/{other.pk}/remove" not in html
    assert student.post(f"/messages/{other.pk}/remove").status_code == 403
    html = checked(student.post(f"/messages/{said.pk}/remove", follow=True))
    assert words_in(html) == ["Sillier"]
    assert html.count("This message was removed.") == 1
    part_of = {"HX-Request": "true", "HX-Target": f"message-{other.pk}"}
    answer = teacher.post(f"/messages/{other.pk}/remove", headers=part_of)
    assert "This message was removed." in checked(answer)
    again = teacher.post(f"/messages/{other.pk}/remove", headers=part_of)
    assert again.status_code == 200
    assert "Sill" not in shown(teacher, f"/rooms/{room.pk}")


# What is new


def test_nothing_new_is_no_answer(rooms: Rooms, room: Room, student: Client) -> None:
    rooms.say(room, "Hello")
    assert part(student, f"/rooms/{room.pk}/news?after=1", "room-news").status_code == 204


def test_only_what_is_new_is_told(rooms: Rooms, room: Room, student: Client) -> None:
    by = rooms.school.actor
    said = [rooms.say(room, f"Number {each}.", by="student2") for each in range(4)]
    after = head_of(room)
    edit_message(message_id=said[1].pk, body="Changed.", by=by("student2@oakwood.example"))
    edit_message(message_id=said[1].pk, body="Twice.", by=by("student2@oakwood.example"))
    remove_message(message_id=said[2].pk, by=by(TEACHER))
    rooms.say(room, "New.", by="teacher")
    html = news(student, room, after)
    assert words_in(html) == ["New.", "Twice."]
    assert f'name="after" value="{head_of(room)}"' in html
    assert re.findall(r'<li id="message-([^"]*)"[^>]* hx-swap-oob="true"', html) == [
        str(said[1].pk),
        str(said[2].pk),
    ]
    assert 'hx-swap-oob="beforeend:#said"' in html
    assert "talk-day" not in html  # it is the day of what stands above
    assert "room-head" not in html
    html = news(student, room, after, f"&from={said[2].seq}")
    assert words_in(html) == ["New."]  # the changed one is not on this page


def test_a_message_that_came_and_went_is_told_once(
    rooms: Rooms, room: Room, student: Client
) -> None:
    said = rooms.say(room, "Oh")
    remove_message(message_id=said.pk, by=rooms.school.actor(STUDENT))
    html = news(student, room, 0)
    assert html.count("This message was removed.") == 1


def test_a_new_name_and_the_end_are_told(rooms: Rooms, room: Room, student: Client) -> None:
    by = rooms.school.actor(TEACHER)
    change_room(room_id=room.pk, name="7A now", by=by)
    html = news(student, room, 0, "&writes=yes")
    assert ">7A now</h1>" in html
    assert 'id="send"' in html
    assert 'id="word"' not in html  # what is being typed stays
    close_room(room_id=room.pk, by=by)
    html = news(student, room, 1, "&writes=yes")
    assert "closed meanwhile" in html
    assert 'id="send"' not in html
    reopen_room(room_id=room.pk, by=by)
    assert 'id="word"' in news(student, room, 2)  # where it was closed there is no form yet


@pytest.mark.parametrize("after", ["", "x", "999"])
def test_who_cannot_go_on_gets_all_anew(
    rooms: Rooms, room: Room, student: Client, after: str
) -> None:
    rooms.say(room, "Hello")
    answer = part(student, f"/rooms/{room.pk}/news?after={after}", "room-news")
    assert answer.headers["HX-Retarget"] == "#room-now"
    assert words_in(checked(answer)) == ["Hello"]


def test_who_has_missed_much_gets_all_anew(rooms: Rooms, room: Room, student: Client) -> None:
    said = rooms.say(room, "Hello")
    by = rooms.school.actor(STUDENT)
    for each in range(MOST_NEWS):
        edit_message(message_id=said.pk, body=f"Hello {each}", by=by)
    answer = part(student, f"/rooms/{room.pk}/news?after=0", "room-news")
    assert answer.headers["HX-Retarget"] == "#room-now"
    answer = part(student, f"/rooms/{room.pk}/news?after=1", "room-news")
    assert "HX-Retarget" not in answer.headers
