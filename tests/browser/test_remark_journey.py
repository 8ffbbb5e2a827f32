"""A teacher writes remarks with the keyboard alone; what is not saved yet stays as it is."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SignIn, keep_picture

ADA, AMIR = "Ada Ashby", "Amir Ashby"


def open_remarks(page: Page) -> None:
    """From the list of classes to the boxes."""
    page.goto("/classes")
    page.get_by_role("link", name="7A", exact=True).click()
    page.get_by_role("link", name="Remarks").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Remarks on 7A")


def test_one_is_saved_and_the_others_stay(sign_in: SignIn) -> None:
    teacher = sign_in("teacher@oakwood.example")
    open_remarks(teacher)
    teacher.get_by_label(AMIR).fill("Half a sentence about")
    teacher.get_by_label(ADA).focus()
    teacher.keyboard.type("Thinks before she writes.")
    teacher.keyboard.press("Tab")
    teacher.keyboard.press("Enter")
    ada = teacher.locator("form", has=teacher.get_by_label(ADA))
    expect(ada.get_by_role("status")).to_have_text("Saved.")
    expect(ada.get_by_role("button")).to_be_focused()
    expect(teacher.get_by_label(AMIR)).to_have_value("Half a sentence about")
    keep_picture(teacher, "remarks-desktop")

    head = sign_in("head@oakwood.example", viewport=PHONE)
    open_remarks(head)
    expect(head.get_by_text("Thinks before she writes.")).to_be_visible()
    expect(head.locator("textarea")).to_have_count(0)
    keep_picture(head, "remarks-phone")
