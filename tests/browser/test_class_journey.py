"""The office keeps classes and the calendar; a teacher hears of it."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, SignIn, keep_picture


def test_a_student_moves_and_the_teacher_hears_of_it(sign_in: SignIn) -> None:
    teacher = sign_in("teacher@riverside.example", viewport=PHONE)
    staff = sign_in("staff@riverside.example")

    staff.goto("/classes/new")
    staff.locator("#id_name").fill("7B")
    staff.locator("main form button").first.click()
    expect(staff).to_have_url(re.compile("/manage$"))
    manage = staff.url
    staff.locator("#q").press_sequentially("ada riv")
    expect(staff.locator("#found li")).to_have_count(1)  # found while typing
    keep_picture(staff, "class-search-desktop")

    staff.goto("/classes")
    keep_picture(staff, "classes-desktop")
    staff.goto(manage.replace("/manage", ""))
    staff.goto("/classes?q=7A")
    staff.locator("#class-list a.button").first.click()
    keep_picture(staff, "class-manage-desktop")
    staff.set_viewport_size({"width": 390, "height": 844})
    keep_picture(staff, "class-manage-phone")
    staff.locator("#class-students li", has_text="Ada Rivera").locator("a.button").click()
    staff.locator("#id_class_id").select_option(label="7B")
    keep_picture(staff, "class-move-phone")
    staff.locator("main form button").first.click()
    expect(staff.locator(".message")).to_contain_text("Ada Rivera")

    toast = teacher.locator("#toasts article")
    expect(toast).to_contain_text("Ada Rivera")


def test_an_admin_pastes_holidays_and_chooses_a_colour(sign_in: SignIn) -> None:
    admin = sign_in("admin@oakwood.example")
    admin.goto("/calendar/holidays/new")
    admin.locator("#id_lines").fill("2031-12-22 - 2032-01-02 Christmas\n2031-12-08 Snow")
    admin.locator("main form button").first.click()
    expect(admin.get_by_text("2 holidays added.")).to_be_visible()
    admin.goto("/calendar?month=2031-12")
    expect(admin.locator("td.month-closed")).to_have_count(13)
    keep_picture(admin, "calendar-desktop")
    admin.set_viewport_size({"width": 390, "height": 844})
    keep_picture(admin, "calendar-phone")
    admin.get_by_role("link", name="Next month").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("January 2032")

    admin.goto("/centre-settings")
    shown = expect(admin.locator(".brand-centre"))
    shown.to_have_css("background-color", "rgb(46, 125, 79)")
    admin.locator("#id_colour").fill("#8e44ad")
    shown.to_have_css("background-color", "rgb(142, 68, 173)")  # before it is saved
    keep_picture(admin, "centre-settings-phone")
    admin.locator("main form button").first.click()
    expect(admin.get_by_text("Changes saved.")).to_be_visible()
    shown.to_have_css("background-color", "rgb(142, 68, 173)")
