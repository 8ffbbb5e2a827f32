"""An admin brings people in: by invitation, with guardians and a custody block, and from a file."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, SignIn, keep_picture
from tests.browser.tabs import forget_who
from tests.flow.sheets import csv_of
from tests.portal import Person
from tests.servers import RunningStack, wait_for

ADMIN: Final = "admin@riverside.example"
SIZES: Final = {"phone": PHONE, "desktop": DESKTOP}
WHY: Final = "Court order 12/2026"


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def admin(sign_in: SignIn, size: str) -> Page:
    """An admin, with the language that the words below are in."""
    page = sign_in(ADMIN, viewport=SIZES[size])
    page.context.set_extra_http_headers({"Accept-Language": "en"})
    page.locator("form[action='/language'] button[value='en']").click()
    return page


def send(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_colleague_is_invited_and_comes_in(admin: Page, size: str, stack: RunningStack) -> None:
    email = f"colleague-{size}@riverside.example"
    admin.goto("/people/invite")
    send(admin, "Send the invitation")
    expect(admin.get_by_role("alert")).to_contain_text("Enter the name.")
    admin.get_by_label("Name").fill("Carla Costa")
    admin.get_by_label("Email").fill(email)
    admin.get_by_role("checkbox", name="Teacher").check()
    send(admin, "Send the invitation")
    expect(admin.locator(".messages")).to_contain_text(email)
    expect(admin.locator("#invitations li", has_text=email)).to_be_visible()
    keep_picture(admin, f"invite-{size}")

    forget_who(admin)
    admin.goto(link_mailed_to(email, stack))
    admin.locator("#id_password").fill("correct-horse-battery")
    keep_picture(admin, f"join-{size}")
    admin.locator("main form button").click()
    expect(admin).to_have_url(re.compile("/sign-in$"))
    admin.locator("#id_email").fill(email)
    admin.locator("#id_password").fill("correct-horse-battery")
    admin.locator("main form button").click()
    admin.locator("body[data-live-after]").wait_for()


def test_a_guardian_is_linked_and_blocked(admin: Page, size: str) -> None:
    number = {"phone": 21, "desktop": 22}[size]
    guardian = f"parent{number + 5}@riverside.example"
    admin.goto(f"/people?q=student{number}%40")
    admin.locator("#people-list a.row-name").click()
    admin.get_by_text("Link a guardian…").click()
    admin.get_by_label("Email of the guardian").fill(guardian)
    admin.locator("#id_relationship").fill("aunt")
    send(admin, "Link")
    linked = admin.locator("section[aria-labelledby=guardians-title] li", has_text="aunt")
    expect(linked).to_be_visible()

    linked.get_by_text("Block…").click()
    linked.get_by_label("Reason, for the audit").fill(WHY)
    keep_picture(admin, f"custody-{size}")
    linked.get_by_role("button", name="Yes, block").click()
    expect(linked).to_contain_text("Custody block")
    expect(linked.get_by_text("End…")).to_have_count(0)  # not before the block is lifted
    admin.goto("/audit")
    expect(admin.get_by_text(WHY).first).to_be_visible()


@contextmanager
def queue_paused(stack: RunningStack) -> Iterator[None]:
    """Within the block no import is carried out."""
    with Person(stack.base_url, "operator@schoolbell.example") as operator:
        operator.post("/api/ops/queues/imports/pause").raise_for_status()
        try:
            yield
        finally:
            operator.post("/api/ops/queues/imports/resume").raise_for_status()


def test_a_file_with_a_bad_row(admin: Page, size: str, stack: RunningStack, tmp_path: Path) -> None:
    pupils = [
        (f"Pupil {number}", f"{size}{number}@pupils.example", "7A", "", "", "")
        for number in range(60)
    ]
    bad = ("Bad Row", f"bad-{size}@pupils.example", "9Z", "", "", "")
    sheet = tmp_path / f"{size}.csv"
    sheet.write_text(csv_of(*pupils, bad))
    admin.goto("/imports")
    admin.locator("#file").set_input_files(sheet)
    send(admin, "Upload and look through")

    status = admin.locator("#import-status")
    expect(status).to_contain_text("Ready to import")  # by itself: the page is not reloaded
    admin.get_by_role("link", name="1", exact=True).click()
    expect(admin.locator("main")).to_contain_text("is no class of this centre")
    expect(admin.locator("main")).to_contain_text("Rows are kept until")
    keep_picture(admin, f"import-report-{size}")
    with queue_paused(stack):  # or it would be done before anybody sees it
        send(admin, "Import now")
        expect(status).to_contain_text("Being imported")
        expect(status.get_by_role("progressbar", name="Progress")).to_be_visible()
        keep_picture(admin, f"import-running-{size}")
    expect(status).to_contain_text("Imported")
    expect(status.locator("dl")).to_contain_text(re.compile(r"New\s*60"))
    keep_picture(admin, f"import-done-{size}")
    admin.goto(f"/people?q={size}59%40")
    expect(admin.locator("#people-list")).to_contain_text("Pupil 59")


def link_mailed_to(email: str, stack: RunningStack) -> str:
    """The link of the invitation, once its mail has come."""
    box = Path(stack.facts["mailbox_dir"])
    found: list[str] = []

    def has_come() -> bool:
        for file in box.glob("*.eml"):
            text = file.read_text().replace("=\n", "").replace("=3D", "=")
            if email in text:
                found.extend(re.findall(r"(http\S+/join/[\w-]+)", text))
        return bool(found)

    wait_for(has_come, seconds=20)
    return found[0]
