"""One's own account: a new password, and where one is signed in."""

import logging
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core import clock
from core.access.actions import make_code
from core.access.limits import ACCOUNT
from core.access.models import BrowserSession, TokenFamily, TryCount
from core.audit.models import AuditEntry
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.events.publish import publish
from core.mail.models import Mail
from core.ops.events import CleanupDue
from core.people.models import User
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import STUDENT, TEACHER, assert_problem, credentials, post
from tests.flow.test_homework_published import mailbox
from tests.flow.test_tokens import bearer, sign_in
from tests.servers import Servers

WorkOff = Callable[[], int]

OLD = credentials()["password"]
NEW = "correct-horse-battery"
CHANGE = "/api/auth/password"
RESET = "/api/auth/password/reset"
SIGN_INS = "/api/auth/sign-ins"


def log_in(password: str = OLD, email: str = TEACHER, agent: str = "") -> Client:
    """A browser that has signed in."""
    client = Client(headers={"User-Agent": agent})
    assert post(client, "/api/auth/login", credentials(email, password)).status_code == 200
    return client


def is_in(client: Client) -> bool:
    """Whether somebody is signed in there."""
    status: int = client.get("/api/me").status_code
    assert status in (200, 401)
    return status == 200


def knows(password: str) -> bool:
    """Whether it is the teacher's password."""
    return User.objects.get(email=TEACHER).check_password(password)


def written(what: str) -> int:
    """How often the audit log has it."""
    return AuditEntry.objects.filter(what=what).count()


class TestChangingThePassword:
    BODY = {"old_password": OLD, "new_password": NEW}

    def test_ends_all_other_sign_ins(self, school: School) -> None:
        here, elsewhere, client, other = log_in(), log_in(), sign_in(), log_in(email=STUDENT)

        answer = post(here, CHANGE, self.BODY)

        assert answer.json() == {"sessions": 1, "clients": 1}
        assert knows(NEW)
        assert is_in(here)
        assert not is_in(elsewhere)
        assert not is_in(bearer(client["access"]))
        assert is_in(other)
        assert is_in(log_in(NEW))
        assert written("password.changed") == 1

    def test_with_a_token_ends_that_too(self, school: School) -> None:
        browser, client = log_in(), bearer(sign_in()["access"])
        assert post(client, CHANGE, self.BODY).json() == {"sessions": 1, "clients": 1}
        assert not is_in(browser)
        assert not is_in(client)

    def test_takes_the_old_one(self, school: School) -> None:
        client = log_in()
        for _ in range(ACCOUNT.failures):
            found = assert_problem(post(client, CHANGE, self.BODY | {"old_password": "x"}), 422)
            assert found["errors"][0]["loc"] == ["body", "old_password"]
        assert_problem(post(client, CHANGE, self.BODY), 429)
        assert knows(OLD)

    def test_tells_all_rules_that_the_new_one_breaks(self, school: School) -> None:
        client = log_in()
        for new, words in {
            "short": "at least 10 characters",
            "password123": "too common",
            "teacher@oakwood": "too similar",
        }.items():
            answer = post(client, CHANGE, self.BODY | {"new_password": new})
            (fault,) = assert_problem(answer, 422)["errors"]
            assert fault["loc"] == ["body", "new_password"]
            assert words in fault["msg"]
        assert knows(OLD)

    def test_is_told_by_mail(self, school: School, work_off: WorkOff, servers: Servers) -> None:
        post(log_in(), CHANGE, self.BODY)
        work_off()
        (mail,) = mailbox(servers)
        assert mail["Subject"] == "Your password was changed"
        assert mail["To"].addresses[0].addr_spec == TEACHER

    def test_on_the_page(self, school: School) -> None:
        here, elsewhere = log_in(), log_in()
        form = self.BODY | {"again": NEW}
        for field, changed in {
            "old_password": {"old_password": "x"},
            "new_password": {"new_password": "short", "again": "short"},
            "again": {"again": "something-else"},
        }.items():
            answer = here.post("/account/password", form | changed)
            assert answer.status_code == 422
            html = checked(answer)
            assert f'id="id_{field}-error"' in html
            assert OLD not in html
        done = here.post("/account/password", form, follow=True)
        assert "Your password is changed." in checked(done)
        assert is_in(here)
        assert not is_in(elsewhere)


def ask(email: str = TEACHER) -> Any:
    """The answer to having forgotten one's password."""
    return post(Client(), "/api/auth/password/forgotten", {"email": email})


def choose(code: str, new: str = NEW) -> Any:
    """The answer to choosing a new password."""
    return post(Client(), RESET, {"code": code, "new_password": new})


class TestAForgottenPassword:
    def test_is_replaced_by_mail(self, school: School, work_off: WorkOff, servers: Servers) -> None:
        browser, client = log_in(), sign_in()
        assert ask(TEACHER.upper()).status_code == 200
        work_off()

        (mail,) = mailbox(servers)
        assert mail["To"].addresses[0].addr_spec == TEACHER
        text = mail.get_body(("plain",))
        assert text
        (code,) = re.findall(r"/password/new#(\S+)", text.get_content())
        assert is_in(browser)

        assert choose(code).status_code == 200
        assert knows(NEW)
        assert not is_in(browser)
        assert not is_in(bearer(client["access"]))
        assert_problem(choose(code, "another-password"), 422)
        assert knows(NEW)
        assert written("password.reset") == 1

    def test_leaves_its_code_nowhere_but_in_the_mail(
        self,
        school: School,
        work_off: WorkOff,
        servers: Servers,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        ask()
        work_off()
        (mail,) = mailbox(servers)
        text = mail.get_body(("plain",))
        assert text
        (code,) = re.findall(r"/password/new#(\S+)", text.get_content())
        secret = code.rpartition("-")[2]

        assert secret not in caplog.text
        for model in (EventRecord, Delivery, Mail, AuditEntry):
            assert secret not in str(list(model.objects.values()))
        assert Mail.objects.get().sensitive

    def test_of_nobody_gets_the_same_answer_and_no_mail(
        self, school: School, work_off: WorkOff, servers: Servers
    ) -> None:
        User.objects.filter(email=STUDENT).update(is_active=False)
        invited = User.objects.create_user("invited@oakwood.example", name="Ivy")
        assert ask().json() == ask("nobody@x.example").json() == ask(STUDENT).json()
        ask(invited.email)
        work_off()
        assert [mail["To"].addresses[0].addr_spec for mail in mailbox(servers)] == [TEACHER]
        assert not EventRecord.objects.filter(payload__icontains="nobody").exists()

    def test_needs_a_code_that_counts(self, school: School) -> None:
        teacher, student = school.user(TEACHER), school.user(STUDENT)
        token = default_token_generator.make_token(teacher)
        for code in ("x", "-", f"{student.pk}-{token}", f"{teacher.pk}", f"9{'0' * 30}-{token}"):
            assert_problem(choose(code), 422)
        code = make_code(teacher)
        assert_problem(choose(code, "short"), 422)
        User.objects.filter(pk=teacher.pk).update(is_active=False)
        assert_problem(choose(code), 422)
        assert knows(OLD)

    def test_has_an_hour(self, school: School, settings: Any) -> None:
        code = make_code(school.user(TEACHER))
        settings.PASSWORD_RESET_TIMEOUT = -1
        assert_problem(choose(code), 422)

    def test_is_replaced_once_even_at_once(self, school: School) -> None:
        code = make_code(school.user(TEACHER))
        together = threading.Barrier(4)
        found: list[int] = []

        def race(number: int) -> None:
            together.wait()
            found.append(choose(code, f"{NEW}-{number}").status_code)
            connection.close()

        racers = [threading.Thread(target=race, args=(number,)) for number in range(4)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        assert sorted(found) == [200, 422, 422, 422]

    def test_frees_a_locked_account(self, school: School) -> None:
        for _ in range(ACCOUNT.failures):
            post(Client(), "/api/auth/login", credentials(password="x"))
        assert_problem(post(Client(), "/api/auth/login", credentials()), 429)
        choose(make_code(school.user(TEACHER)))
        assert is_in(log_in(NEW))

    def test_on_the_pages(self, school: School) -> None:
        browser = Client()
        assert "/password/forgotten" in shown(browser, "/sign-in")
        shown(browser, "/password/forgotten")
        for email in (TEACHER, "nobody@x.example"):
            asked = browser.post("/password/forgotten", {"email": email})
            assert asked.headers["Location"] == "/password/new"
        assert "mailed_code.js" in shown(browser, "/password/new")

        form = {"code": "x", "new_password": NEW, "again": NEW}
        wrong = browser.post("/password/new", form)
        assert wrong.status_code == 422
        assert "out of date" in checked(wrong)
        form["code"] = make_code(school.user(TEACHER))
        weak = browser.post("/password/new", form | {"new_password": "short", "again": "short"})
        assert "at least 10 characters" in checked(weak)
        done = browser.post("/password/new", form, follow=True)
        assert "Your password is changed. Sign in with it." in checked(done)
        assert knows(NEW)


class TestWhereOneIsSignedIn:
    def test_all_places_are_listed(self, school: School) -> None:
        log_in(agent="Firefox on the bus")
        sign_in()
        sign_in(STUDENT)
        here = log_in(agent="Safari at home\n")

        found = here.get(SIGN_INS).json()

        assert found["next"] is None
        first, *others = found["items"]
        assert (first["kind"], first["is_current"]) == ("browser", True)
        assert first["user_agent"].startswith("Safari at home")
        assert {(each["kind"], each["is_current"]) for each in others} == {
            ("browser", False),
            ("client", False),
        }
        assert here.cookies["sessionid"].value not in str(found)

    def test_each_can_be_ended(self, school: School) -> None:
        here, elsewhere, client = log_in(), log_in(), sign_in()
        for place in here.get(SIGN_INS).json()["items"]:
            if not place["is_current"]:
                assert here.delete(f"{SIGN_INS}/{place['id']}").status_code == 204
                assert_problem(here.delete(f"{SIGN_INS}/{place['id']}"), 404)
        assert is_in(here)
        assert not is_in(elsewhere)
        assert not is_in(bearer(client["access"]))

    def test_only_ones_own(self, school: School) -> None:
        theirs, mine = log_in(email=STUDENT), log_in()
        (place,) = theirs.get(SIGN_INS).json()["items"]
        foreign = assert_problem(mine.delete(f"{SIGN_INS}/{place['id']}"), 404)
        missing = assert_problem(mine.delete(f"{SIGN_INS}/nothing"), 404)
        assert foreign["detail"] == missing["detail"]
        mine.post(f"/account/sign-ins/{place['id']}/end")
        assert is_in(theirs)

    def test_everywhere(self, school: School) -> None:
        here, elsewhere, client, other = log_in(), log_in(), sign_in(), log_in(email=STUDENT)
        answer = post(here, "/api/auth/sign-out-everywhere")
        assert answer.json() == {"sessions": 2, "clients": 1}
        assert not any(is_in(each) for each in (here, elsewhere, bearer(client["access"])))
        assert is_in(other)
        assert written("sign_out.everywhere") == 1

    def test_on_the_page(
        self, school: School, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        elsewhere = [log_in(agent=f"Browser {number}") for number in range(5)]
        here = log_in(agent="<b>Opera</b>")
        with django_assert_max_num_queries(12):
            html = shown(here, "/account")
        assert "&lt;b&gt;Opera&lt;/b&gt;" in html
        (path, *_) = re.findall(r'"(/account/sign-ins/[^"]+/end)"', html)
        assert "You are signed out there." in checked(here.post(path, follow=True))
        assert [is_in(each) for each in elsewhere].count(False) == 1
        assert "had ended already" in checked(here.post(path, follow=True))

        left = here.post("/account/sign-out-everywhere", follow=True)
        assert "You are signed out everywhere." in checked(left)
        assert not any(is_in(each) for each in (here, *elsewhere))


def test_what_is_over_leaves(school: School, work_off: WorkOff) -> None:
    sign_in()
    log_in()
    post(Client(), "/api/auth/login", credentials(password="x"))
    for model in (TokenFamily, BrowserSession, TryCount):
        assert model._default_manager.count() > 0
    day = timedelta(days=1)
    TokenFamily.objects.update(expires_at=clock.now() - day)
    BrowserSession.objects.update(expire_date=clock.now() - day)
    TryCount.objects.update(since=clock.now() - day)
    with transaction.atomic():
        publish(CleanupDue(centre_id=NO_CENTRE))
    work_off()
    for model in (TokenFamily, BrowserSession, TryCount):
        assert model._default_manager.count() == 0
