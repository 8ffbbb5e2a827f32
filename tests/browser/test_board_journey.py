"""People of a class draw on a board together, by mouse, finger and keys; each sees all of it."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.accessible import findings
from tests.browser.conftest import DESKTOP, PHONE, SignIn, keep_picture
from tests.browser.tabs import Tabs
from tests.browser.test_homework_journey import no_reload
from tests.portal import Person
from tests.servers import RunningStack

TEACHER: Final = "teacher@oakwood.example"
STUDENT: Final = "student6@oakwood.example"
LATE: Final = "student7@oakwood.example"
# What is drawn: corners of a zigzag, as shares of the board.
ZIGZAG: Final = ((0.1, 0.2), (0.3, 0.6), (0.5, 0.2), (0.7, 0.6))
SMALL: Final = ((0.2, 0.8), (0.4, 0.85))
D: Final = "each => each.map(path => path.getAttribute('d'))"


@pytest.fixture
def room(stack: RunningStack) -> Iterator[str]:
    """The id of a room of 7A of this test's own.

    To be asked for in front of `sign_in`: it is closed when all tabs have been left.
    """
    with Person(stack.base_url, TEACHER) as teacher:
        (school_class, *_) = teacher.get("/api/classes")["items"]
        (topic, *_) = teacher.get("/api/topics")["items"]
        given = {"topic_id": topic["id"], "class_id": school_class["id"]}
        opened = teacher.post("/api/rooms", {"name": "7A draws", **given}).raise_for_status().json()
        yield opened["id"]
        teacher._trade("PATCH", f"/api/rooms/{opened['id']}", json={"closed": True})


@pytest.fixture
def board(stack: RunningStack, room: str) -> str:
    """The path of an empty board there."""
    with Person(stack.base_url, TEACHER) as teacher:
        opened = teacher.post(f"/api/rooms/{room}/boards", {"name": "Fractions"})
        return f"/boards/{opened.raise_for_status().json()['id']}"


def enter(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("#live[data-state=live]")).to_be_visible()


def ground(page: Page) -> Locator:
    return page.locator("#board")


def stored(page: Page) -> Locator:
    """The lines that the page has from the stream."""
    return page.locator("#board-lines path")


def on_its_way(page: Page) -> Locator:
    return page.locator("#board-own path")


def draw(page: Page, corners: Any = ZIGZAG) -> None:
    """A line by mouse, from corner to corner."""
    ground(page).scroll_into_view_if_needed()
    box = ground(page).bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=12)
    page.mouse.up()


def each_has(pages: Sequence[Page], many: int) -> None:
    """Everybody sees so many lines: the same in the same order, and none on its way."""
    for page in pages:
        expect(stored(page)).to_have_count(many)
        expect(on_its_way(page)).to_have_count(0)
    lines = [stored(page).evaluate_all(D) for page in pages]
    assert all(each == lines[0] for each in lines)


def choose(page: Page, label: str) -> None:
    page.get_by_role("radio", name=label).check()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def said(page: Page) -> Locator:
    return page.locator("#board-said")


def show(page: Page, name: str) -> None:
    """Pictures in light and in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        keep_picture(page, f"{name}-{scheme}")
    page.emulate_media(color_scheme="light")


def test_two_draw_and_a_third_who_comes_late_sees_the_same(board: str, sign_in: SignIn) -> None:
    teacher, student = sign_in(TEACHER), sign_in(STUDENT, viewport=PHONE)
    enter(teacher, board)
    enter(student, board)
    with no_reload(teacher), no_reload(student):
        choose(teacher, "Blue")
        choose(teacher, "Thick")
        draw(teacher)
        expect(stored(student)).to_have_count(1)
        expect(stored(student)).to_have_class("board-blue")
        expect(stored(student)).to_have_attribute("stroke-width", "16")
        choose(student, "Red")
        draw(student, SMALL)
        draw(student, ((0.6, 0.8), (0.6, 0.8)))
        each_has((teacher, student), 3)
    dot = re.compile(r"M960 72\dh0")
    expect(stored(teacher).last).to_have_attribute("d", dot)
    late = sign_in(LATE)
    enter(late, board)
    each_has((teacher, student, late), 3)
    draw(late, ((0.8, 0.1), (0.9, 0.9)))
    each_has((teacher, student, late), 4)
    show(teacher, "board-desktop")
    show(student, "board-phone")


@pytest.mark.sweep
def test_a_line_is_as_good_as_the_pen_and_much_shorter(board: str, sign_in: SignIn) -> None:
    teacher = sign_in(TEACHER)
    enter(teacher, board)
    draw(teacher)
    expect(stored(teacher)).to_have_count(1)
    (path,) = stored(teacher).evaluate_all(D)
    corners = [tuple(map(int, each.split())) for each in path.removeprefix("M").split("L")]
    assert len(corners) == len(ZIGZAG)  # of some forty places where the pen was
    for (x, y), (share_x, share_y) in zip(corners, ZIGZAG, strict=True):
        assert abs(x - share_x * 1600) < 5
        assert abs(y - share_y * 900) < 5


@pytest.mark.sweep
def test_one_takes_back_ones_own_and_who_keeps_order_clears_all(
    board: str, sign_in: SignIn
) -> None:
    teacher, student = sign_in(TEACHER), sign_in(STUDENT)
    for page in (teacher, student):
        enter(page, board)
    expect(student.get_by_text("Clear…")).to_have_count(0)
    with no_reload(teacher), no_reload(student):
        draw(student)
        draw(student, SMALL)
        expect(stored(teacher)).to_have_count(2)
        teacher.get_by_role("button", name="Undo").click()
        expect(said(teacher)).to_have_text("There is no line of yours to remove.")
        student.get_by_role("button", name="Undo").click()
        expect(said(student)).to_have_text("Your last line is removed.")
        for page in (teacher, student):
            expect(stored(page)).to_have_count(1)
        ground(student).focus()
        press(student, "Control+z")
        for page in (teacher, student):
            expect(stored(page)).to_have_count(0)
        draw(student)
        draw(teacher, SMALL)
        expect(stored(student)).to_have_count(2)
        teacher.get_by_text("Clear…").click()
        keep_picture(teacher, "board-clear")
        teacher.get_by_role("button", name="Clear the board").click()
        for page in (teacher, student):
            expect(said(page)).to_have_text("The board was cleared.")
            expect(stored(page)).to_have_count(0)
        draw(student)  # it goes on
        expect(stored(teacher)).to_have_count(1)


def test_one_draws_by_keys_alone(board: str, sign_in: SignIn) -> None:
    teacher, student = sign_in(TEACHER), sign_in(STUDENT)
    for page in (teacher, student):
        enter(page, board)
    surface = student.get_by_role("application", name="The board “Fractions”")
    expect(surface).to_have_accessible_description(
        "← ↑ → ↓ move the pen, with Shift in larger steps."
        " Space puts it down and up. Esc gives the line up."
    )
    surface.focus()
    press(student, "ArrowLeft", "Space", *["Shift+ArrowRight"] * 4, *["ArrowDown"] * 3)
    expect(student.locator("#board-pen")).to_be_visible()
    expect(on_its_way(student)).to_have_count(1)
    keep_picture(student, "board-keys")
    press(student, "Space")
    expect(stored(teacher)).to_have_attribute("d", "M790 450L990 450L990 480")
    expect(student.locator("#board-at")).to_have_text("The line is drawn.")
    press(student, "ArrowUp")
    expect(student.locator("#board-at")).to_have_text("62 percent across, 52 percent down")
    press(student, "Space", "ArrowUp", "Escape")
    expect(student.locator("#board-at")).to_have_text("The line is given up.")
    expect(on_its_way(student)).to_have_count(0)
    expect(stored(student)).to_have_count(1)


@pytest.mark.sweep
def test_where_others_point_is_seen_and_fades(board: str, sign_in: SignIn) -> None:
    teacher, student = sign_in(TEACHER), sign_in(STUDENT)
    for page in (teacher, student):
        enter(page, board)
    draw(teacher)
    expect(stored(student)).to_have_count(1)
    teacher.wait_for_timeout(500)
    draw(teacher, SMALL)
    mark = student.locator(".board-other")
    expect(mark).to_have_count(1)
    expect(mark.locator("text")).to_have_text("Taylor Thorne")
    expect(teacher.locator(".board-other")).to_have_count(0)  # one's own is under one's hand
    keep_picture(student, "board-cursor")
    expect(mark).to_have_class("board-other board-other-gone", timeout=6_000)


@pytest.mark.sweep
def test_what_is_drawn_without_a_connection_is_sent_later_and_once(
    board: str, sign_in: SignIn, tabs: Tabs
) -> None:
    teacher, student = sign_in(TEACHER), sign_in(STUDENT, viewport=PHONE)
    for page in (teacher, student):
        enter(page, board)
    asked: list[str] = []
    student.on("request", lambda request: note(request, asked))
    # An answer is lost after the line was stored, then nothing goes through for a while.
    student.route("**/strokes", lambda route: (route.fetch(), route.abort()), times=1)
    draw(student)
    expect(stored(student)).to_have_count(1)
    student.route("**/strokes", lambda route: route.abort())
    draw(student, SMALL)
    expect(said(student)).to_contain_text("Not connected.")
    expect(on_its_way(student)).to_have_count(1)
    student.wait_for_timeout(1_500)
    keep_picture(student, "board-offline")
    student.unroute("**/strokes")
    student.evaluate("window.dispatchEvent(new Event('online'))")
    expect(said(student)).to_have_text("Connected again. All lines are sent.")
    each_has((teacher, student), 2)
    assert len(asked) > len(set(asked)) == 2  # the second again, under the same id
    assert [each for each in tabs.complaints if "ERR_FAILED" not in each] == []
    tabs.complaints.clear()


def note(request: Request, asked: list[str]) -> None:
    if request.method == "POST" and request.url.endswith("/strokes"):
        asked.append(json.loads(request.post_data or "{}")["id"])


@pytest.mark.sweep
def test_who_missed_more_than_is_kept_reads_the_board_anew(
    board: str, sign_in: SignIn, stack: RunningStack
) -> None:
    student = sign_in(STUDENT)
    enter(student, board)
    draw(student)
    expect(stored(student)).to_have_count(1)
    with Person(stack.base_url, TEACHER) as teacher, no_reload(student):
        line = {"points": [[1, 1], [2, 2]], "colour": "ink", "width": 4}
        for _ in range(3):
            teacher.post(f"/api{board}/strokes", line).raise_for_status()
        expect(stored(student)).to_have_count(4)
        # What the page has falls away, as if it had not heard of it, and it is told to read anew.
        student.evaluate(
            """(stream) => {
                document.getElementById("board-lines").replaceChildren();
                const detail = { stream, op: "resync", seq: 4 };
                document.body.dispatchEvent(new CustomEvent("schoolbell:stream", { detail }));
            }""",
            f"board:{board.rpartition('/')[2]}",
        )
        expect(stored(student)).to_have_count(4)
        draw(student, SMALL)
        expect(stored(student)).to_have_count(5)


@pytest.mark.sweep
def test_a_long_line_goes_on_as_another(board: str, sign_in: SignIn, stack: RunningStack) -> None:
    teacher = sign_in(TEACHER)
    enter(teacher, board)
    corners = [(0.05 + 0.0008 * number, 0.2 if number % 2 else 0.7) for number in range(1100)]
    ground(teacher).evaluate(
        """(board, corners) => {
            const { left, top, width, height } = board.getBoundingClientRect();
            board.setPointerCapture = () => {};
            const at = (type, [x, y]) => board.dispatchEvent(new PointerEvent(type, {
                pointerId: 1, clientX: left + x * width, clientY: top + y * height, bubbles: true,
            }));
            at("pointerdown", corners[0]);
            for (const each of corners) at("pointermove", each);
            at("pointerup", corners.at(-1));
        }""",
        corners,
    )
    expect(stored(teacher)).to_have_count(3)
    with Person(stack.base_url, TEACHER) as person:
        lines = [each["points"] for each in person.get(f"/api{board}")["strokes"]]
    assert max(len(each) for each in lines) == 500
    for before, after in pairwise(lines):
        assert before[-1] == after[0]  # without a gap


@pytest.mark.sweep
def test_a_room_that_is_closed_takes_the_pen_away(
    board: str, room: str, sign_in: SignIn, stack: RunningStack
) -> None:
    student = sign_in(STUDENT, viewport=PHONE)
    enter(student, board)
    draw(student)
    expect(stored(student)).to_have_count(1)
    with Person(stack.base_url, TEACHER) as teacher:
        teacher._trade("PATCH", f"/api/rooms/{room}", json={"closed": True}).raise_for_status()
        expect(student.get_by_text("can be looked at, and not drawn on")).to_be_visible()
        expect(student.get_by_role("radio")).to_have_count(0)
        expect(stored(student)).to_have_count(1)
        keep_picture(student, "board-closed-phone")
        assert list(findings(student)) == []
        teacher._trade("PATCH", f"/api/rooms/{room}", json={"closed": False}).raise_for_status()
        expect(student.get_by_role("radio", name="Ink")).to_be_visible()


@pytest.mark.sweep
def test_a_board_is_opened_and_appears_by_itself(room: str, sign_in: SignIn) -> None:
    teacher, student = sign_in(TEACHER), sign_in(STUDENT, viewport=PHONE)
    for page in (teacher, student):
        enter(page, f"/rooms/{room}/boards")
    expect(student.get_by_text("No boards yet")).to_be_visible()
    show(student, "boards-empty-phone")
    with no_reload(student):
        teacher.get_by_label("Name of the board").fill("The water cycle")
        teacher.get_by_role("button", name="Open board").click()
        expect(teacher.get_by_role("heading", level=1, name="The water cycle")).to_be_visible()
        expect(student.get_by_role("link", name="The water cycle")).to_be_visible()
    draw(teacher)
    expect(stored(teacher)).to_have_count(1)
    enter(student, f"/rooms/{room}/boards")
    show(student, "boards-phone")
    student.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    assert list(findings(student)) == []


@pytest.mark.sweep
def test_everybody_can_use_a_board(board: str, sign_in: SignIn) -> None:
    teacher = sign_in(TEACHER)
    enter(teacher, board)
    for colour in ("Ink", "Red", "Blue", "Green", "Orange", "Purple"):
        choose(teacher, colour)
        draw(teacher, ZIGZAG)
    expect(stored(teacher)).to_have_count(6)
    assert list(findings(teacher)) == []
    teacher.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    with teacher.expect_download() as download:
        teacher.get_by_role("link", name="Download picture").click()
    assert download.value.suggested_filename == "Fractions.svg"
    assert download.value.path().read_text().count("<path") == 6
