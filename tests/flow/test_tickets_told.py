"""Who hears of a ticket: in the portal, by mail, live; and who does not."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import transaction

from consumers.streams import STREAMS
from core.events import claims
from core.events.models import Delivery
from core.live import entries
from core.live.models import Entry
from core.live.streams import find_stream
from core.notices.models import Notice, NoticePreference
from core.people.actions import change_roles, deactivate_member
from core.people.models import Membership, Role, User
from core.tickets.models import Ticket, TicketComment
from tasks.drain import drain, run
from tasks.subscriptions import HANDLERS
from tests.flow.conftest import School
from tests.flow.desk import (
    ADMIN,
    ANOTHER,
    HEAD,
    SECRET,
    STAFF,
    STRANGE_STAFF,
    Desk,
    desk,
)
from tests.flow.pages import shown
from tests.flow.people import STUDENT, TEACHER, client_of, post
from tests.flow.test_homework_published import mailbox
from tests.servers import Servers
from tests.sockets import SocketServer, at_the_door, cookie_of, serving

__all__ = ["desk"]

WorkOff = Callable[[], int]
DESK = {STAFF, HEAD, ADMIN}


class Told:
    """Who was told since last asked, by which way."""

    def __init__(self, work_off: WorkOff, servers: Servers) -> None:
        self._work_off = work_off
        self._servers = servers

    def of(self, *acts: object) -> set[str]:
        """Who hears of what was just done; by notice and mail alike."""
        self._forget()
        for act in acts:
            assert act
        self._work_off()
        noticed = list(Notice.objects.values_list("person__email", flat=True))
        mailed = [mail["To"].addresses[0].addr_spec for mail in self.mails()]
        assert sorted(noticed) == sorted(mailed)
        assert len(noticed) == len(set(noticed))
        return set(noticed)

    def mails(self) -> list[EmailMessage]:
        return mailbox(self._servers)

    def _forget(self) -> None:
        Notice.objects.all().delete()
        for mail in self._servers.stack.home.mailbox.glob("*.eml"):
            mail.unlink()


@pytest.fixture
def told(work_off: WorkOff, servers: Servers) -> Told:
    return Told(work_off, servers)


def test_each_step_is_told_to_the_others(desk: Desk, told: Told) -> None:
    ticket = desk.open()
    assert told.of(ticket) == DESK
    assert told.of(desk.say(ticket, by=STUDENT)) == DESK
    assert told.of(desk.say(ticket, by=HEAD)) == {STUDENT}
    assert told.of(desk.assign(ticket, to=STAFF, by=HEAD)) == {STUDENT, STAFF}
    assert told.of(desk.say(ticket, by=STUDENT)) == {STAFF}
    assert told.of(desk.say(ticket, by=STAFF)) == {STUDENT}
    assert told.of(desk.say(ticket, by=HEAD)) == {STUDENT, STAFF}
    assert told.of(desk.note(ticket, by=HEAD)) == {STAFF}
    assert told.of(desk.note(ticket, by=STAFF)) == set()
    assert told.of(desk.resolve(ticket, by=STAFF)) == {STUDENT}
    assert told.of(desk.reopen(ticket, by=STUDENT)) == {STAFF}
    assert told.of(desk.resolve(ticket, by=STUDENT)) == {STAFF}
    assert told.of(desk.reopen(ticket, by=HEAD)) == {STUDENT, STAFF}


def test_a_ticket_that_nobody_looks_after_is_the_whole_desks(desk: Desk, told: Told) -> None:
    ticket = desk.resolve(desk.open())
    assert told.of(ticket) == {STUDENT}
    assert told.of(desk.reopen(ticket)) == DESK
    told.of(desk.assign(ticket))
    User.objects.filter(email=STAFF).update(is_active=False)  # who looked after it has left
    assert told.of(desk.say(ticket, by=STUDENT)) == DESK - {STAFF}


def test_staff_are_not_told_of_their_own_tickets(desk: Desk, told: Told) -> None:
    ticket = desk.open(by=STAFF)
    assert told.of(ticket) == DESK - {STAFF}
    assert told.of(desk.assign(ticket, to=STAFF, by=STAFF)) == set()
    assert told.of(desk.say(ticket, by=HEAD)) == {STAFF}


def test_a_mail_stands_in_its_tickets_thread(desk: Desk, told: Told) -> None:
    ticket = desk.open("Lost “key” and ключ")
    told.of(ticket)
    told.of(desk.say(ticket, "It is here."))
    (mail,) = told.mails()
    assert mail["Subject"] == "[#1] Lost “key” and ключ"
    assert mail["References"] == mail["In-Reply-To"]
    assert f"ticket.{ticket.pk}@" in mail["References"]
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    for part in (text.get_content(), html.get_content()):
        assert "Sam Stone wrote about ticket #1" in part
        assert "It is here." in part
        assert f"/tickets/{ticket.pk}" in part
        assert "because you opened this ticket" in part
    thread = mail["References"]
    told.of(desk.resolve(ticket, comment="Found."))
    (last,) = told.mails()
    assert last["References"] == thread
    assert last["Message-ID"] != mail["Message-ID"]
    told.of(desk.open("Another"))
    assert {each["References"] for each in told.mails()} != {thread}


def test_who_wants_no_mail_still_gets_the_notice(
    desk: Desk, work_off: WorkOff, servers: Servers
) -> None:
    NoticePreference.objects.create(person=desk.school.user(STUDENT), kind="ticket", email=False)
    desk.resolve(desk.open())
    work_off()
    notice = Notice.objects.get(person__email=STUDENT)
    assert (notice.kind, notice.title) == ("ticket", "Ticket #1 is resolved: Lost key")
    assert notice.url == f"/tickets/{Ticket.objects.get().pk}"
    assert STUDENT not in {mail["To"].addresses[0].addr_spec for mail in mailbox(servers)}
    skipped = Delivery.objects.get(handler="email.mail_resolved", key=str(notice.person_id))
    assert skipped.detail == "does not want mail about tickets"


def test_each_is_told_in_their_language(desk: Desk, told: Told) -> None:
    User.objects.filter(email__in=[STUDENT, HEAD]).update(language="es")
    told.of(desk.open())
    titles = dict(Notice.objects.values_list("person__email", "title"))
    assert titles[HEAD] == "Se ha abierto la incidencia #1: Lost key"
    assert titles[STAFF] == "Ticket #1 was opened: Lost key"
    told.of(desk.resolve(Ticket.objects.get()))
    (mail,) = told.mails()
    text = mail.get_body(("plain",))
    assert text
    assert "La incidencia #1 está resuelta" in text.get_content()
    assert "porque abriste esta incidencia" in text.get_content()


def test_the_longest_subject_fits(desk: Desk, told: Told) -> None:
    User.objects.filter(email=STUDENT).update(name="N" * 200)
    ticket = desk.open("x" * 200)
    told.of(ticket)
    assert told.of(desk.say(ticket, "y" * 20_000, by=STUDENT)) == DESK


# What changes between an act and its telling, and the reason that is kept.
def deactivate(email: str) -> None:
    User.objects.filter(email=email).update(is_active=False)


def leave(email: str) -> None:
    Membership.objects.filter(user__email=email).delete()


def demote(email: str) -> None:
    Membership.objects.filter(user__email=email).update(roles=[Role.TEACHER])


def end(email: str) -> None:
    Membership.objects.filter(user__email=email).update(is_active=False)


CHANGES: list[tuple[Callable[[str], None], str]] = [
    (deactivate, "account is not active"),
    (leave, "no longer of the centre"),
    (end, "no longer of the centre"),
    (demote, "no longer of the centre's staff"),
]


def fan_out() -> None:
    """Let each first delivery become one for each recipient, and run none of those yet."""
    wanted = claims.Claim(limit=100, lease=timedelta(seconds=60))
    for handler in HANDLERS:
        if handler.to and (batch := claims.claim(handler.name, handler.event, wanted)):
            assert not any(each.key for each in batch)
            run(handler, batch)


@pytest.mark.parametrize(("change", "reason"), CHANGES)
def test_who_may_not_know_any_more_is_not_told(
    desk: Desk, work_off: WorkOff, servers: Servers, change: Callable[[str], None], reason: str
) -> None:
    desk.open()
    fan_out()
    change(STAFF)
    work_off()
    key = str(desk.school.user(STAFF).pk)
    found = Delivery.objects.filter(key=key).values_list("state", "detail")
    assert set(found) == {("skipped", reason)}
    assert len(found) == 2
    assert set(Notice.objects.values_list("person__email", flat=True)) == {HEAD, ADMIN}
    assert len(mailbox(servers)) == 2


@pytest.mark.parametrize("late", [True, False])
def test_what_is_settled_before_it_was_told_is_not_told(
    desk: Desk, told: Told, *, late: bool
) -> None:
    ticket = desk.open()
    if late:
        fan_out()
    desk.resolve(ticket, by=STUDENT)
    assert told.of(ticket) == set()
    reasons = Delivery.objects.filter(event__kind="TicketOpened", state="skipped")
    assert set(reasons.values_list("detail", flat=True)) == {"the ticket was resolved"}


def test_a_ticket_that_is_gone_is_not_told(desk: Desk, told: Told) -> None:
    ticket = desk.open()
    desk.say(ticket)
    fan_out()
    Ticket.objects.all().delete()
    assert told.of(ticket) == set()
    assert not Delivery.objects.exclude(state__in=["done", "skipped"]).exists()


def test_a_comment_that_became_internal_is_not_told(desk: Desk, told: Told) -> None:
    ticket = desk.open()
    told.of(ticket)
    said = desk.say(ticket)
    fan_out()
    TicketComment.objects.update(internal=True)
    assert told.of(said) == set()
    reasons = Delivery.objects.filter(event__kind="TicketCommented", state="skipped")
    assert set(reasons.values_list("detail", flat=True)) == {"the comment is for staff only"}


def test_an_internal_comment_reaches_its_requester_by_no_way(
    desk: Desk, told: Told, work_off: WorkOff
) -> None:
    client = client_of(TEACHER)
    given = {"category_id": str(desk.category()), "subject": "Lost key"}
    assert post(client, "/api/tickets", given).status_code == 201
    ticket = desk.assign(Ticket.objects.get(), to=STAFF, by=ADMIN)
    told.of(ticket)
    assert told.of(desk.note(ticket, by=HEAD)) == {STAFF}
    assert SECRET in told.mails()[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    requester = desk.school.user(TEACHER)

    stored = find_stream(STREAMS, requester.pk, f"ticket:{ticket.pk}")
    assert stored
    assert "noted" not in [each.data["what"] for each in entries.read(stored.stored_as, 0, 100)]
    assert not Delivery.objects.filter(
        key=str(requester.pk), event__payload__comment_id__isnull=False
    ).exists()
    noted = Delivery.objects.filter(event__kind="TicketCommented").first()
    assert noted
    for path in (
        f"/api/trace/{noted.event_id}",
        f"/api/trace/deliveries/{noted.pk}",
    ):
        assert client.get(path).status_code == 404
    for path in (
        f"/api/tickets/{ticket.pk}/comments",
        f"/api/tickets/{ticket.pk}/history",
        "/api/tickets?q=third",
        "/api/notices",
        f"/api/trace/{Delivery.objects.filter(event__kind='TicketOpened')[0].event_id}",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert SECRET not in answer.content.decode()
        assert "noted" not in answer.content.decode()
    for path in (f"/tickets/{ticket.pk}", "/tickets", "/notices"):
        assert "Between us" not in shown(client, path)
    assert "Between us" in shown(client_of(HEAD), f"/tickets/{ticket.pk}")


def test_entries_carry_no_words(desk: Desk) -> None:
    ticket = desk.open("Private matter")
    desk.say(ticket, "Private words")
    desk.note(ticket)
    told: list[Any] = list(Entry.objects.filter(type="ticket").values_list("stream", "data"))
    assert {stream for stream, _ in told} == {
        f"tickets:{ticket.centre_id}",
        f"ticket-desk:{ticket.pk}",
        f"ticket:{ticket.pk}",
    }
    assert all(set(data) == {"ticket_id", "step_id", "what"} for _, data in told)
    assert [data["what"] for stream, data in told if stream == f"ticket:{ticket.pk}"] == [
        "opened",
        "commented",
    ]


def test_nothing_is_told_of_what_is_rolled_back(desk: Desk, work_off: WorkOff) -> None:
    with transaction.atomic():
        desk.open()
        transaction.set_rollback(True)
    assert work_off() == 0
    assert not Entry.objects.filter(type="ticket").exists()


def test_who_may_follow_a_ticket(desk: Desk) -> None:
    ticket = desk.open()

    def found(email: str, stream: str) -> str | None:
        followed = find_stream(STREAMS, desk.school.user(email).pk, stream)
        return followed.stored_as if followed else None

    name = f"ticket:{ticket.pk}"
    assert found(STUDENT, name) == name
    assert {found(email, name) for email in DESK} == {f"ticket-desk:{ticket.pk}"}
    assert {found(email, name) for email in (ANOTHER, TEACHER, STRANGE_STAFF)} == {None}
    Membership.objects.filter(user__email=STUDENT).update(is_active=False)
    assert found(STUDENT, name) is None
    desks = f"tickets:{ticket.centre_id}"
    assert found(STAFF, desks) == desks
    assert {found(email, desks) for email in (STUDENT, TEACHER, STRANGE_STAFF)} == {None}
    for odd in (f"ticket:0{ticket.pk}", "ticket", "ticket:", "ticket:x", f"tickets:{2**63}"):
        assert found(STAFF, odd) is None


@pytest.fixture
def server_without_heartbeat(school: School, settings: Any) -> Iterator[SocketServer]:
    settings.LIVE_HEARTBEAT = 60.0
    with serving() as server:
        yield server


@pytest.fixture
def server(school: School) -> Iterator[SocketServer]:
    with serving() as server:
        yield server


def test_both_sides_follow_live(desk: Desk, server: SocketServer) -> None:
    ticket = desk.open()
    name = f"ticket:{ticket.pk}"
    with (
        server.tab(cookie_of(desk.school.user(STUDENT))) as student,
        server.tab(cookie_of(desk.school.user(STAFF))) as staff,
        server.tab(cookie_of(desk.school.user(ANOTHER))) as other,
    ):
        assert student.subscribe(after=1, stream=name)["op"] == "subscribed"
        assert staff.subscribe(after=1, stream=name)["op"] == "subscribed"
        assert other.subscribe(stream=name)["code"] == "not_found"
        desk.note(ticket)
        desk.say(ticket)
        assert staff.hear("entry")["data"]["what"] == "noted"
        assert staff.hear("entry")["data"]["what"] == "commented"
        heard = student.hear("entry")
        assert (heard["stream"], heard["seq"]) == (name, 2)
        assert heard["data"]["what"] == "commented"


class TestWhoMayNotReadAnyMore:
    """An open socket loses a stream with the right to it; the others and the socket stay."""

    @pytest.fixture(params=["rung", "not rung"])
    def bell(self, request: pytest.FixtureRequest, settings: Any) -> str:
        """Whether it is told at once through Redis, or found out by the heartbeat."""
        settings.LIVE_HEARTBEAT = 60.0 if request.param == "rung" else 0.1
        return str(request.param)

    @pytest.fixture
    def change(self, bell: str, desk: Desk) -> Callable[..., None]:
        """Make somebody of the staff what they were not."""

        def run(*roles: Role, email: str = STAFF) -> None:
            person = desk.school.user(email)
            if bell == "rung":
                by = desk.school.actor(ADMIN)
                change_roles(person_id=person.pk, roles=roles, by=by)
            else:
                Membership.objects.filter(user=person).update(roles=list(roles))

        return run

    def test_staff_no_more(
        self, desk: Desk, change: Callable[..., None], server: SocketServer
    ) -> None:
        ticket = desk.open()
        desks = f"tickets:{ticket.centre_id}"
        with (
            server.tab(cookie_of(desk.school.user(STAFF))) as tab,
            server.tab(cookie_of(desk.school.user(HEAD))) as other,
        ):
            for each in (tab, other):
                each.subscribe(stream="me")
                each.subscribe(stream=desks)
            desk.say(ticket, by=HEAD)
            assert tab.hear("entry")["stream"] == desks

            at_the_door(desk.school.user(STAFF))
            change(Role.TEACHER)
            lost = tab.hear("error")
            assert (lost["code"], lost["ref"]) == ("not_allowed", "a")
            assert desks in lost["detail"]
            desk.say(ticket, by=HEAD)
            assert [other.hear("entry")["seq"] for _ in range(2)] == [2, 3]
            assert tab.subscribe(stream=desks)["code"] == "not_found"
            assert tab.subscribe(stream="me")["op"] == "subscribed"

    def test_staff_who_asked_for_it_themselves_are_told_to_ask_again(
        self, desk: Desk, change: Callable[..., None], server: SocketServer
    ) -> None:
        name = f"ticket:{desk.open(by=STAFF).pk}"
        with server.tab(cookie_of(desk.school.user(STAFF))) as tab:
            tab.subscribe(stream=name)
            at_the_door(desk.school.user(STAFF))
            change(Role.TEACHER)
            assert tab.hear("error")["code"] == "not_allowed"
            assert tab.subscribe(stream=name)["op"] == "subscribed"


def test_who_is_deactivated_is_out_at_once(
    desk: Desk, server_without_heartbeat: SocketServer
) -> None:
    staff = desk.school.user(STAFF)
    with server_without_heartbeat.tab(cookie_of(staff)) as tab:
        tab.subscribe()
        at_the_door(staff)
        deactivate_member(person_id=staff.pk, by=desk.school.actor(ADMIN))
        assert tab.close_code() == 4403


def test_a_batch_costs_the_same_whatever_its_size(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    ticket = desk.assign(desk.open(), to=STAFF, by=STAFF)
    for _ in range(5):
        desk.say(ticket, by=STUDENT)
    (handler,) = (each for each in HANDLERS if each.name == "notices.notify_commented")
    fan_out()
    with django_assert_max_num_queries(16):
        drain(handler)
    assert Notice.objects.filter(person__email=STAFF).count() == 5
