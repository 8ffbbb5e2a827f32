"""Guessing: how often, by whom, from where, and what is told about it."""

import queue
import threading
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.access.limits import ACCOUNT, ADDRESS, MOST_WAITING, RESET, key_of, trying
from core.access.models import TryCount
from core.audit.models import AuditEntry
from core.events.models import EventRecord
from core.events.nudge import broker
from core.refusals import TryLaterError
from tests.flow.conftest import School
from tests.flow.pages import checked
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, credentials, post

LOGIN, TOKEN = "/api/auth/login", "/api/auth/token"
NOBODY = "nobody@oakwood.example"
WRONG = "not-the-password"


def guess(email: str = TEACHER, password: str = WRONG, path: str = LOGIN, **options: Any) -> Any:
    """The answer to a try of a client without a past."""
    return post(Client(**options), path, credentials(email, password))


def exhaust(email: str = TEACHER) -> None:
    """Guess as often as may be."""
    for _ in range(ACCOUNT.failures):
        assert_problem(guess(email), 401)


def later(**time: int) -> None:
    """Let time pass for all counts."""
    TryCount.objects.update(since=F("since") - timedelta(**time))


def told(answer: Any) -> dict[str, Any]:
    """What an answer says, but for the request's id and the seconds."""
    said = answer.json() | {"request_id": ""}
    said["detail"] = "".join(letter for letter in said["detail"] if not letter.isdigit())
    return {"status": answer.status_code, **said}


def test_after_too_many_guesses_the_right_password_does_not_help(school: School) -> None:
    exhaust()

    for path in (LOGIN, TOKEN):
        refused = guess(path=path, password=credentials()["password"])
        assert_problem(refused, 429)
        assert 1 <= int(refused.headers["Retry-After"]) <= 900
    page = Client().post("/sign-in", credentials())
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) <= 900
    assert "Wait 15 minutes" in checked(page)
    assert guess(STUDENT, credentials()["password"]).status_code == 200  # others are let in

    later(minutes=15, seconds=1)
    assert guess(password=credentials()["password"]).status_code == 200


def test_all_ways_in_share_the_count(school: School) -> None:
    for number in range(ACCOUNT.failures):
        if number % 3:
            guess(path=(LOGIN, TOKEN)[number % 2])
        else:
            Client().post("/sign-in", credentials(password=WRONG))
    assert_problem(guess(TEACHER.upper()), 429)


def test_the_counts_outlive_redis(school: School) -> None:
    exhaust()
    with broker() as redis:
        redis.flushall()
    assert_problem(guess(), 429)


def test_being_let_in_begins_the_count_anew(school: School) -> None:
    for _ in range(3):
        for _ in range(ACCOUNT.failures - 1):
            assert_problem(guess(), 401)
        assert guess(password=credentials()["password"]).status_code == 200


def test_failures_far_apart_lock_nobody(school: School) -> None:
    for _ in range(3):
        for _ in range(ACCOUNT.failures - 1):
            assert_problem(guess(), 401)
        later(minutes=15, seconds=1)


def test_who_is_not_there_looks_like_who_is(school: School) -> None:
    known, unknown = guess(TEACHER), guess(NOBODY)
    assert told(known) == told(unknown)
    with CaptureQueriesContext(connection) as of_known:
        guess(TEACHER)
    with CaptureQueriesContext(connection) as of_unknown:
        guess(NOBODY)
    assert len(of_known) == len(of_unknown)

    for _ in range(ACCOUNT.failures - 2):
        assert told(guess(TEACHER)) == told(guess(NOBODY))
    assert told(guess(TEACHER)) == told(guess(NOBODY))
    assert_problem(guess(NOBODY), 429)


def spend(address: str) -> None:
    """Let an address have failed as often as may be, but once."""
    key = key_of(ADDRESS, address)
    TryCount.objects.filter(key=key).update(failures=ADDRESS.failures - 1)


def test_an_address_has_a_limit_of_its_own(school: School) -> None:
    guess()
    spend("127.0.0.1")
    assert_problem(guess("a@oakwood.example"), 401)

    assert_problem(guess(STUDENT, credentials()["password"]), 429)
    elsewhere = guess(STUDENT, credentials()["password"], REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200

    later(minutes=15, seconds=1)
    assert guess(STUDENT, credentials()["password"]).status_code == 200


def test_ones_own_success_does_not_clear_an_address(school: School) -> None:
    guess()
    spend("127.0.0.1")
    assert guess(STUDENT, credentials()["password"]).status_code == 200
    assert_problem(guess("a@oakwood.example"), 401)
    assert_problem(guess("b@oakwood.example"), 429)


def test_one_customer_of_ipv6_is_one_address(school: School) -> None:
    guess(REMOTE_ADDR="2001:db8:1:2::1")
    spend("2001:db8:1:2::/64")
    assert_problem(guess("a@oakwood.example", REMOTE_ADDR="2001:db8:1:2:3::4"), 401)
    assert_problem(guess("b@oakwood.example", REMOTE_ADDR="2001:db8:1:2:5::6"), 429)
    assert_problem(guess("b@oakwood.example", REMOTE_ADDR="2001:db8:1:3::1"), 401)


def at_once(times: int, password: str) -> list[int]:
    """The statuses of so many tries at the same time."""
    together = threading.Barrier(times)
    found: list[int] = []

    def run() -> None:
        together.wait()
        found.append(guess(password=password).status_code)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_guessing_at_once_is_no_way_around(school: School) -> None:
    found = at_once(30, WRONG)
    assert found.count(401) == ACCOUNT.failures
    assert found.count(429) == 30 - ACCOUNT.failures


def test_signing_in_at_once_is_no_guessing(school: School) -> None:
    assert at_once(15, credentials()["password"]) == [200] * 15
    assert try_counts() == {(0, 0)}


def test_few_wait_for_a_place_and_the_others_are_sent_away_at_once(school: School) -> None:
    found: queue.Queue[str] = queue.Queue()

    def try_it() -> None:
        try:
            with trying((ACCOUNT, TEACHER)):
                found.put("let in")
        except TryLaterError as error:
            found.put(f"come again in {error.seconds} s")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(MOST_WAITING + 5)]
    with trying(*[(ACCOUNT, TEACHER)] * ACCOUNT.failures):  # all places are taken
        for thread in threads:
            thread.start()
        sent_away = [found.get(timeout=5) for _ in range(5)]
    for thread in threads:
        thread.join()

    assert sent_away == ["come again in 1 s"] * 5
    assert [found.get_nowait() for _ in range(MOST_WAITING)] == ["let in"] * MOST_WAITING
    assert try_counts() == {(0, 0)}


def try_counts() -> set[tuple[int, int]]:
    return set(TryCount.objects.values_list("failures", "open"))


def test_a_key_does_not_undo_the_count(school: School) -> None:
    client = client_of(STUDENT)
    for _ in range(ACCOUNT.failures):
        post(client, LOGIN, credentials(password=WRONG), Idempotency_Key="k")
    assert_problem(guess(), 429)


def test_what_failed_is_written_down(school: School) -> None:
    exhaust()
    guess()
    guess(NOBODY)
    assert guess(STUDENT, credentials()["password"]).status_code == 200

    def written(what: str) -> list[tuple[int, str]]:
        found = AuditEntry.objects.filter(what=what).order_by("id")
        return list(found.values_list("centre_id", "subject"))

    centre = school.class_7a().centre_id
    teacher, student = (f"user:{school.user(email).pk}" for email in (TEACHER, STUDENT))
    assert written("sign_in.failed") == [(centre, teacher)] * ACCOUNT.failures + [(0, "")]
    assert written("sign_in.locked") == [(centre, teacher)]
    assert written("sign_in.done") == [(centre, student)]
    assert WRONG not in str(AuditEntry.objects.values_list("detail", flat=True))


def test_asking_for_mails_has_limits_too(school: School) -> None:
    def ask(email: str) -> Any:
        return post(Client(), "/api/auth/password/forgotten", {"email": email})

    for _ in range(RESET.failures):
        assert ask(TEACHER).status_code == 200
        assert ask(NOBODY).status_code == 200
    assert told(ask(TEACHER)) == told(ask(NOBODY))
    assert_problem(ask(NOBODY), 429)
    assert Client().post("/password/forgotten", {"email": TEACHER}).status_code == 429
    assert EventRecord.objects.filter(kind="PasswordResetRequested").count() == 2 * RESET.failures


def test_nobodys_email_is_kept(school: School) -> None:
    guess(NOBODY)
    assert not TryCount.objects.filter(key__contains="nobody").exists()
