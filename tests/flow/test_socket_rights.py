"""Open sockets of people whose classes and wards change: the right to a stream goes at once.

The portal's own streams hang on several of these at once, so these bring kinds of their own; one
that hangs on a ward's class is in tests/flow/test_board_socket.py.
"""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from consumers import live as consumer
from consumers.conversation import Conversation
from consumers.streams import STREAMS
from core.classes.actions import open_class, remove_teacher
from core.classes.enrolment_actions import end_enrolment, move_student
from core.classes.models import Enrolment, Teaching
from core.isolation.scope import everywhere
from core.live import entries
from core.live.streams import StreamKind
from core.people.guardians import block_guardian, unlink_guardian
from core.people.models import Guardianship
from core.rooms.models import RoomAudience
from tests.flow.conftest import School
from tests.flow.people import PARENT, STUDENT, TEACHER
from tests.flow.rooms import Rooms
from tests.sockets import SocketServer, at_the_door, cookie_of, entry, serving

ADMIN = "admin@oakwood.example"


def attends(user_id: int, ident: str) -> str | None:
    with everywhere():
        rows = Enrolment.objects.filter(student_id=user_id, school_class_id=int(ident), until=None)
        return f"attends:{ident}" if rows.exists() else None


def teaches(user_id: int, ident: str) -> str | None:
    with everywhere():
        rows = Teaching.objects.filter(teacher_id=user_id, school_class_id=int(ident))
        return f"teaches:{ident}" if rows.exists() else None


def ward(user_id: int, ident: str) -> str | None:
    with everywhere():
        rows = Guardianship.objects.filter(guardian_id=user_id, student_id=int(ident))
        return f"ward:{ident}" if rows.filter(custody_blocked=False).exists() else None


KINDS = tuple(StreamKind(find.__name__, find) for find in (attends, teaches, ward))


@pytest.fixture(params=[60.0, 0.1], ids=["rung", "heartbeat alone"])
def heartbeat(request: pytest.FixtureRequest, settings: Any) -> float:
    settings.LIVE_HEARTBEAT = request.param
    return float(request.param)


@pytest.fixture
def server(
    school: School, heartbeat: float, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SocketServer]:
    monkeypatch.setattr(consumer, "Conversation", partial(Conversation, kinds=(*STREAMS, *KINDS)))
    if heartbeat < 1:  # then nothing rings
        monkeypatch.setattr("core.live.doorbell.broadcast_tick", lambda *_said: None)
    with serving() as server:
        yield server


def move(school: School) -> None:
    present = Enrolment.objects.get(student__email=STUDENT)
    by = school.actor(ADMIN)
    move_student(enrolment_id=present.pk, class_id=open_class(name="7B", by=by).pk, by=by)


def leave(school: School) -> None:
    present = Enrolment.objects.get(student__email=STUDENT)
    end_enrolment(enrolment_id=present.pk, by=school.actor(ADMIN))


def teach_no_more(school: School) -> None:
    teacher, by = school.user(TEACHER), school.actor(ADMIN)
    remove_teacher(class_id=school.class_7a().pk, person_id=teacher.pk, by=by)


def block(school: School) -> None:
    link = Guardianship.objects.get(guardian__email=PARENT)
    block_guardian(guardianship_id=link.pk, reason="A court said so.", by=school.actor(ADMIN))


def unlink(school: School) -> None:
    link = Guardianship.objects.get(guardian__email=PARENT)
    unlink_guardian(guardianship_id=link.pk, by=school.actor(ADMIN))


@pytest.mark.parametrize(
    ("email", "kind", "change"),
    [
        (STUDENT, "attends", move),
        (STUDENT, "attends", leave),
        (TEACHER, "teaches", teach_no_more),
        (PARENT, "ward", block),
        (PARENT, "ward", unlink),
        (PARENT, "room", move),
        (PARENT, "room", leave),
        (PARENT, "room", block),
    ],
)
def test_a_stream_goes_with_the_right_to_it(
    school: School, server: SocketServer, email: str, kind: str, change: Callable[[School], None]
) -> None:
    name, person = f"{kind}:{thing_of(school, kind)}", school.user(email)
    with server.tab(cookie_of(person)) as tab:
        assert tab.subscribe(stream=name)["op"] == "subscribed"
        at_the_door(person)
        tell(name)
        assert tab.hear("entry", "error")["op"] == "entry"

        change(school)
        lost = tab.hear("error")
        assert (lost["code"], lost["ref"]) == ("not_allowed", "a")
        tell(name)
        assert tab.subscribe(stream=name)["code"] == "not_found"  # and no entry came before


def thing_of(school: School, kind: str) -> int:
    if kind == "room":
        return Rooms(school).open(RoomAudience.FAMILIES).pk
    return school.user(STUDENT).pk if kind == "ward" else school.class_7a().pk


def tell(stream: str) -> None:
    with transaction.atomic():
        entries.append([entry(stream)])


@pytest.mark.parametrize("heartbeat", [60.0], indirect=True)  # a heartbeat would look again anyway
def test_a_change_between_asking_and_watching_is_not_missed(
    school: School, server: SocketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, look_again = entries.kept, Conversation.look_again
    person = school.user(STUDENT)
    looked = threading.Event()

    def slow(stream: str) -> entries.Kept:
        with everywhere():
            move(school)
        assert looked.wait(10)
        return kept(stream)

    async def looking(conversation: Conversation) -> None:
        await look_again(conversation)
        looked.set()

    monkeypatch.setattr(Conversation, "look_again", looking)
    monkeypatch.setattr("consumers.conversation.entries.kept", slow)
    with server.tab(cookie_of(person)) as tab:
        at_the_door(person)
        assert tab.subscribe(stream=f"attends:{school.class_7a().pk}")["op"] == "subscribed"
        assert tab.hear("error")["code"] == "not_allowed"
