"""Another email address: asked for with the password, confirmed at the new one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from core import clock
from core.access.limits import ACCOUNT, NEW_ADDRESS
from core.access.models import TryCount
from core.events.models import EventRecord
from core.people.models import EmailChange, User
from tests.flow.conftest import School
from tests.flow.mails import link_in, mails_to, text_of
from tests.flow.pages import checked, shown
from tests.flow.people import PARENT, TEACHER, assert_problem, client_of, credentials, post
from tests.servers import Servers

NEW = "taylor@mail.example"
PASSWORD = "schoolbell-demo"

WorkOff = Callable[[], int]


@pytest.fixture
def teacher(school: School) -> Client:
    return client_of(TEACHER)


def ask(client: Client, email: str = NEW, password: str = PASSWORD) -> int:
    return int(post(client, "/api/me/email", {"email": email, "password": password}).status_code)


def test_it_changes_when_the_new_address_is_confirmed(
    teacher: Client, work_off: WorkOff, servers: Servers
) -> None:
    assert ask(teacher) == 202
    work_off()
    assert NEW in text_of(mails_to(servers, TEACHER)[-1])
    link = link_in(mails_to(servers, NEW)[-1])
    shown(Client(), link)
    assert User.objects.filter(email=TEACHER).exists()  # opening it changes nothing yet

    assert Client().post(link).status_code == 302
    assert not User.objects.filter(email=TEACHER).exists()
    assert teacher.get("/api/me").json()["email"] == NEW
    assert Client().post(link).status_code == 404


def test_a_taken_address_answers_the_same_and_gets_no_link(
    teacher: Client, work_off: WorkOff, servers: Servers
) -> None:
    assert ask(teacher, PARENT) == 202
    work_off()
    assert mails_to(servers, PARENT) == []
    assert EmailChange.objects.get().token_hash is None


def test_taken_between_asking_and_confirming(
    teacher: Client, school: School, work_off: WorkOff, servers: Servers
) -> None:
    ask(teacher)
    work_off()
    User.objects.filter(email=PARENT).update(email=NEW)
    assert Client().post(link_in(mails_to(servers, NEW)[-1])).status_code == 409
    assert User.objects.filter(email=TEACHER).exists()


def test_only_the_latest_link_works_and_for_a_day(
    teacher: Client, work_off: WorkOff, servers: Servers
) -> None:
    ask(teacher)
    work_off()
    ask(teacher, "other@mail.example")
    work_off()
    assert Client().get(link_in(mails_to(servers, NEW)[-1])).status_code == 404
    latest = link_in(mails_to(servers, "other@mail.example")[-1])
    assert Client().get(latest).status_code == 200
    EmailChange.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert Client().post(latest).status_code == 404


def test_the_old_address_is_told_even_if_the_new_one_was_quicker(
    teacher: Client, work_off: WorkOff, servers: Servers
) -> None:
    ask(teacher)
    User.objects.filter(email=TEACHER).update(email=NEW)
    EmailChange.objects.update(confirmed_at=clock.now())
    work_off()
    assert len(mails_to(servers, TEACHER)) == 1


def test_what_is_refused(teacher: Client) -> None:
    assert ask(teacher, password="open-sesame") == 422
    assert ask(teacher, TEACHER.upper()) == 422
    assert ask(teacher, "a\nb@mail.example") == 422
    assert not EmailChange.objects.exists()
    assert_problem(post(Client(), "/api/me/email", {"email": NEW, "password": PASSWORD}), 401)


def test_with_a_form(teacher: Client) -> None:
    assert TEACHER in shown(teacher, "/account/email")
    wrong = teacher.post("/account/email", {"email": NEW, "password": "open-sesame"})
    assert "The password is wrong." in checked(wrong)
    asked = teacher.post("/account/email", {"email": NEW, "password": PASSWORD}, follow=True)
    assert f"Open the link in the mail to {NEW}" in checked(asked)


def test_asking_for_mails_has_a_limit(teacher: Client, school: School, work_off: WorkOff) -> None:
    for number in range(NEW_ADDRESS.failures):
        assert ask(teacher, f"taylor{number}@mail.example") == 202

    refused = post(teacher, "/api/me/email", {"email": NEW, "password": PASSWORD})
    assert_problem(refused, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 3600
    page = teacher.post("/account/email", {"email": NEW, "password": PASSWORD})
    assert page.status_code == 429
    assert "Wait 60 minutes" in checked(page)
    assert EventRecord.objects.filter(kind="EmailChangeAsked").count() == NEW_ADDRESS.failures
    assert ask(client_of(PARENT)) == 202  # others may go on

    TryCount.objects.update(since=F("since") - timedelta(hours=1, seconds=1))
    assert ask(teacher) == 202


def test_what_sends_no_mail_does_not_count(teacher: Client) -> None:
    for _ in range(NEW_ADDRESS.failures):
        assert ask(teacher, TEACHER) == 422
    assert ask(teacher) == 202


def test_it_is_no_way_to_guess_a_password(teacher: Client) -> None:
    for _ in range(ACCOUNT.failures):
        assert ask(teacher, password="open-sesame") == 422
    assert ask(teacher) == 429
    assert post(Client(), "/api/auth/login", credentials()).status_code == 429


def test_the_same_asked_again_with_a_key_is_one_mail(teacher: Client) -> None:
    body = {"email": NEW, "password": PASSWORD}
    asked = [post(teacher, "/api/me/email", body, Idempotency_Key="k") for _ in range(2)]
    assert [answer.status_code for answer in asked] == [202, 202]
    assert asked[1].headers["Idempotent-Replay"] == "true"
    assert EventRecord.objects.filter(kind="EmailChangeAsked").count() == 1
