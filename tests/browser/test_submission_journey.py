"""A student hands in on a phone, a teacher grades on a desktop, a guardian sees the grade."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, SignIn, keep_picture
from tests.browser.test_homework_journey import no_reload, write_homework

TITLE = "Photosynthesis"


def test_work_is_handed_in_graded_and_seen(sign_in: SignIn) -> None:  # noqa: PLR0915 - one long way
    teacher = sign_in("teacher@oakwood.example")
    student = sign_in("student4@oakwood.example", viewport=PHONE)
    parent = sign_in("parent4@oakwood.example", viewport=PHONE)
    for page in (student, parent):
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
    write_homework(teacher, TITLE)
    teacher.get_by_role("button", name="Publish now").click()
    expect(teacher.get_by_role("heading", name="Handed in: 0")).to_be_visible()
    for page in (student, parent):
        page.get_by_role("main").get_by_role("link", name=TITLE).first.click()

    with no_reload(teacher):
        student.get_by_label("Your work").fill("Plants make sugar from light.")
        student.get_by_role("button", name="Hand in").click()
        expect(student.get_by_text("Handed in. Your teacher has been told.")).to_be_visible()
        keep_picture(student, "handed-in-phone")
        expect(teacher.get_by_role("heading", name="Handed in: 1")).to_be_visible()
        keep_picture(teacher, "handed-in-desktop")

    with no_reload(student), no_reload(parent):
        teacher.get_by_role("main").get_by_role("link", name="Dev Ashby").click()
        expect(teacher.get_by_text("Plants make sugar from light.")).to_be_visible()
        keep_picture(teacher, "grading-desktop")
        teacher.get_by_label("Score").fill("91.5")
        teacher.get_by_label("Comment").fill("Very clear.")
        teacher.get_by_label("Score").press("Enter")
        expect(teacher.get_by_text("Graded: Dev Ashby.")).to_be_visible()
        for page in (student, parent):
            expect(page.get_by_role("main").get_by_text("91.5")).to_be_visible()
            expect(page.get_by_role("main").get_by_text("Very clear.")).to_be_visible()
    keep_picture(parent, "grade-phone")

    teacher.goto("/")
    teacher.get_by_role("link", name="7A", exact=True).click()
    expect(teacher.get_by_role("rowheader", name="Dev Ashby")).to_be_visible()
    expect(teacher.get_by_role("link", name="91.5")).to_be_visible()
    keep_picture(teacher, "class-desktop")
    parent.get_by_role("link", name="7A", exact=True).click()
    expect(parent.get_by_role("link", name="91.5")).to_be_visible()
    expect(parent.get_by_text("Ada Ashby")).to_have_count(0)
    keep_picture(parent, "class-phone")


def test_a_publication_is_recalled(sign_in: SignIn) -> None:
    teacher = sign_in("teacher@oakwood.example")
    student = sign_in("student5@oakwood.example", viewport=PHONE)
    expect(student.get_by_text("Live", exact=True)).to_be_visible()
    write_homework(teacher, "Too soon")
    teacher.get_by_role("button", name="Publish now").click()
    link = student.get_by_role("main").get_by_role("link", name="Too soon")
    expect(link.first).to_be_visible()
    with no_reload(student):
        teacher.get_by_text("Recall…").click()
        keep_picture(teacher, "recall-desktop")
        teacher.get_by_role("button", name="Yes, recall").click()
        expect(teacher.get_by_text("it is a draft again")).to_be_visible()
        expect(link).to_have_count(0)
        expect(student.get_by_text("A homework was taken back by its teacher")).to_be_visible()


def test_what_nobody_handed_in_is_graded_by_keyboard(sign_in: SignIn) -> None:
    teacher = sign_in("teacher@oakwood.example")
    student = sign_in("student1@oakwood.example", viewport=PHONE)
    expect(student.get_by_text("Live", exact=True)).to_be_visible()
    write_homework(teacher, "A poem by heart")
    teacher.get_by_role("button", name="Publish now").click()
    teacher.get_by_role("main").get_by_role("link", name="Ada Ashby").press("Enter")
    expect(name_on(teacher)).to_have_text("Ada Ashby")
    keep_picture(teacher, "grading-by-keyboard-desktop")
    with no_reload(student):
        teacher.get_by_label("Score").fill("9")
        teacher.get_by_label("Comment").fill("By heart, to the last line.")
        press(teacher, "Control+Enter")
        expect(teacher.get_by_text("Graded: Ada Ashby.")).to_be_visible()
        expect(name_on(teacher)).to_have_text("Amir Ashby")
        expect(teacher.get_by_label("Score")).to_be_focused()
        toast = student.get_by_role("region", name="What is new").get_by_role("article")
        expect(toast.filter(has_text="Graded 9 of 100: A poem by heart")).to_be_visible()
    go_on_by_keyboard(teacher)


def name_on(page: Page) -> Locator:
    """Whose work is being graded."""
    return page.get_by_role("heading", level=1)


def press(page: Page, keys: str) -> None:
    """Press keys, once the page listens to them: it says which they are from then on."""
    expect(page.get_by_role("definition").filter(has_text="Save and next")).to_be_visible()
    page.keyboard.press(keys)


def go_on_by_keyboard(teacher: Page) -> None:
    """From Amir, whose neighbours have handed in nothing, to the next and back; then his grade."""
    press(teacher, "Alt+ArrowDown")
    expect(name_on(teacher)).to_have_text("Bella Ashby")
    press(teacher, "Alt+ArrowUp")
    expect(name_on(teacher)).to_have_text("Amir Ashby")
    teacher.get_by_label("Score").fill("8")
    press(teacher, "Control+s")
    expect(teacher.get_by_text("Graded: Amir Ashby.")).to_be_visible()
    expect(teacher.get_by_text("nothing in the portal").first).to_be_visible()
    press(teacher, "Alt+ArrowUp")
    expect(name_on(teacher)).to_have_text("Ada Ashby")


def test_a_teacher_grades_on_a_phone_from_the_grade_book(sign_in: SignIn) -> None:
    teacher = sign_in("teacher@oakwood.example", viewport=PHONE)
    write_homework(teacher, "Ten words")
    teacher.get_by_role("button", name="Publish now").click()
    expect(teacher.get_by_role("heading", name="Handed in: 0")).to_be_visible()
    teacher.goto("/")
    teacher.get_by_role("link", name="7A", exact=True).click()
    row = teacher.get_by_role("row").filter(has_text="Ada Ashby")
    row.get_by_role("link", name="not handed in yet grade it").last.click()
    expect(name_on(teacher)).to_have_text("Ada Ashby")
    keep_picture(teacher, "grading-without-work-phone")
    teacher.get_by_label("Score").fill("10")
    teacher.get_by_role("button", name="Save and next").click()
    expect(name_on(teacher)).to_have_text("Amir Ashby")
