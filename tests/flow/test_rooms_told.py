"""Whom a message names is told of it: in the portal and by mail, once; and who is not, and why."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Final

import pytest

from core.classes.actions import open_class
from core.classes.enrolment_actions import move_student
from core.classes.models import Teaching
from core.events import claims
from core.events.models import Delivery
from core.live.models import Entry
from core.mail.models import Mail
from core.notices.models import Notice
from core.people.guardians import block_guardian
from core.people.models import Guardianship, Membership, Role, User
from core.rooms.audience import scene_of
from core.rooms.events import MessagePosted
from core.rooms.message_actions import remove_message
from core.rooms.models import Mention, Message, Room, RoomAudience
from core.rooms.queries import rooms_for
from tasks.drain import run
from tasks.email.rooms import mail_mentioned
from tasks.handler import Handler
from tasks.notices.rooms import notify_mentioned
from tests.flow.conftest import School
from tests.flow.mails import mails_to, text_of
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of
from tests.flow.rooms import Rooms
from tests.flow.test_homework_published import mailbox
from tests.servers import Servers

WorkOff = Callable[[], int]

ADMIN, STAFF, SECOND = (f"{who}@oakwood.example" for who in ("admin", "staff", "student2"))
WORDS: Final = "who has the answers to page 12?"  # what no notice and no mail may hold
HANDLERS: Final[tuple[Handler[MessagePosted], ...]] = (notify_mentioned, mail_mentioned)


@pytest.fixture
def rooms(school: School) -> Rooms:
    return Rooms(school)


@pytest.fixture
def room(rooms: Rooms) -> Room:
    return rooms.open(RoomAudience.CLASS)


@pytest.fixture
def families(rooms: Rooms) -> Room:
    return rooms.open(RoomAudience.FAMILIES)


def say(rooms: Rooms, room: Room, *people: str, by: str = "teacher") -> Message:
    """Somebody names the people in a room."""
    names = ", ".join(f"@{rooms.school.user(each).name}" for each in people)
    return rooms.say(room, f"{names} {WORDS}", by=by)


def fan_out() -> None:
    """Let each first delivery become one for each recipient, and run none of those yet."""
    wanted = claims.Claim(limit=100, lease=timedelta(seconds=60))
    for handler in HANDLERS:
        if batch := claims.claim(handler.name, handler.event, wanted):
            assert not any(each.key for each in batch)
            run(handler, batch)


def fates(school: School, email: str) -> list[tuple[str, str, str]]:
    """What became of a person's mail and notice, and why."""
    rows = Delivery.objects.filter(key=str(school.user(email).pk)).order_by("handler")
    return list(rows.values_list("handler", "state", "detail"))


def skipped(why: str) -> list[tuple[str, str, str]]:
    return [
        ("email.mail_mentioned", "skipped", why),
        ("notices.notify_mentioned", "skipped", why),
    ]


TOLD: Final = [("email.mail_mentioned", "done", ""), ("notices.notify_mentioned", "done", "")]


def test_who_is_named_gets_one_notice_and_one_mail(
    rooms: Rooms, room: Room, work_off: WorkOff, servers: Servers
) -> None:
    message = say(rooms, room, STUDENT)
    work_off()
    notice = Notice.objects.get()
    assert (notice.person.email, notice.kind) == (STUDENT, "mention")
    assert notice.title == "Taylor Thorne mentioned you in 7A class"
    assert notice.url == f"/rooms/{room.pk}#message-{message.pk}"
    (mail,) = mailbox(servers)
    assert mail["To"].addresses[0].addr_spec == STUDENT
    assert mail["Subject"] == notice.title
    for part in both_parts(mail):
        assert notice.title in part
        assert "It is a room of 7A and its teachers." in part
        assert notice.url in part
        assert "because a message at Oakwood School names you" in part
    assert fates(rooms.school, STUDENT) == TOLD


def both_parts(mail: EmailMessage) -> list[str]:
    """The mail as text and as HTML."""
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return [str(part.get_content()) for part in parts if part]


def test_what_was_said_is_in_no_notice_and_no_mail(
    rooms: Rooms, room: Room, work_off: WorkOff, servers: Servers
) -> None:
    say(rooms, room, STUDENT)
    work_off()
    (mail,) = mailbox(servers)
    assert all(part and "page 12" not in part for part in both_parts(mail))
    (entry,) = Entry.objects.filter(type="notice")
    (told,) = client_of(STUDENT).get("/api/notices").json()["items"]
    assert (entry.data["body"], told["body"]) == ("", "")
    assert "page 12" not in str(entry.data) + str(told)
    assert not Mail.objects.filter(subject__contains="page 12").exists()


def test_the_mails_of_a_room_are_one_thread(
    rooms: Rooms, room: Room, work_off: WorkOff, servers: Servers
) -> None:
    say(rooms, room, STUDENT)
    say(rooms, room, STUDENT)
    say(rooms, rooms.open(RoomAudience.CENTRE), STUDENT)
    work_off()
    mails = mails_to(servers, STUDENT)
    threads = [mail["References"] for mail in mails]
    assert len(set(threads)) == 2
    assert sum(f"<room.{room.pk}@" in each for each in threads) == 2
    assert len({mail["Message-ID"] for mail in mails}) == 3


def test_whose_room_it_is_is_said(rooms: Rooms, work_off: WorkOff, servers: Servers) -> None:
    for audience in RoomAudience:
        say(rooms, rooms.open(audience), TEACHER, by="admin")
    work_off()
    said = {text_of(mail).splitlines()[4] for mail in mails_to(servers, TEACHER)}
    assert said == {
        "It is a room of 7A and its teachers.",
        "It is a room of the guardians of 7A and its teachers.",
        "It is a room of the teachers and staff.",
        "It is a room of everybody at the centre.",
    }


def test_who_names_themselves_is_not_told(rooms: Rooms, room: Room, work_off: WorkOff) -> None:
    say(rooms, room, STUDENT, SECOND, by="student1")
    work_off()
    assert [each.person.email for each in Notice.objects.all()] == [SECOND]
    assert fates(rooms.school, STUDENT) == []


@pytest.mark.parametrize("people", [(), (STUDENT,)])
def test_where_nobody_else_is_named_nobody_is_told(
    rooms: Rooms, room: Room, work_off: WorkOff, people: tuple[str, ...]
) -> None:
    say(rooms, room, *people, by="student1")
    work_off()
    found = Delivery.objects.values_list("state", "detail")
    assert list(found) == [("skipped", "the message names nobody else")] * 2
    assert not Notice.objects.exists()


# What changes between a message and its telling, and the reason that is kept.


@pytest.mark.parametrize("late", [False, True])
def test_a_message_that_was_removed_is_not_told(
    rooms: Rooms, room: Room, work_off: WorkOff, *, late: bool
) -> None:
    message = say(rooms, room, STUDENT)
    if late:
        fan_out()
    remove_message(message_id=message.pk, by=rooms.school.actor(TEACHER))
    work_off()
    reasons = Delivery.objects.filter(state="skipped", event__kind="MessagePosted")
    assert list(reasons.values_list("detail", flat=True)) == ["the message was removed"] * 2
    assert not Notice.objects.exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize("late", [False, True])
def test_a_room_that_is_gone_is_not_told(
    rooms: Rooms, room: Room, work_off: WorkOff, *, late: bool
) -> None:
    say(rooms, room, STUDENT)
    if late:
        fan_out()
    Room.objects.all().delete()
    work_off()
    reasons = Delivery.objects.filter(state="skipped")
    assert list(reasons.values_list("detail", flat=True)) == ["the room is gone"] * 2


def move_away(school: School) -> None:
    by = school.actor(STAFF)
    enrolment = school.class_7a().enrolments.get(student__email=STUDENT)
    other = open_class(name="7B", by=by)
    move_student(enrolment_id=enrolment.pk, class_id=other.pk, by=by)


def deactivate(school: School) -> None:
    User.objects.filter(email=STUDENT).update(is_active=False)


def end_membership(school: School) -> None:
    Membership.objects.filter(user__email=STUDENT).update(is_active=False)


def leave(school: School) -> None:
    Membership.objects.filter(user__email=STUDENT).delete()


CHANGES: Final[list[tuple[Callable[[School], None], str]]] = [
    (move_away, "no longer in the room"),
    (deactivate, "account is not active"),
    (end_membership, "no longer of the centre"),
    (leave, "no longer of the centre"),
]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(("change", "why"), CHANGES)
def test_who_is_not_of_the_room_any_more_is_not_told(
    rooms: Rooms, work_off: WorkOff, change: Callable[[School], None], why: str, *, late: bool
) -> None:
    say(rooms, rooms.open(RoomAudience.CLASS), STUDENT, SECOND)
    if late:
        fan_out()
    change(rooms.school)
    work_off()
    assert fates(rooms.school, STUDENT) == skipped(why)
    assert fates(rooms.school, SECOND) == TOLD
    assert [each.person.email for each in Notice.objects.filter(kind="mention")] == [SECOND]
    assert [each.recipient for each in Mail.objects.all()] == [SECOND]


def test_a_teacher_who_gave_the_class_away_is_told_where_they_still_read(
    rooms: Rooms, room: Room, work_off: WorkOff
) -> None:
    say(rooms, room, TEACHER, by="student1")
    say(rooms, rooms.open(RoomAudience.STAFF), TEACHER, by="admin")
    fan_out()
    Teaching.objects.all().delete()
    work_off()
    assert {notice.title for notice in Notice.objects.all()} == {
        "Alex Archer mentioned you in staff"
    }
    Membership.objects.filter(user__email=TEACHER).update(roles=[Role.STAFF])
    say(rooms, rooms.open(RoomAudience.STAFF), TEACHER, by="admin")
    work_off()
    assert Notice.objects.count() == 2


# Guardians.


def rights(**changed: bool) -> Callable[[School], None]:
    """What changes the rights of PARENT as a guardian."""

    def change(_school: School) -> None:
        Guardianship.objects.filter(guardian__email=PARENT).update(**changed)

    return change


def end_guardianship(_school: School) -> None:
    Guardianship.objects.filter(guardian__email=PARENT).delete()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (rights(custody_blocked=True), "custody block"),
        (rights(may_be_contacted=False), "is not to be contacted"),
        (end_guardianship, "no longer in the room"),
        (move_away, "no longer in the room"),
    ],
)
def test_a_guardian_who_may_not_know_any_more_is_not_told(
    rooms: Rooms, families: Room, work_off: WorkOff, change: Callable[[School], None], why: str
) -> None:
    say(rooms, families, PARENT)
    fan_out()
    change(rooms.school)
    work_off()
    assert fates(rooms.school, PARENT) == skipped(why)
    assert not Notice.objects.filter(kind="mention").exists()
    assert not Mail.objects.exists()


def test_a_guardian_of_two_is_told_as_long_as_one_may_be_known(
    rooms: Rooms, families: Room, work_off: WorkOff
) -> None:
    parent, second = rooms.school.user(PARENT), rooms.school.user(SECOND)
    Guardianship.objects.filter(guardian=parent).update(custody_blocked=True)
    Guardianship.objects.create(centre=families.centre, guardian=parent, student=second)
    say(rooms, families, PARENT)
    work_off()
    assert fates(rooms.school, PARENT) == TOLD
    assert Notice.objects.get().student_ids == [second.pk]


def test_what_a_guardian_was_told_goes_with_a_custody_block(
    rooms: Rooms, families: Room, work_off: WorkOff
) -> None:
    say(rooms, families, PARENT)
    work_off()
    parent = client_of(PARENT)
    assert len(parent.get("/api/notices").json()["items"]) == 1
    found = Guardianship.objects.get(guardian__email=PARENT)
    by = rooms.school.actor(ADMIN)
    block_guardian(guardianship_id=found.pk, reason="A court says so.", by=by)
    assert parent.get("/api/notices").json()["items"] == []
    assert "mentioned" not in str(Entry.objects.filter(type="notice").values_list("data"))


def test_who_is_there_by_themselves_is_told_for_themselves(
    rooms: Rooms, families: Room, work_off: WorkOff
) -> None:
    """A teacher of the class who has a child in it."""
    teacher, child = rooms.school.user(TEACHER), rooms.school.user(STUDENT)
    Guardianship.objects.create(centre=families.centre, guardian=teacher, student=child)
    say(rooms, families, TEACHER, by="parent1")
    work_off()
    assert Notice.objects.get().student_ids == []


@pytest.mark.parametrize("audience", RoomAudience)
def test_who_is_told_is_who_may_read_the_room(rooms: Rooms, audience: RoomAudience) -> None:
    """All of a centre's people, also the office and who has left: as the API lets them in."""
    room = rooms.open(audience)
    some = ("student2@oakwood.example", "parent2@oakwood.example")
    Membership.objects.filter(user__email__in=some).update(is_active=False)
    Guardianship.objects.filter(guardian__email="parent3@oakwood.example").update(
        custody_blocked=True
    )
    rooms.school.class_7a().enrolments.filter(student__email="student4@oakwood.example").delete()
    message = rooms.say(room, "Hello", by="admin")
    members = Membership.objects.select_related("user").filter(centre=room.centre)
    Mention.objects.bulk_create(
        Mention(centre=room.centre, message=message, person=each.user) for each in members
    )
    event = MessagePosted(
        centre_id=room.centre_id, room_id=room.pk, message_id=message.pk, by_id=message.author_id
    )
    told = {each.person_id for each in scene_of([event]).audience(event) if not each.why_not}
    read = {
        each.user_id
        for each in members.filter(is_active=True)
        if rooms_for(rooms.school.actor(each.user.email)).filter(pk=room.pk).exists()
    }
    assert told == read - {message.author_id}
    assert read
    assert (len(read) < members.count() - 2) == (audience != RoomAudience.CENTRE)
