"""How people hear of a mention: as they chose, in their language, when it is not quiet; and why."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override

from core import clock
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.events.publish import publish
from core.notices.events import DigestsDue
from core.notices.models import Notice, NoticePreference, QuietHours
from core.notices.unsubscribing import address_for
from core.people.models import User
from core.rooms.message_actions import remove_message
from core.rooms.models import Room, RoomAudience
from tasks.drain import drain
from tasks.notices.rooms import notify_mentioned
from tests.flow.conftest import School
from tests.flow.mails import mails_to, text_of
from tests.flow.pages import shown
from tests.flow.people import STUDENT, TEACHER, client_of, post
from tests.flow.rooms import Rooms
from tests.flow.test_homework_published import mailbox
from tests.flow.test_rooms_told import SECOND, TOLD, WORDS, both_parts, fan_out, fates, say
from tests.servers import Servers

WorkOff = Callable[[], int]
Strike = Callable[[str], None]

STAFF: Final = "staff@oakwood.example"
TITLE: Final = "Taylor Thorne mentioned you in 7A class"


@pytest.fixture
def rooms(school: School) -> Rooms:
    return Rooms(school)


@pytest.fixture
def room(rooms: Rooms) -> Room:
    return rooms.open(RoomAudience.CLASS)


def chooses(rooms: Rooms, **choice: bool) -> None:
    NoticePreference.objects.create(person=rooms.school.user(STUDENT), kind="mention", **choice)


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(f"{moment}+00:00"))


# What a person has chosen.


@pytest.mark.parametrize("late", [False, True])
def test_who_wants_no_mail_still_gets_the_notice(
    rooms: Rooms, room: Room, work_off: WorkOff, servers: Servers, *, late: bool
) -> None:
    say(rooms, room, STUDENT, SECOND)
    if late:
        fan_out()
    chooses(rooms, email=False)
    work_off()
    assert fates(rooms.school, STUDENT) == [
        ("email.mail_mentioned", "skipped", "does not want mail about mentions"),
        ("notices.notify_mentioned", "done", ""),
    ]
    assert [mail["To"].addresses[0].addr_spec for mail in mailbox(servers)] == [SECOND]
    assert Notice.objects.count() == 2


def test_mentions_are_a_choice_of_their_own(school: School) -> None:
    student = client_of(STUDENT)
    told = student.get("/api/notice-preferences").json()["mention"]
    assert (told["email"], told["mandatory"], told["children"]) == (True, False, {})
    html = shown(student, "/preferences")
    assert 'name="email-mention"' in html
    assert "Mentions in rooms" in html
    assert "Mentions in rooms" in shown(student, "/notices")


def test_the_link_in_the_mail_ends_them(
    rooms: Rooms, room: Room, work_off: WorkOff, servers: Servers
) -> None:
    say(rooms, room, STUDENT)
    work_off()
    (mail,) = mails_to(servers, STUDENT)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = address_for(rooms.school.user(STUDENT).pk, "mention")
    assert mail["List-Unsubscribe"] == f"<{address}>"
    assert all(address in part for part in both_parts(mail))
    path = "/" + address.split("/", 3)[3]
    assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    say(rooms, room, STUDENT)
    work_off()
    assert len(mails_to(servers, STUDENT)) == 1
    reasons = Delivery.objects.filter(handler="email.mail_mentioned", state="skipped")
    assert reasons.get().detail == "has unsubscribed by the link in a mail"


@pytest.fixture
def strike(monkeypatch: pytest.MonkeyPatch, work_off: WorkOff) -> Strike:
    """The clock strikes at a time in UTC, and what follows is done."""

    def at(moment: str) -> None:
        set_clock(monkeypatch, moment)
        with transaction.atomic():
            publish(DigestsDue(centre_id=NO_CENTRE))
        work_off()

    return at


@pytest.fixture
def collected(rooms: Rooms, room: Room, work_off: WorkOff) -> Room:
    """A student who collects mails about mentions was named twice."""
    chooses(rooms, digest=True)
    say(rooms, room, STUDENT)
    say(rooms, room, STUDENT, by="student2")
    work_off()
    return room


def test_what_is_left_to_the_digest_comes_in_it(
    collected: Room, strike: Strike, servers: Servers
) -> None:
    assert mailbox(servers) == []
    reasons = Delivery.objects.filter(handler="email.mail_mentioned").exclude(key="")
    assert list(reasons.values_list("detail", flat=True)) == ["left to the digest"] * 2
    strike("2026-11-25T18:00")
    (mail,) = mails_to(servers, STUDENT)
    text = text_of(mail)
    assert text.index("For you") < text.index(TITLE) < text.index("Ben Ashby mentioned you")
    assert f"/rooms/{collected.pk}#message-" in text


def test_a_digest_does_not_list_what_was_removed(
    rooms: Rooms, collected: Room, strike: Strike, servers: Servers
) -> None:
    first = collected.messages.earliest("seq")
    remove_message(message_id=first.pk, by=rooms.school.actor(TEACHER))
    strike("2026-11-25T18:00")
    (mail,) = mails_to(servers, STUDENT)
    assert TITLE not in text_of(mail)
    assert "Ben Ashby mentioned you" in text_of(mail)


def test_a_digest_does_not_list_what_one_reads_no_more(
    rooms: Rooms, collected: Room, strike: Strike, servers: Servers
) -> None:
    rooms.school.class_7a().enrolments.filter(student__email=STUDENT).delete()
    strike("2026-11-25T18:00")
    assert mailbox(servers) == []
    (skipped,) = Delivery.objects.filter(handler="email.mail_digest", state="skipped")
    assert skipped.detail == "nothing of it is left to tell"


def test_mails_wait_for_the_end_of_quiet_hours_and_notices_do_not(
    rooms: Rooms, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch, servers: Servers
) -> None:
    set_clock(monkeypatch, "2026-11-24T21:00")
    room = rooms.open(RoomAudience.CLASS)
    QuietHours.objects.create(centre=room.centre, begins="20:00", ends="07:00")
    say(rooms, room, STUDENT)
    work_off()
    waits = ("email.mail_mentioned", "pending", "quiet hours until 2026-11-25T07:00:00+00:00")
    assert fates(rooms.school, STUDENT) == [waits, TOLD[1]]
    set_clock(monkeypatch, "2026-11-25T07:00")
    Delivery.objects.filter(state="pending").update(due_at="2020-01-01T00:00:00Z")
    work_off()
    assert len(mails_to(servers, STUDENT)) == 1


# What they read.


def test_each_is_told_in_their_language(
    rooms: Rooms, room: Room, work_off: WorkOff, servers: Servers
) -> None:
    User.objects.filter(email=STUDENT).update(language="es")
    say(rooms, room, STUDENT, SECOND)
    work_off()
    names = {"name": "Taylor Thorne", "room": "7A class", "class": "7A", "centre": "Oakwood School"}
    with override("es"):
        title = gettext("%(name)s mentioned you in %(room)s") % names
        whose = gettext("It is a room of %(class)s and its teachers.") % names
        why = gettext("You get this mail because a message at %(centre)s names you.") % names
        hello = gettext("Hello %(name)s,") % {"name": "Ada Ashby"}
    assert hello.startswith("Hola")
    titles = dict(Notice.objects.values_list("person__email", "title"))
    assert titles == {STUDENT: title, SECOND: TITLE}
    (mail,) = mails_to(servers, STUDENT)
    assert mail["Subject"] == title
    assert all(each in text_of(mail) for each in (hello, title, whose, why))


ENCODED: Final = "=?utf-8?q?7A=0d=0aBcc:_eve=40x.example=0d=0a=0d=0aHello?="
HOSTILE: Final = [
    ENCODED,
    "=?utf-8?b?N0ENCkJjYzogZXZlQHguZXhhbXBsZQ==?=",
    f'7A "{ENCODED}"',
    "7A <eve@x.example>, eve@x.example",
    "<script>alert(1)</script>",
    "%(name)s %s {{ 7 * 7 }}",
    "\u202eA7",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_is_but_a_name(
    rooms: Rooms, room: Room, work_off: WorkOff, servers: Servers, hostile: str
) -> None:
    say(rooms, room, STUDENT)
    Room.objects.update(name=hostile)
    User.objects.filter(email__in=[TEACHER, STUDENT]).update(name=hostile)
    work_off()
    (mail,) = mailbox(servers)
    assert "Bcc" not in mail
    assert [each.addr_spec for each in mail["To"].addresses] == [STUDENT]
    shown_as = hostile.replace("=?", "= ?")
    assert mail["To"].addresses[0].display_name == shown_as
    assert mail["Subject"] == f"{shown_as} mentioned you in {shown_as}"
    plain, html = both_parts(mail)
    assert plain.startswith(f"Hello {hostile},")
    assert "<script" not in html
    assert Notice.objects.get().title == f"{hostile} mentioned you in {hostile}"


def test_the_longest_names_fit(
    rooms: Rooms, room: Room, work_off: WorkOff, servers: Servers
) -> None:
    Room.objects.update(name="R" * 100)
    User.objects.filter(email=TEACHER).update(name="T" * 200)
    say(rooms, room, STUDENT)
    work_off()
    (mail,) = mailbox(servers)
    assert mail["Subject"] == Notice.objects.get().title
    assert len(mail["Subject"]) == 300


# What is known of it afterwards.


def trace(email: str) -> dict[str, Any]:
    event = EventRecord.objects.get(kind="MessagePosted")
    answer = client_of(email).get(f"/api/trace/{event.pk}")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_the_trace_shows_who_was_told_and_who_was_not(
    rooms: Rooms, room: Room, work_off: WorkOff
) -> None:
    told, left, broken = (f"student{number}@oakwood.example" for number in range(1, 4))
    say(rooms, room, told, left, broken)
    fan_out()
    rooms.school.class_7a().enrolments.filter(student__email=left).delete()
    User.objects.filter(email=broken).update(name="No\r\nBcc: eve@x.example")  # in no header
    work_off()
    found = [each for each in trace(STAFF)["deliveries"]["items"] if each["recipient"]]
    seen = {(each["recipient"]["id"], each["channel"]): each for each in found}
    assert len(seen) == len(found) == 6

    def fate(email: str, channel: str) -> str:
        return str(seen[str(rooms.school.user(email).pk), channel]["fate"])

    for channel, reached in (("portal", "told"), ("email", "mailed")):
        assert fate(told, channel) == reached
        assert fate(left, channel) == "skipped"
    assert (fate(broken, "portal"), fate(broken, "email")) == ("told", "failed")
    why = {each["fate"]: each["why"] for each in found}
    assert why["skipped"] == "no longer in the room"
    assert "ValueError" in why["failed"]
    event = EventRecord.objects.get(kind="MessagePosted").pk
    assert client_of(told).get(f"/api/trace/{event}").status_code == 404


def test_a_line_break_in_a_rooms_name_reaches_no_mail(
    rooms: Rooms, room: Room, work_off: WorkOff, servers: Servers
) -> None:
    """The API takes none; should one be there all the same, the mail is a dead letter at once."""
    Room.objects.update(name="7A\r\nBcc: eve@x.example")
    say(rooms, room, STUDENT)
    work_off()
    assert mailbox(servers) == []
    mail, notice = fates(rooms.school, STUDENT)
    assert mail[1] == "dead"
    assert notice == TOLD[1]


def why(notice: Notice) -> dict[str, Any]:
    answer = client_of(notice.person.email).get(f"/api/notices/{notice.pk}/why")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_who_asks_why_hears_that_they_were_mentioned(
    rooms: Rooms, room: Room, work_off: WorkOff
) -> None:
    post(client_of(TEACHER), f"/api/rooms/{room.pk}/messages", {"body": f"@Ada Ashby {WORDS}"})
    work_off()
    notice = Notice.objects.get()
    found = why(notice)
    assert found["because"] == "You were mentioned by name in a message."
    assert found["what_happened"] == "Taylor Thorne wrote a message in 7A class."
    assert {each["channel"]: each["fate"] for each in found["ways"]} == {
        "portal": "told",
        "email": "mailed",
    }
    assert "page 12" not in shown(client_of(STUDENT), f"/notices/{notice.pk}/why")


def test_why_outlives_the_event_and_the_room(rooms: Rooms, room: Room, work_off: WorkOff) -> None:
    say(rooms, room, STUDENT)
    work_off()
    Room.objects.all().delete()
    assert why(Notice.objects.get())["because"] == "You were mentioned by name in a message."
    Delivery.objects.all().delete()
    EventRecord.objects.all().delete()
    found = why(Notice.objects.get())
    assert found["because"] == "You were mentioned by name in a message."
    assert found["what_happened"] == "Who did it is not kept any more."


# What it costs.


def test_a_batch_costs_the_same_whatever_its_size(
    rooms: Rooms, room: Room, work_off: WorkOff
) -> None:
    families = rooms.open(RoomAudience.FAMILIES)
    drained = []
    for times in (1, 6):
        for _ in range(times):
            say(rooms, room, STUDENT, SECOND)
            say(rooms, families, "parent1@oakwood.example")
        fan_out()
        with CaptureQueriesContext(connection) as asked:
            drain(notify_mentioned)
        drained.append(len(asked))
        work_off()
    assert Notice.objects.count() == 3 * 7
    assert drained[0] == drained[1] <= 20
