"""People look after their own way in: a second factor, a forgotten password, signing out."""

import re
from base64 import b32decode
from pathlib import Path
from typing import Final

from django_otp.oath import totp
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SignIn, keep_picture
from tests.browser.tabs import forget_who
from tests.portal import PASSWORD
from tests.servers import RunningStack, wait_for

NEW: Final = "correct-horse-battery"


def give_password(page: Page, email: str, password: str) -> None:
    """The first step of signing in."""
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_second_factor_from_setting_up_to_signing_in(sign_in: SignIn) -> None:
    email = "parent30@oakwood.example"
    page = sign_in(email, viewport=PHONE)
    page.goto("/account")
    keep_picture(page, "account-phone")
    page.get_by_role("link", name="Set up a second factor").click()
    page.get_by_role("button", name="Begin").click()
    keep_picture(page, "second-factor-phone")
    page.get_by_role("textbox", name="Code").fill(f"{totp(secret_in(page)):06}")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    keep_picture(page, "recovery-codes-phone")
    code = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="I have written them down").click()

    page.get_by_text("Sign out everywhere", exact=True).click()
    page.get_by_role("button", name="Yes, sign out everywhere").click()
    expect(page.get_by_text("You are signed out everywhere.")).to_be_visible()
    give_password(page, email, PASSWORD)
    keep_picture(page, "code-phone")
    page.get_by_role("textbox", name="Code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("body[data-live-after]")).to_be_visible()


def secret_in(page: Page) -> bytes:
    """The secret that the page shows."""
    return b32decode(page.locator(".secret").inner_text().replace(" ", ""))


def test_a_forgotten_password(sign_in: SignIn, stack: RunningStack) -> None:
    email = "student30@riverside.example"
    page = sign_in("student29@riverside.example")
    forget_who(page)
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_text("a mail is on its way")).to_be_visible()

    page.goto(link_mailed_to(email, stack))
    expect(page.get_by_label("Code from the mail")).not_to_have_value("")
    assert "#" not in page.url
    keep_picture(page, "new-password-desktop")
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password again").fill(NEW)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    give_password(page, email, NEW)
    expect(page.locator("body[data-live-after]")).to_be_visible()


def link_mailed_to(email: str, stack: RunningStack) -> str:
    """The link of the mail, once it has come."""
    box = Path(stack.facts["mailbox_dir"])
    found: list[str] = []

    def has_come() -> bool:
        for file in box.glob("*.eml"):
            text = file.read_text().replace("=\n", "").replace("=3D", "=")
            if email in text:
                found.extend(re.findall(r"(http\S+/password/new#[\w-]+)", text))
        return bool(found)

    wait_for(has_come, seconds=20)
    return found[0]
