"""A student has homework listed without being called; a guardian chooses for their child."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import main_findings
from tests.browser.conftest import PHONE, SignIn, keep_picture
from tests.browser.test_homework_journey import no_reload, write_homework

TITLE = "Listed, not called"
CALLS = "Homework Portal calls"


def choose_in(page: Page) -> Page:
    """The page of choices."""
    page.goto("/notices")
    page.get_by_role("link", name="Choose how you are told").click()
    expect(page.get_by_role("heading", level=1, name="How you are told")).to_be_visible()
    return page


def unread(page: Page) -> list[str]:
    """How many notices are said to be unread; nothing is said of none."""
    return page.locator("#notices-link .count").all_inner_texts()


def test_what_is_only_listed_comes_without_a_toast(sign_in: SignIn) -> None:
    quiet = choose_in(sign_in("student21@oakwood.example", viewport=PHONE))
    called = sign_in("student22@oakwood.example")
    teacher = sign_in("teacher@oakwood.example")
    quiet.get_by_role("checkbox", name=CALLS).focus()
    quiet.keyboard.press("Space")
    quiet.get_by_role("button", name="Save choices").click()
    expect(quiet.get_by_text("Your choices are saved.")).to_be_visible()
    expect(quiet.get_by_role("checkbox", name=CALLS)).not_to_be_checked()
    keep_picture(quiet, "preferences-student-phone")
    quiet.goto("/")
    for page in (quiet, called):
        expect(page.locator("#live[data-state=live]")).to_be_visible()

    before = unread(quiet)
    with no_reload(quiet):
        write_homework(teacher, TITLE)
        teacher.get_by_role("button", name="Publish now").click()
        for page in (quiet, called):
            listed = page.locator("#notices-panel").get_by_role("link", name=TITLE)
            expect(listed).to_be_visible()
        expect(called.locator("#toasts article").filter(has_text=TITLE)).to_have_count(1)
        expect(called.locator("#notices-link .count")).to_be_visible()
        expect(quiet.locator("#toasts article")).to_have_count(0)
        assert unread(quiet) == before
        keep_picture(quiet, "quiet-notice-phone")


@pytest.mark.sweep
def test_a_guardian_chooses_for_their_child(sign_in: SignIn) -> None:
    parent = choose_in(sign_in("parent21@oakwood.example"))
    child = parent.get_by_role("group").filter(has_text="Choose apart for")
    child.get_by_role("checkbox", name="Choose apart for").check()
    child.get_by_role("checkbox", name="Grades Portal calls").uncheck()
    parent.get_by_role("button", name="Save choices").click()
    expect(parent.get_by_text("Your choices are saved.")).to_be_visible()
    expect(child.get_by_role("checkbox", name="Grades Portal calls")).not_to_be_checked()
    expect(child.get_by_role("checkbox", name=CALLS)).to_be_checked()
    expect(parent.get_by_role("checkbox", name="Custody always Portal calls")).to_be_disabled()
    keep_picture(parent, "preferences-parent-desktop")
    assert list(main_findings(parent)) == []
    keep_picture(parent, "preferences-parent-phone")
