"""The second factor: setting it up, signing in with it, and who must have one."""

import re
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp import models as totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.access.limits import CODE
from core.audit.models import AuditEntry
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import OPERATOR, TEACHER, assert_problem, client_of, credentials, post
from tests.flow.test_tokens import bearer, sign_in

FACTOR = "/api/auth/second-factor"
ADMIN = "admin@oakwood.example"


NOON = 1_800_000_000.0  # in the middle of no step: codes do not change while a test runs


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock by which django-otp judges codes."""
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: NOON))


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    """The code that the app shows, so many steps from now."""
    app = TOTP(device.bin_key, device.step, device.t0, device.digits)
    app.time = NOON + steps * device.step
    return f"{app.token():06}"


def device_of(email: str = TEACHER) -> TOTPDevice:
    """The person's app."""
    return TOTPDevice.objects.get(user__email=email)


def enrol(email: str = TEACHER, client: Client | None = None) -> tuple[TOTPDevice, list[str]]:
    """Set a second factor up through the API; the app, whose next code is good, and the codes."""
    client = client or client_of(email)
    begun = post(client, FACTOR)
    assert begun.status_code == 201
    device = device_of(email)
    confirmed = post(client, f"{FACTOR}/confirm", {"code": code_of(device, -1)})
    assert confirmed.status_code == 200, confirmed.content
    return device_of(email), confirmed.json()["recovery_codes"]


def log_in(email: str = TEACHER, path: str = "/api/auth/login", **more: str) -> Any:
    """The answer to a sign-in with more than a password."""
    return post(Client(), path, credentials(email) | more)


def test_setting_it_up(school: School) -> None:
    client = client_of(TEACHER)
    assert client.get(FACTOR).json() == {
        "is_on": False,
        "is_required": False,
        "recovery_codes_left": 0,
    }

    begun = post(client, FACTOR).json()
    assert begun["url"].startswith("otpauth://totp/Schoolbell")
    assert begun["secret"] in begun["url"]
    assert begun["qr_svg"].startswith("<svg")
    assert log_in().status_code == 200  # it does not count yet
    assert_problem(post(client, f"{FACTOR}/confirm", {"code": "000000"}), 422)

    code = code_of(device_of(), -1)
    codes = post(client, f"{FACTOR}/confirm", {"code": f"{code[:3]} {code[3:]}"}).json()
    assert len(set(codes["recovery_codes"])) == 10
    told = client.get(FACTOR).json()
    assert (told["is_on"], told["recovery_codes_left"]) == (True, 10)
    assert_problem(post(client, FACTOR), 409)
    assert AuditEntry.objects.filter(what="second_factor.on").count() == 1


def test_signing_in_takes_a_code_then(school: School) -> None:
    device, _ = enrol()
    for path in ("/api/auth/login", "/api/auth/token"):
        assert "code" in assert_problem(log_in(path=path), 401)["detail"]
        wrong = assert_problem(log_in(path=path, code="000000"), 401)
        assert "wrong" in wrong["detail"]
    assert_problem(post(Client(), "/api/auth/login", credentials(password="wrong")), 401)

    assert log_in(code=code_of(device)).status_code == 200
    assert log_in(path="/api/auth/token", code=code_of(device, 1)).status_code == 200


def test_a_code_counts_once(school: School) -> None:
    device, codes = enrol()
    for code in (code_of(device), codes[0]):
        assert log_in(code=code).status_code == 200
        assert_problem(log_in(code=code), 401)
    assert_problem(log_in(code=code_of(device, -1)), 401)  # older than one that was used


@pytest.mark.parametrize("which", ["app", "recovery"])
def test_a_code_counts_once_even_at_once(school: School, which: str) -> None:
    device, codes = enrol()
    code = code_of(device) if which == "app" else codes[0]
    together = threading.Barrier(6)
    found: list[int] = []

    def race() -> None:
        together.wait()
        found.append(log_in(code=code).status_code)
        connection.close()

    racers = [threading.Thread(target=race) for _ in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(found) == [200] + [401] * 5


def test_recovery_codes(school: School) -> None:
    _, codes = enrol()
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert not {code.replace("-", "") for code in codes} & kept

    assert log_in(code=codes[0].upper()).status_code == 200
    assert log_in(code=codes[1].replace("-", " ")).status_code == 200
    client = Client()
    post(client, "/api/auth/login", credentials() | {"code": codes[2]})
    assert client.get(FACTOR).json()["recovery_codes_left"] == 7

    renewed = post(client, f"{FACTOR}/recovery-codes", {"code": codes[3]}).json()["recovery_codes"]
    assert_problem(log_in(code=codes[4]), 401)
    assert log_in(code=renewed[0]).status_code == 200


def test_another_persons_codes_are_no_use(school: School) -> None:
    _, codes = enrol()
    enrol(ADMIN)
    assert_problem(log_in(ADMIN, code=codes[0]), 401)
    assert_problem(log_in(ADMIN, code=code_of(device_of(TEACHER))), 401)


def test_turning_it_off_takes_a_code(school: School) -> None:
    client = client_of(TEACHER)
    assert_problem(post(client, f"{FACTOR}/off", {"code": "123456"}), 409)
    device, _ = enrol(client=client)
    assert_problem(post(client, f"{FACTOR}/off", {"code": "000000"}), 422)
    assert_problem(post(client, f"{FACTOR}/off", {}), 422)
    assert_problem(log_in(), 401)

    assert post(client, f"{FACTOR}/off", {"code": code_of(device)}).json()["is_on"] is False

    assert log_in().status_code == 200
    assert not StaticToken.objects.exists()
    assert AuditEntry.objects.filter(what="second_factor.off").count() == 1


def test_turning_it_on_ends_sign_ins_without_it(school: School) -> None:
    here, elsewhere, client = client_of(TEACHER), client_of(TEACHER), sign_in()
    enrol(client=here)
    assert here.get("/api/me").status_code == 200
    assert_problem(elsewhere.get("/api/me"), 401)
    assert_problem(bearer(client["access"]).get("/api/me"), 401)


def test_codes_cannot_be_guessed(school: School) -> None:
    device, codes = enrol()
    for _ in range(CODE.failures):
        assert_problem(log_in(code="000000"), 401)
    assert int(log_in(code=code_of(device)).headers["Retry-After"]) > 1
    assert_problem(log_in(code=codes[0]), 429)
    assert AuditEntry.objects.filter(what="sign_in.locked").count() == 1


def test_the_page_asks_for_the_code_behind_the_password(school: School) -> None:
    device, _ = enrol()
    browser = Client()
    asked = browser.post("/sign-in", credentials() | {"next": "/notices"})
    assert asked.headers["Location"] == "/sign-in/code"
    assert browser.get("/notices").status_code == 302  # not in yet
    assert_problem(browser.get("/api/me"), 401)
    assert 'autocomplete="one-time-code"' in shown(browser, "/sign-in/code")

    wrong = browser.post("/sign-in/code", {"code": "000000"})
    assert wrong.status_code == 422
    assert "The code is wrong" in checked(wrong)
    entered = browser.post("/sign-in/code", {"code": code_of(device)})
    assert entered.headers["Location"] == "/notices"
    assert browser.get("/notices").status_code == 200
    assert browser.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_nobody_skips_the_password(school: School) -> None:
    device, _ = enrol()
    assert Client().get("/sign-in/code").headers["Location"] == "/sign-in"
    late = Client()
    late.post("/sign-in", credentials())
    user = school.user(TEACHER)
    user.set_password("another-password")
    user.save()
    answer = late.post("/sign-in/code", {"code": code_of(device)})
    assert answer.headers["Location"] == "/sign-in"
    assert_problem(late.get("/api/me"), 401)


def test_setting_it_up_on_the_page(school: School) -> None:
    browser = client_of(TEACHER)
    assert "Set up a second factor" in shown(browser, "/account")
    browser.post("/account/second-factor")
    html = shown(browser, "/account/second-factor")
    assert "<svg" in html
    wrong = browser.post("/account/second-factor/confirm", {"code": "000000"})
    assert wrong.status_code == 422
    assert "The code is wrong" in checked(wrong)

    done = browser.post("/account/second-factor/confirm", {"code": code_of(device_of(), -1)})
    codes = re.findall(r"<code>([a-z0-9-]{11})</code>", checked(done))
    assert len(codes) == 10
    assert "no-store" in done.headers["Cache-Control"]
    html = shown(browser, "/account/second-factor")
    assert "You have 10 codes left." in html
    assert not any(code in html for code in codes)

    renewed = browser.post("/account/second-factor/codes", {"code": codes[0]})
    codes = re.findall(r"<code>([a-z0-9-]{11})</code>", checked(renewed))
    off = browser.post("/account/second-factor/off", {"code": codes[0]}, follow=True)
    assert "The second factor is off." in checked(off)


@pytest.mark.parametrize("email", [OPERATOR, ADMIN])
def test_some_must_have_one(school: School, settings: Any, email: str) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    browser, stranger = client_of(email), client_of(TEACHER)
    token = sign_in(email)["access"]
    assert stranger.get("/").status_code == 200

    for path in ("/", "/notices", "/account", *(["/admin/"] if email == OPERATOR else [])):
        assert browser.get(path).headers["Location"] == "/account/second-factor", path
    assert "Your role requires a second factor" in shown(browser, "/account/second-factor")
    for client in (browser, bearer(token)):
        refused = assert_problem(client.get("/api/notices"), 403)
        assert FACTOR in refused["detail"]
        assert client.get("/api/me").json()["email"] == email
        assert client.get(FACTOR).json()["is_required"] is True

    device, _ = enrol(email, browser)
    assert browser.get("/").status_code == 200
    answer = log_in(email, path="/api/auth/token", code=code_of(device))
    assert bearer(answer.json()["access"]).get("/api/notices").status_code == 200


def test_nobody_must_where_the_settings_do_not_say_so(school: School, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    for email in (OPERATOR, ADMIN):
        assert client_of(email).get("/").status_code == 200


def test_the_administrations_own_way_in_is_closed(school: School) -> None:
    for answer in (
        Client().get("/admin/login/?next=/admin/"),
        Client().post("/admin/login/", {"username": OPERATOR, "password": "schoolbell-demo"}),
    ):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in")
        assert "sessionid" not in answer.cookies
    assert client_of(OPERATOR).get("/admin/").status_code == 200
