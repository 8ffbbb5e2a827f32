"""A teacher at a desk and a student on a phone talk in a room, and neither ever reloads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessible import findings
from tests.browser.conftest import DESKTOP, PHONE, SignIn, keep_picture
from tests.browser.tabs import Tabs
from tests.browser.test_homework_journey import no_reload
from tests.flow.uploads import picture
from tests.portal import Person
from tests.servers import RunningStack

TEACHER, STUDENT = "teacher@oakwood.example", "student5@oakwood.example"
PARENT = "parent5@oakwood.example"
PORTRAIT: Final = {"width": 390, "height": 620}  # a phone whose keyboard is out


@pytest.fixture
def room(stack: RunningStack, request: pytest.FixtureRequest) -> Iterator[str]:
    """The path of a room of 7A that only this test talks in."""
    with Person(stack.base_url, TEACHER) as teacher:
        (school_class, *_) = teacher.get("/api/classes")["items"]
        (topic, *_) = teacher.get("/api/topics")["items"]
        given = {"topic_id": topic["id"], "class_id": school_class["id"]}
        name = f"7A: {request.node.name.removeprefix('test_').replace('_', ' ')}"
        opened = teacher.post("/api/rooms", {"name": name, **given}).raise_for_status().json()
        yield f"/rooms/{opened['id']}"
        teacher._trade("PATCH", f"/api/rooms/{opened['id']}", json={"closed": True})


def live(page: Page) -> None:
    expect(page.locator("#live[data-state=live]")).to_be_visible()


def enter(page: Page, path: str) -> None:
    page.goto(path)
    live(page)


def words(page: Page) -> Locator:
    return page.get_by_label("Your message")


def say(page: Page, text: str) -> None:
    words(page).fill(text)
    page.get_by_role("button", name="Send").click()
    expect(said(page, text)).to_be_visible()
    expect(words(page)).to_have_value("")


def said(page: Page, text: str) -> Locator:
    return page.get_by_role("log").get_by_role("listitem").filter(has_text=text)


def show(page: Page, name: str) -> None:
    """Pictures in light and in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        keep_picture(page, f"{name}-{scheme}")
    page.emulate_media(color_scheme="light")


def from_below(page: Page) -> float:
    """How far the reader is from the end of what was said, in pixels."""
    return float(page.evaluate("-document.getElementById('talk').scrollTop"))


def test_two_write_to_each_other_live(sign_in: SignIn, room: str) -> None:
    teacher, student = sign_in(TEACHER), sign_in(STUDENT, viewport=PHONE)
    enter(teacher, room)
    enter(student, room)
    expect(teacher.get_by_text("Nothing has been said here yet.")).to_be_visible()
    with no_reload(teacher), no_reload(student):
        say(teacher, "Good morning! Who has page 12?")
        expect(said(student, "page 12")).to_be_visible()
        expect(student.get_by_text("Nothing has been said here yet.")).to_be_hidden()
        words(teacher).fill("Half a sent")
        say(student, "Me, and page 13 too.")
        expect(said(teacher, "page 13")).to_contain_text("Elif Ashby")
        expect(words(teacher)).to_have_value("Half a sent")
        change(student, "page 13", "Me, and page 14 too.")
        expect(said(teacher, "page 14")).to_contain_text("changed")
        expect(said(teacher, "page 13")).to_have_count(0)
        expect(words(teacher)).to_have_value("Half a sent")
        say(teacher, "Thank you, @Elif Ashby! It is in https://books.example/7a")
        expect(said(student, "Thank you").locator("strong")).to_have_text("@Elif Ashby")
        show(teacher, "room-desktop")
        show(student, "room-phone")
        remove(student, "page 14")
        expect(said(teacher, "This message was removed.")).to_be_visible()
        expect(said(teacher, "page 14")).to_have_count(0)
        expect(said(student, "This message was removed.").locator("p.quiet")).to_be_focused()


def change(page: Page, text: str, into: str) -> None:
    said(page, text).locator("summary").click()
    said(page, text).get_by_role("link", name="Change").click()
    field = page.get_by_role("log").get_by_label("Your message")
    expect(field).to_be_focused()
    page.get_by_role("link", name="Cancel").click()
    expect(field).to_have_count(0)
    said(page, text).locator("summary").click()
    said(page, text).get_by_role("link", name="Change").click()
    field.fill(into)
    field.press("Control+Enter")
    expect(said(page, into)).to_be_visible()


def remove(page: Page, text: str) -> None:
    said(page, text).locator("summary").click()
    said(page, text).get_by_role("button", name="Remove").click()


def test_what_is_new_is_counted_until_it_is_read(sign_in: SignIn, room: str) -> None:
    teacher, student = sign_in(TEACHER), sign_in(STUDENT, viewport=PHONE)
    enter(teacher, room)
    enter(student, "/rooms")
    line = student.get_by_role("listitem").filter(has=student.locator(f"a[href='{room}']"))
    expect(line.locator(".count")).to_have_count(0)
    with no_reload(student):
        say(teacher, "One")
        expect(line.locator(".count")).to_have_text("1 unread")
        say(teacher, "Two")
        expect(line.locator(".count")).to_have_text("2 unread")
        show(student, "rooms-phone")
    student.goto("/")
    panel = student.locator("#panel-rooms").get_by_role("listitem")
    expect(panel.filter(has_text="2 new messages")).to_be_visible()
    keep_picture(student, "home-with-rooms-phone")
    with student.expect_response(lambda answer: answer.url.endswith("/read")) as answered:
        enter(student, room)
    assert answered.value.status == 204
    student.get_by_role("link", name="Rooms", exact=True).last.click()
    expect(line).to_be_visible()
    expect(line.locator(".count")).to_have_count(0)
    teacher.goto("/rooms")
    show(teacher, "rooms-desktop")


@pytest.mark.sweep
def test_who_reads_above_stays_there(sign_in: SignIn, room: str, stack: RunningStack) -> None:
    with Person(stack.base_url, TEACHER) as teacher:
        for number in range(105):
            given = {"body": f"Line {number} of a long story.\nIt goes on."}
            teacher.post(f"/api{room}/messages", given).raise_for_status()
        student = sign_in(STUDENT, viewport=PHONE)
        enter(student, room)
        expect(said(student, "Line 104 ")).to_be_in_viewport()
        fetch_earlier(student)

        student.locator("#talk").evaluate("talk => (talk.scrollTop = -900)")
        reading = student.get_by_text("Line 92 of")
        where = reading.bounding_box()
        assert where
        teacher.post(f"/api{room}/messages", {"body": "Something new"}).raise_for_status()
        newer = student.get_by_role("button", name="New messages below")
        expect(newer).to_be_visible()
        assert reading.bounding_box() == where
        assert from_below(student) > 900
        keep_picture(student, "room-above-phone")
        newer.click()
        expect(said(student, "Something new")).to_be_in_viewport()
        expect(newer).to_be_hidden()
        teacher.post(f"/api{room}/messages", {"body": "And newer"}).raise_for_status()
        expect(said(student, "And newer")).to_be_in_viewport()
        expect(newer).to_be_hidden()


def fetch_earlier(page: Page) -> None:
    """All that was said before, where it belongs; who reads stays where they were."""
    earlier = page.locator("#earlier-link")
    for first in ("Line 5 ", "Line 0 "):
        earlier.focus()
        before = from_below(page)
        page.keyboard.press("Enter")
        expect(page.locator(".said").first).to_contain_text(first)
        assert from_below(page) == before
        expect(earlier).to_be_focused()
        expect(page.locator(".htmx-request, .htmx-settling")).to_have_count(0)
    expect(page.locator(".talk-day")).to_have_count(1)
    expect(page.get_by_role("region", name="Messages").locator(".said")).to_have_count(105)


@pytest.mark.sweep
def test_what_cannot_be_sent_is_not_lost(sign_in: SignIn, room: str, tabs: Tabs) -> None:
    student = sign_in(STUDENT, viewport=PHONE)
    enter(student, room)
    student.get_by_role("button", name="Send").click()
    expect(student.get_by_role("alert")).to_contain_text("Write something first.")
    words(student).fill("Kept words")
    student.route(f"**{room}", lambda route: route.abort())
    with no_reload(student):
        words(student).press("Control+Enter")
        expect(student.get_by_text("That could not be sent.")).to_be_visible()
        expect(words(student)).to_have_value("Kept words")
        student.unroute(f"**{room}")
        words(student).press("Control+Enter")
        expect(said(student, "Kept words")).to_be_visible()
        expect(words(student)).to_be_focused()
    lost = ("htmx:", "Failed to load resource: net::ERR_FAILED")  # the connection, for a moment
    assert [each for each in tabs.complaints if not each.startswith(lost)] == []
    tabs.complaints.clear()


@pytest.mark.sweep
def test_names_and_files_come_with_a_message(sign_in: SignIn, room: str, tmp_path: Path) -> None:
    (tmp_path / "plan.png").write_bytes(picture())
    student = sign_in(STUDENT, viewport=PHONE)
    enter(student, room)
    with no_reload(student):
        words(student).fill("Look,")
        student.get_by_text("Tell somebody").click()
        student.get_by_role("button", name="@Taylor Thorne").press("Enter")
        expect(words(student)).to_be_focused()
        student.keyboard.type("here is the plan")
        expect(words(student)).to_have_value("Look, @Taylor Thorne here is the plan")
        student.get_by_text("Add files").click()
        show(student, "room-write-phone")
        student.get_by_label("Files", exact=True).set_input_files(tmp_path / "plan.png")
        student.get_by_role("button", name="Send").click()
        link = said(student, "the plan").get_by_role("link", name="plan.png")
        expect(link).to_be_visible()
        expect(student.get_by_role("list", name="Chosen files")).to_be_hidden()
        expect(student.locator("input[name=files]")).to_have_count(0)
        expect(said(student, "the plan").locator("img.file-picture")).to_be_visible()
        student.set_viewport_size(PORTRAIT)  # type: ignore[arg-type]
        keep_picture(student, "room-short-phone")


@pytest.mark.sweep
def test_a_room_is_closed_while_somebody_writes(sign_in: SignIn, room: str) -> None:
    teacher, student = sign_in(TEACHER), sign_in(STUDENT, viewport=PHONE)
    enter(student, room)
    with no_reload(student):
        words(student).fill("But I")
        teacher.goto(room)
        say(teacher, "Good night.")
        teacher.get_by_role("link", name="Change or close the room").click()
        show(teacher, "room-edit-desktop")
        teacher.get_by_role("button", name="Close the room").click()
        expect(teacher.get_by_text("This room is closed")).to_be_visible()
        expect(student.get_by_text("closed meanwhile")).to_be_visible()
        expect(student.get_by_role("button", name="Send")).to_have_count(0)
        expect(words(student)).to_have_value("But I")
        keep_picture(student, "room-closed-phone")
        live(teacher)
        with no_reload(teacher):
            reopen(teacher, room)
            expect(words(teacher)).to_be_visible()
            expect(student.get_by_role("button", name="Send")).to_be_visible()


def reopen(page: Page, room: str) -> None:
    """In another tab, so to say."""
    page.evaluate(
        """async (path) => {
            const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
            await fetch(path, {method: "POST", headers: {"X-CSRFToken": token}});
        }""",
        f"{room}/reopen",
    )


@pytest.mark.sweep
def test_a_room_is_opened_and_not_everybodys(sign_in: SignIn, stack: RunningStack) -> None:
    teacher = sign_in(TEACHER)
    teacher.goto("/rooms")
    teacher.get_by_role("link", name="New room").first.click()
    teacher.get_by_role("button", name="Open the room").click()
    expect(teacher.get_by_role("alert")).to_contain_text("Give the room a name.")
    teacher.get_by_label("Or something new").fill("Excursions")
    teacher.get_by_label("Name of the room").fill("To the museum")
    teacher.get_by_role("radio", name="A class").first.check()
    show(teacher, "room-open-desktop")
    teacher.get_by_role("button", name="Open the room").click()
    expect(teacher.get_by_role("heading", level=1, name="To the museum")).to_be_visible()
    path = teacher.url.removeprefix(stack.base_url)
    student = sign_in(STUDENT, viewport=PHONE)
    student.goto("/rooms")
    student.get_by_role("link", name="To the museum").click()
    expect(student.get_by_role("heading", level=1, name="To the museum")).to_be_visible()
    parent = sign_in(PARENT, viewport=PHONE)
    parent.goto("/rooms")
    expect(parent.get_by_role("link", name="Families")).to_be_visible()
    expect(parent.get_by_role("link", name="To the museum")).to_have_count(0)
    assert parent.request.get(path).status == 404
    keep_picture(parent, "rooms-parent-phone")


@pytest.mark.sweep
def test_everybody_can_use_the_pages(sign_in: SignIn, room: str) -> None:
    teacher = sign_in(TEACHER)
    enter(teacher, room)
    say(teacher, "Hello, @Elif Ashby")
    say(teacher, "And good bye")
    change = str(said(teacher, "And good bye").locator(".said-acts a").get_attribute("href"))
    assert change.startswith("/messages/")
    for path in (room, f"{room}?before=99", change, "/rooms", f"{room}/edit", "/rooms/new"):
        enter(teacher, path)
        assert list(findings(teacher)) == []
        teacher.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
