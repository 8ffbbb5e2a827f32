"""A student asks for help on a phone, staff answer at a desk, and neither ever reloads."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SignIn, keep_picture
from tests.browser.test_homework_journey import no_reload
from tests.portal import Person
from tests.servers import RunningStack

SUBJECT = "The tablet in my locker stays dark"


def live(page: Page) -> None:
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


def open_ticket(page: Page) -> None:
    page.goto("/tickets")
    page.get_by_role("link", name="New ticket").click()
    page.get_by_label("What is it about?").select_option("Devices and network")
    page.get_by_label("In a few words").fill(SUBJECT)
    page.get_by_label("Tell us more").fill("Since this morning. It was charged.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1, name=SUBJECT)).to_be_visible()


def say(page: Page, words: str, button: str) -> None:
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name=button).click()
    expect(page.locator("#ticket-now").get_by_text(words)).to_be_visible()


def test_help_is_asked_for_and_given_live(sign_in: SignIn) -> None:
    student = sign_in("student3@oakwood.example", viewport=PHONE)
    staff = sign_in("staff@oakwood.example")
    staff.goto("/tickets")
    live(staff)
    with no_reload(staff):
        open_ticket(student)
        live(student)
        ticket = staff.get_by_role("main").get_by_role("link", name=SUBJECT)
        expect(ticket).to_be_visible()
        keep_picture(staff, "tickets-desktop")
    ticket.click()
    check_conversation(student, staff)


def check_conversation(student: Page, staff: Page) -> None:
    live(staff)

    with no_reload(student):
        staff.get_by_role("button", name="I look after this").click()
        expect(student.get_by_text("Sam Stone looks after this now.")).to_be_visible()
        student.get_by_label("Your message").fill("By the way")

        say(staff, "Her third tablet this year.", "Note for staff only")
        say(staff, "Press and hold the button for ten seconds.", "Send")
        answer = student.get_by_role("list").get_by_text("Press and hold the button")
        expect(answer).to_be_visible()
        toast = student.get_by_role("region", name="What is new").get_by_role("article")
        expect(toast.first).to_be_visible()
        expect(student.get_by_label("Your message")).to_have_value("By the way")
        expect(student.get_by_text("third tablet")).to_have_count(0)
        keep_picture(student, "ticket-phone")

    live(staff)
    with no_reload(staff):
        say(student, "That was it. Thank you!", "Resolve")
        expect(staff.get_by_text("That was it. Thank you!").first).to_be_visible()
        expect(staff.locator("#ticket-now").get_by_text("Resolved", exact=True)).to_be_visible()
        expect(staff.get_by_role("button", name="Open again")).to_be_visible()
        expect(staff.get_by_role("button", name="Resolve")).to_have_count(0)
        keep_picture(staff, "ticket-desktop")


def test_the_desk_is_searched_with_the_keyboard(sign_in: SignIn) -> None:
    student = sign_in("student4@oakwood.example", viewport=PHONE)
    open_ticket(student)
    staff = sign_in("head@oakwood.example")
    staff.goto("/tickets")
    live(staff)
    with no_reload(staff):
        found = staff.get_by_role("main").get_by_role("link", name=SUBJECT)
        expect(found.first).to_be_visible()
        staff.get_by_label("Search").press_sequentially("zebra", delay=20)
        expect(staff.get_by_text("No ticket fits")).to_be_visible()
        staff.get_by_label("Search").fill("tablet")
        staff.get_by_label("Search").press("Enter")
        expect(found.first).to_be_visible()
        assert "q=tablet" in staff.url


def test_who_is_staff_no_more_loses_the_desk_at_once(sign_in: SignIn, stack: RunningStack) -> None:
    page = sign_in("head@oakwood.example")
    page.goto("/tickets")
    live(page)
    expect(page.locator("[data-stream]")).to_have_count(1)
    with Person(stack.base_url, "admin@oakwood.example") as admin:
        (head,) = admin.get("/api/people", q="head@oakwood")["items"]
        roles = f"/api/people/{head['id']}/roles"
        admin._trade("PUT", roles, json={"roles": ["teacher"]}).raise_for_status()
        try:
            expect(page.locator("[data-stream]")).to_have_count(0)  # nobody reloaded the page
        finally:
            admin._trade("PUT", roles, json={"roles": head["roles"]}).raise_for_status()
