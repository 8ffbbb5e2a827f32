"""A teacher publishes homework; a student and a guardian see it without reloading."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
from playwright.sync_api import Page, expect

from tests import ledger
from tests.browser.conftest import PHONE, SignIn, keep_picture
from tests.servers import RunningStack

TITLE = "Fractions, page 12"


def in_a_week() -> str:
    """As a date-time field takes it."""
    return (datetime.now() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")  # noqa: DTZ005


@contextmanager
def no_reload(page: Page) -> Iterator[None]:
    """The page stays the same document throughout."""
    page.evaluate("window.sameDocument = true")
    yield
    assert page.evaluate("window.sameDocument")


def write_homework(page: Page, title: str) -> None:
    page.get_by_role("link", name="Write homework").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("What to do").fill("Exercises 1 to 4. Show your working.")
    page.get_by_label("Due").fill(in_a_week())


def test_published_homework_appears_at_once_and_once(sign_in: SignIn, stack: RunningStack) -> None:
    student = sign_in("student1@oakwood.example", viewport=PHONE)
    parent = sign_in("parent1@oakwood.example", viewport=PHONE)
    stranger = sign_in("student1@riverside.example")
    teacher = sign_in("teacher@oakwood.example")
    for page in (student, parent, stranger):
        expect(page.locator("#live[data-state=live]")).to_be_visible()

    with no_reload(student), no_reload(parent), no_reload(stranger):
        write_homework(teacher, TITLE)
        teacher.get_by_role("button", name="Publish now").click()
        expect(teacher.get_by_text("30 students and 30 guardians")).to_be_visible()

        for page in (student, parent):
            toast = page.get_by_role("region", name="What is new").get_by_role("article")
            expect(toast).to_have_count(1)
            expect(toast).to_contain_text(TITLE)
            expect(page.get_by_role("main").get_by_role("link", name=TITLE).first).to_be_visible()
        keep_picture(student, "student-toast-phone")
        keep_picture(teacher, "teacher-published-desktop")
        expect(stranger.get_by_text(TITLE)).to_have_count(0)

    ((homework_id,),) = ledger.ask(
        stack, "SELECT id FROM homework_homework WHERE title = %s", TITLE
    )
    ledger.everyone_told_once(stack, homework_id)


def test_the_toast_can_be_dismissed_with_the_keyboard(sign_in: SignIn) -> None:
    student = sign_in("student2@oakwood.example")
    expect(student.get_by_text("Live", exact=True)).to_be_visible()
    teacher = sign_in("teacher@oakwood.example")
    write_homework(teacher, "Keyboard")
    teacher.get_by_role("button", name="Publish now").click()
    toast = student.get_by_role("article").filter(has_text="Keyboard")
    expect(toast).to_be_visible()
    student.keyboard.press("Escape")
    expect(toast).to_have_count(0)


def test_a_form_that_is_not_right_says_what_is_wrong_and_loses_nothing(sign_in: SignIn) -> None:
    teacher = sign_in("teacher@oakwood.example", viewport=PHONE)
    write_homework(teacher, "Past")
    teacher.get_by_label("Due").fill("2020-01-01T09:00")
    teacher.get_by_role("button", name="Publish now").click()

    expect(teacher.get_by_role("alert").first).to_be_visible()
    expect(teacher.get_by_label("Title")).to_have_value("Past")
    expect(teacher.get_by_label("Due")).to_have_attribute("aria-invalid", "true")


def test_the_mailbox_shows_the_mail_as_its_reader_sees_it(sign_in: SignIn) -> None:
    teacher = sign_in("teacher@oakwood.example")
    write_homework(teacher, "By mail")
    teacher.get_by_role("button", name="Publish now").click()
    teacher.goto("/mailbox?to=parent7@oakwood.example")
    teacher.get_by_role("link", name="By mail").first.click()
    letter = teacher.frame_locator("iframe")
    expect(letter.get_by_role("heading", name="By mail")).to_be_visible()
    keep_picture(teacher, "mail-desktop")


def test_flower_shows_the_tasks_under_their_own_names(stack: RunningStack) -> None:
    shown = httpx.get(f"{stack.facts['flower_url']}/metrics").text
    for task in ("notices.notify_class", "email.mail_class"):
        assert f'task="{task}"' in shown
