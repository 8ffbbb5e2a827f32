"""What nobody waits for travels with the next statement (ADR 24), and nothing else changes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from typing import Final

import pytest
from django.db import (
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
    transaction,
)
from psycopg2 import ProgrammingError as PsycopgError

from core.classes.events import CourseChanged
from core.classes.models import SchoolClass
from core.events.database.ahead import MANY
from core.events.database.base import carry
from core.events.event import NO_CENTRE
from core.events.models import EventRecord, QueuePause
from core.events.publish import publish
from core.isolation.scope import everywhere
from tests.flow.conftest import School

pytestmark = pytest.mark.django_db(transaction=True)

ASKS: Final = b"Q"  # the type of the one message by which psycopg2 asks for anything


class Meter:
    """Stands between a connection and PostgreSQL, and keeps what is asked."""

    def __init__(self, host: str, port: int) -> None:
        self._server = socket.create_connection((host, port))
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.asked: list[str] = []
        threading.Thread(target=self._pass_on, daemon=True).start()

    def _pass_on(self) -> None:
        with self._door:
            client, _ = self._door.accept()
        threading.Thread(target=self._answer, args=[client], daemon=True).start()
        with suppress(OSError), self._server, client.makefile("rb") as said:
            is_first = True  # the start-up message has no type
            while head := said.read(4 if is_first else 5):
                body = said.read(int.from_bytes(head[-4:]) - 4)
                if not is_first and head[:1] == ASKS:
                    self.asked.append(body.rstrip(b"\0").decode())
                is_first = False
                self._server.sendall(head + body)

    def _answer(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            while part := self._server.recv(2**16):
                client.sendall(part)

    def cut(self) -> None:
        """End the connection to PostgreSQL."""
        self._server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def meter(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[Meter]:
    """The default connection goes through it."""
    usual = connections["default"]
    meter = Meter(usual.settings_dict["HOST"], int(usual.settings_dict["PORT"]))
    metered = usual.copy()
    options = usual.settings_dict["OPTIONS"] | {"sslmode": "disable", "gssencmode": "disable"}
    metered.settings_dict |= {"HOST": "127.0.0.1", "PORT": meter.port, "OPTIONS": options}
    connections["default"] = metered
    metered.ensure_connection()
    meter.asked.clear()
    with everywhere():
        yield meter
    metered.close()
    connections["default"] = usual


def changed(number: int = 1) -> CourseChanged:
    return CourseChanged(centre_id=NO_CENTRE, course_id=number)


def recorded() -> list[int]:
    """The numbers of those events that are in the database."""
    found = EventRecord.objects.filter(kind=CourseChanged.kind()).order_by("id")
    return [each.payload["course_id"] for each in found]


PAUSE: Final = "INSERT INTO queue_pause (queue, reason) VALUES (%s, %s)"


def touch() -> int:
    return SchoolClass.objects.filter(name="7A").update(name="7A")


def fail() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nonsense")


def test_an_action_with_an_event_takes_two_messages(meter: Meter) -> None:
    with transaction.atomic():
        touch()
        publish(changed())

    first, second = meter.asked
    assert first.startswith("BEGIN;")
    assert "UPDATE" in first
    assert "record_event(" in second
    assert second.endswith(";COMMIT")
    assert recorded() == [1]


def test_events_alone_are_committed_in_one(meter: Meter) -> None:
    with transaction.atomic():
        for number in range(20):
            publish(changed(number))
    assert len(meter.asked) == 1
    assert recorded() == list(range(20))


def test_very_many_events_do_not_make_one_endless_message(meter: Meter) -> None:
    with transaction.atomic():
        for number in range(2 * MANY):
            publish(changed(number))
    assert len(meter.asked) == 2
    assert recorded() == list(range(2 * MANY))


def test_a_transaction_in_which_nothing_is_said_is_none(meter: Meter) -> None:
    with transaction.atomic():
        pass
    assert meter.asked == []


def test_what_waits_may_look_like_anything(meter: Meter) -> None:
    with transaction.atomic():
        carry(PAUSE, ["50 % of 's;--", "reason"])
        QueuePause.objects.filter(queue="100 %s").exists()
    assert QueuePause.objects.get().queue == "50 % of 's;--"


def test_what_is_read_after_an_event_sees_it(meter: Meter) -> None:
    with transaction.atomic():
        publish(changed())
        assert recorded() == [1]


def test_inner_blocks_cost_no_message(meter: Meter) -> None:
    with transaction.atomic():
        with transaction.atomic():
            touch()
        with transaction.atomic():
            touch()
    assert len(meter.asked) == 3


def test_an_inner_block_is_undone_alone(meter: Meter) -> None:
    with transaction.atomic():
        touch()
        with suppress(ProgrammingError), transaction.atomic():
            publish(changed(1))
            fail()
        with suppress(ZeroDivisionError), transaction.atomic():
            publish(changed(2))
            raise ZeroDivisionError  # before anything of it was sent
        with transaction.atomic():
            publish(changed(3))
    assert recorded() == [3]


def test_what_is_undone_before_it_was_sent_is_never_sent(meter: Meter) -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        publish(changed())
        raise ZeroDivisionError
    assert meter.asked == []
    assert recorded() == []


def test_an_event_that_cannot_be_recorded_undoes_its_action(meter: Meter) -> None:
    @transaction.atomic
    def act() -> None:
        SchoolClass.objects.update(name="gone")
        publish(CourseChanged(centre_id=10**20, course_id=1))  # no bigint

    with pytest.raises(ProgrammingError):
        act()
    assert not SchoolClass.objects.filter(name="gone").exists()
    assert recorded() == []
    assert touch()  # the connection is well


def test_what_waits_in_a_failed_transaction_is_refused(meter: Meter) -> None:
    @transaction.atomic
    def act() -> None:
        touch()
        with suppress(ProgrammingError):
            fail()
        publish(changed())

    with pytest.raises(InternalError, match="aborted"):
        act()
    assert recorded() == []


def test_nothing_is_taken_for_a_transaction_that_will_be_undone(meter: Meter) -> None:
    @transaction.atomic
    def act() -> None:
        transaction.set_rollback(True)
        publish(changed())

    with pytest.raises(transaction.TransactionManagementError):
        act()
    assert meter.asked == []


def test_nothing_is_carried_outside_a_transaction(meter: Meter) -> None:
    with pytest.raises(ProgrammingError, match="outside a transaction"):
        carry(PAUSE, ["email", "reason"])
    connection.commit()
    assert meter.asked == []


def test_rows_are_copied_after_what_waits(meter: Meter) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        carry(PAUSE, ["email", "reason"])
        found = StringIO()
        cursor.cursor.copy_expert("COPY (SELECT queue FROM queue_pause) TO STDOUT", found)
        carry(PAUSE, ["files", "reason"])
        cursor.executemany(PAUSE, [("notices", "reason"), ("reports", "reason")])
    assert found.getvalue() == "email\n"
    assert QueuePause.objects.count() == 4


def test_autocommit_cannot_be_set_inside_a_transaction(meter: Meter) -> None:
    with transaction.atomic():
        touch()
        with pytest.raises(PsycopgError, match="inside a transaction"):
            connection.connection.autocommit = True


def test_a_connection_lost_in_mid_transaction_fails_it_and_is_given_up(meter: Meter) -> None:
    @transaction.atomic
    def act() -> None:
        touch()
        meter.cut()
        publish(changed())

    with pytest.raises(OperationalError):
        act()
    assert connection.connection is None
