"""The socket: what a client asks for, and what it gets."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from websockets.exceptions import InvalidStatus

from consumers import live as consumer
from core.access import tokens
from core.access.families import rotate_tokens, start_family
from core.access.models import BrowserSession
from core.access.sign_outs import end_all
from core.live import entries
from core.people.models import User
from tests.sockets import SocketServer, Tab, cookie_of, entry, person, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(transactional_db: None) -> Iterator[SocketServer]:
    with serving() as server:
        yield server


@pytest.fixture
def ann(transactional_db: None) -> Any:
    return person("ann")


@pytest.fixture
def tab(server: SocketServer, ann: Any) -> Iterator[Tab]:
    with server.tab(cookie_of(ann)) as tab:
        yield tab


def tell(user: Any, count: int = 1) -> None:
    with transaction.atomic():
        entries.append([entry(f"me:{user.pk}", number) for number in range(count)])


def test_a_new_entry_reaches_who_watches(tab: Tab, ann: Any) -> None:
    assert tab.subscribe() == {"op": "subscribed", "stream": "me", "seq": 0, "ref": "a"}

    tell(ann)

    (stored,) = entries.read(f"me:{ann.pk}", after=0, limit=1)
    assert tab.hear() == {
        "op": "entry",
        "stream": "me",
        "seq": 1,
        "type": "notice",
        "data": {"number": 0},
        "at": stored.at.isoformat(),
    }


@pytest.mark.parametrize(("after", "expected"), [(0, [1, 2, 3, 4]), (2, [3, 4]), (3, [4])])
def test_what_was_missed_comes_first(tab: Tab, ann: Any, after: int, expected: list[int]) -> None:
    tell(ann, 3)
    assert tab.subscribe(after)["seq"] == 3
    tell(ann)

    assert tab.numbers(len(expected)) == expected


def test_from_now_on(tab: Tab, ann: Any) -> None:
    tell(ann, 3)
    assert tab.subscribe(after=None)["seq"] == 3
    tell(ann)

    assert tab.numbers(1) == [4]


def test_subscribing_again_begins_again(tab: Tab, ann: Any) -> None:
    tell(ann, 2)
    tab.subscribe(after=0)
    assert tab.numbers(2) == [1, 2]

    tab.subscribe(after=1)
    tell(ann)

    assert tab.numbers(2) == [2, 3]


def test_nothing_after_unsubscribe(tab: Tab, ann: Any) -> None:
    tab.subscribe()
    tab.say(op="unsubscribe", stream="me")
    tab.say(op="ping")
    assert tab.hear() == {"op": "pong"}
    tell(ann)

    assert tab.subscribe(after=0)["op"] == "subscribed"
    assert tab.numbers(1) == [1]


@pytest.mark.parametrize("after", [-1, 6, 10**30, 1])
def test_what_cannot_be_told_is_resynced(tab: Tab, ann: Any, after: int) -> None:
    tell(ann, 5)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM live_entry WHERE seq <= 2")

    assert tab.subscribe(after) == {"op": "resync", "stream": "me", "seq": 5}
    assert tab.hear() == {"op": "subscribed", "stream": "me", "seq": 5, "ref": "a"}
    tell(ann)
    assert tab.numbers(1) == [6]


def test_no_gap_and_no_repeat_while_others_write(server: SocketServer, ann: Any) -> None:
    def write() -> None:
        for _ in range(40):
            tell(ann)
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(5)]
    cookie = cookie_of(ann)
    for writer in writers:
        writer.start()
    for after in [None, 0] * 10:
        with server.tab(cookie) as tab:
            head = tab.subscribe(after)["seq"]
            begin = head if after is None else after
            count = min(head + 40, 200) - begin
            assert tab.numbers(count) == list(range(begin + 1, begin + count + 1))
    for writer in writers:
        writer.join()


def test_a_burst_reaches_a_client_that_reads(tab: Tab, ann: Any) -> None:
    tab.subscribe()
    tell(ann, 3_000)

    assert tab.numbers(3_000) == list(range(1, 3_001))


def test_everybody_hears_their_own(server: SocketServer, ann: Any) -> None:
    bob = person("bob")
    with (
        server.tab(cookie_of(ann)) as first,
        server.tab(cookie_of(ann)) as second,
        server.tab(cookie_of(bob)) as other,
    ):
        for tab in (first, second, other):
            tab.subscribe()
        tell(ann)
        tell(bob, 2)

        assert (first.numbers(1), second.numbers(1), other.numbers(2)) == ([1], [1], [1, 2])


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "malformed"),
        ("[]", "malformed"),
        (b"{}", "malformed"),
        ("{}", "unknown_op"),
        ('{"op": "shout"}', "unknown_op"),
        ('{"op": "subscribe"}', "invalid"),
        ('{"op": "subscribe", "stream": "me", "after": "1"}', "invalid"),
        ('{"op": "subscribe", "stream": "room:1"}', "not_found"),
        ('{"op": "subscribe", "stream": "me:1"}', "not_found"),
        ('{"op": "subscribe", "stream": "me:"}', "not_found"),
        ('{"op": "publish", "stream": "me", "data": {}}', "not_allowed"),
        ('{"op": "publish", "stream": "board:1", "data": {}}', "not_found"),
        ('{"op": "auth", "token": "t"}', "unauthorized"),
    ],
)
def test_errors_leave_the_socket_open(tab: Tab, frame: str | bytes, code: str) -> None:
    tab.connection.send(frame)

    answer = tab.hear()
    assert set(answer) == {"op", "code", "detail", "ref"}
    assert (answer["op"], answer["code"]) == ("error", code)
    assert tab.subscribe()["op"] == "subscribed"


def test_an_error_names_the_frame(tab: Tab) -> None:
    tab.say(op="subscribe", stream="room:1", ref="b")
    assert tab.hear()["ref"] == "b"


def test_a_frame_of_64_kib_is_the_largest(tab: Tab) -> None:
    frame = '{"op": "ping", "x": "%s"}'
    room = 65_536 - len(frame % "")
    tab.connection.send(frame % ("x" * room))
    assert tab.hear() == {"op": "pong"}

    tab.connection.send(frame % ("x" * (room + 1)))
    assert tab.close_code() == 1009


def test_too_many_frames_at_once(tab: Tab) -> None:
    for _ in range(60):
        tab.say(op="ping")
    assert tab.close_code() == 4429


def test_who_has_not_signed_in_hears_nothing(server: SocketServer, ann: Any) -> None:
    for cookie in ("", "sessionid=unknown"):
        with server.tab(cookie) as tab:
            tab.say(op="subscribe", stream="me")
            assert tab.close_code() == 4401


@pytest.mark.parametrize("kind", ["nonsense", "refresh", "ended"])
def test_a_token_that_does_not_count(server: SocketServer, ann: Any, kind: str) -> None:
    pair = start_family(user=ann, agent="")
    token = {"nonsense": "t", "refresh": pair.refresh, "ended": pair.access}[kind]
    if kind == "ended":
        end_all(user=ann)
    with server.tab() as tab:
        tab.say(op="auth", token=token, ref="a")
        assert tab.hear()["code"] == "unauthorized"
        assert tab.close_code() == 4401


def test_a_token_lets_in(server: SocketServer, ann: Any) -> None:
    with server.tab() as tab:
        tab.say(op="auth", token=start_family(user=ann, agent="").access)
        assert tab.subscribe()["op"] == "subscribed"
        tell(ann)
        assert tab.numbers(1) == [1]


def test_who_asks_hears_that_the_token_counts(server: SocketServer, ann: Any) -> None:
    with server.tab() as tab:
        tab.say(op="auth", token=start_family(user=ann, agent="").access, ref="a")
        assert tab.hear() == {"op": "authenticated", "ref": "a"}


def test_a_socket_stays_with_its_person(server: SocketServer, ann: Any, tab: Tab) -> None:
    tab.say(op="auth", token=start_family(user=person("bob"), agent="").access, ref="a")
    assert tab.hear()["code"] == "not_allowed"
    tab.say(op="auth", token=start_family(user=ann, agent="").access, ref="b")
    assert tab.hear()["op"] == "authenticated"


def test_who_says_nothing_is_sent_away(
    server: SocketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "SIGN_IN_WITHIN", 0.1)
    with server.tab() as tab:
        assert tab.close_code() == 4401


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1"])
def test_pages_of_others_open_no_socket(server: SocketServer, ann: Any, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused, server.tab(cookie_of(ann), origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_the_portals_own_pages_open_sockets(server: SocketServer, ann: Any, settings: Any) -> None:
    settings.DEBUG = True  # then the portal's port does not matter
    for origin in (settings.BASE_URL, server.origin):
        with server.tab(cookie_of(ann), origin=origin) as tab:
            assert tab.subscribe()["op"] == "subscribed"


@pytest.mark.parametrize("path", ["/", "/ws", "/ws/x", "/elsewhere/"])
def test_there_are_no_other_sockets(server: SocketServer, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused, server.tab(path=path):
        pass
    assert refused.value.response.status_code == 403


class TestWhoMayNotStay:
    @pytest.fixture(autouse=True)
    def _quick_heartbeat(self, settings: Any) -> None:
        settings.LIVE_HEARTBEAT = 0.1

    def test_signed_out(self, tab: Tab) -> None:
        tab.subscribe()
        BrowserSession.objects.all().delete()
        assert tab.close_code() == 4401

    def test_changed_their_password(self, tab: Tab, ann: Any) -> None:
        ann.set_password("another-password")
        ann.save()
        assert tab.close_code() == 4401

    def test_deactivated(self, tab: Tab, ann: Any) -> None:
        ann.is_active = False
        ann.save()
        assert tab.close_code() == 4403

    def test_whose_token_has_run_out(
        self, server: SocketServer, ann: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tokens, "ACCESS_FOR", timedelta(seconds=2))
        pair = start_family(user=ann, agent="")
        monkeypatch.undo()
        with server.tab() as tab, server.tab() as renewed:
            tab.say(op="auth", token=pair.access)
            renewed.say(op="auth", token=pair.access)
            renewed.say(op="auth", token=rotate_tokens(refresh=pair.refresh).access, ref="a")
            assert renewed.hear()["op"] == "authenticated"

            assert tab.close_code() == 4401
            assert renewed.subscribe()["op"] == "subscribed"

    @pytest.mark.parametrize("what", ["family", "password", "person"])
    def test_whose_token_has_ended(self, server: SocketServer, ann: Any, what: str) -> None:
        with server.tab() as tab:
            tab.say(op="auth", token=start_family(user=ann, agent="").access, ref="a")
            assert tab.hear()["op"] == "authenticated"
            if what == "family":
                end_all(user=ann)
            elif what == "password":
                ann.set_password("another-password")
                ann.save()
            else:
                User.objects.update(is_active=False)
            assert tab.close_code() == (4403 if what == "person" else 4401)

    def test_who_should_have_a_second_factor(self, tab: Tab, ann: Any, settings: Any) -> None:
        settings.REQUIRE_SECOND_FACTOR = True
        User.objects.update(is_operator=True)
        assert tab.close_code() == 4403

    def test_others_stay(self, server: SocketServer, tab: Tab) -> None:
        with server.tab(cookie_of(person("bob"))) as other:
            other.subscribe()
            BrowserSession.objects.exclude(
                pk__in=BrowserSession.objects.order_by("-expire_date")[:1]
            ).delete()
            assert tab.close_code() == 4401
            assert other.hear("head") == {"op": "head", "stream": "me", "seq": 0}
