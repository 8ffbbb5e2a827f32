"""Staff have report cards made and reviewed; a parent reads their child's, and nobody reloads."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageColor
from playwright.sync_api import Page, expect
from pypdfium2 import PdfDocument

from core.reports.asking import FEW
from core.reports.document_pages import WIDTH
from core.reports.formats.pages import picture_of
from tests import ledger
from tests.browser.accessible import main_findings
from tests.browser.conftest import DESKTOP, PHONE, SignIn, keep_picture
from tests.browser.test_every_page import submitted
from tests.browser.test_homework_journey import no_reload
from tests.browser.test_ticket_journey import live
from tests.portal import Person
from tests.servers import RunningStack

OPERATOR = "operator@schoolbell.example"
COMMENT = "Read through. Well done."


@contextmanager
def nobody_makes_reports(stack: RunningStack) -> Iterator[None]:
    """The queue of reports stands still."""
    with Person(stack.base_url, OPERATOR) as operator:
        operator.post("/api/ops/queues/reports/pause").raise_for_status()
        try:
            yield
        finally:
            operator.post("/api/ops/queues/reports/resume").raise_for_status()


def ask_for_cards(staff: Page) -> None:
    staff.goto("/reports")
    staff.get_by_role("link", name="Ask for a report").click()
    staff.get_by_role("link", name="Report cards").click()
    live(staff)
    with no_reload(staff):
        staff.get_by_role("button", name="Show its first rows").click()
        expect(staff.get_by_role("main").get_by_text("Choose at least one.").first).to_be_visible()
        staff.get_by_label("7A").check()
        staff.get_by_role("button", name="Show its first rows").click()
        expect(staff.get_by_role("cell", name="Ada Ashby")).to_be_visible()
        keep_picture(staff, "report-asked-desktop")
    staff.get_by_role("button", name="Ask for it").click()


def pictures(page: Page) -> None:
    """The first page of the document is drawn."""
    image = page.locator("#document img").first
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("naturalWidth", WIDTH)


def test_report_cards_from_request_to_recall(sign_in: SignIn, stack: RunningStack) -> None:
    parent = sign_in("parent1@oakwood.example", viewport=PHONE)
    head = sign_in("head@oakwood.example")
    staff = sign_in("staff@oakwood.example")
    head.goto("/reports/review")
    live(head)
    live(parent)
    with nobody_makes_reports(stack):
        ask_for_cards(staff)
        expect(staff.get_by_text("It is the next one.")).to_be_visible()
        live(staff)
        keep_picture(staff, "report-waiting-desktop")
        staff.evaluate("window.sameDocument = true")
    expect(staff.get_by_role("button", name="Submit for review")).to_be_visible(timeout=60_000)
    assert staff.evaluate("window.sameDocument")
    pictures(staff)
    keep_picture(staff, "report-ready-desktop")
    review(staff, head)
    with Person(stack.base_url, "staff@oakwood.example") as office:
        colour = office.get("/api/centre")["colour"]  # another journey may have chosen one
    release(staff, parent, colour)
    take_back(staff, parent)


def review(staff: Page, head: Page) -> None:
    with no_reload(head):
        staff.get_by_role("button", name="Submit for review").click()
        found = head.get_by_role("main").get_by_role("link", name="Report cards")
        expect(found).to_be_visible()
        keep_picture(head, "report-desk-desktop")
    found.click()
    pictures(head)
    live(staff)
    with no_reload(staff):
        head.get_by_role("button", name="Ask for changes").click()
        expect(head.get_by_text("must say what is to be changed").first).to_be_visible()
        head.get_by_label("Comment").fill(COMMENT)
        head.get_by_role("button", name="Approve").click()
        expect(head.get_by_text("Your review is kept")).to_be_visible()
        expect(staff.locator("#report-now").get_by_text(COMMENT)).to_be_visible()
        keep_picture(staff, "report-approved-desktop")


def release(staff: Page, parent: Page, colour: str) -> None:
    with no_reload(parent):
        staff.get_by_text("Release…").click()
        staff.get_by_label("Guardians, each for their own children").check()
        keep_picture(staff, "report-release-desktop")
        staff.get_by_role("button", name="Yes, release").click()
        expect(staff.get_by_text("Released. Those it is for are being told.")).to_be_visible()
        card = parent.get_by_role("main").get_by_role("link", name="Report cards: Ada Ashby")
        expect(card).to_be_visible()
        keep_picture(parent, "report-for-parent-phone")
    card.click()
    expect(parent.get_by_role("heading", level=1, name="Ada Ashby")).to_be_visible()
    pictures(parent)
    all_can_use(parent)
    keep_picture(parent, "report-card-phone")
    with parent.expect_download() as saved:
        parent.get_by_role("link", name="Save PDF").click()
    assert "Ada Ashby" in saved.value.suggested_filename
    says_its_own(saved.value.path(), colour)


def says_its_own(card: Path, colour: str) -> None:
    """The parent's file: their child's words and figures, in the centre's colour, and no other."""
    with PdfDocument(card) as pdf:
        words = " ".join(pdf[0].get_textpage().get_text_range().split())
    for expected in (
        "Oakwood School",
        "Report cards",
        "Ada Ashby",
        "7A Mathematics 7",
        "Page 1 of",
    ):
        assert expected in words
    assert "Ben Ashby" not in words
    with Image.open(BytesIO(picture_of(card, 1, 800))) as picture:
        seen = {colour for _, colour in picture.convert("RGB").getcolors(2**24) or []}
    assert ImageColor.getrgb(colour) in seen
    assert ImageColor.getrgb("#000000") in seen


def take_back(staff: Page, parent: Page) -> None:
    staff.reload()
    expect(staff.get_by_text("Saved by")).to_be_visible()
    assert list(main_findings(staff)) == []
    staff.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    keep_picture(staff, "report-released-desktop")
    live(parent)
    staff.get_by_text("Recall…").click()
    staff.get_by_role("button", name="Yes, take it back").click()
    expect(parent.get_by_role("heading", name="This report was taken back")).to_be_visible()


def test_a_teacher_asks_on_a_phone_with_the_keyboard(sign_in: SignIn) -> None:
    teacher = sign_in("teacher@oakwood.example", viewport=PHONE)
    teacher.goto("/reports/new?kind=class_progress")
    live(teacher)
    expect(teacher.get_by_label("7A")).to_be_checked()
    all_can_use(teacher)
    expect(teacher.get_by_text("byte order mark")).to_be_hidden()
    teacher.get_by_label("PDF").focus()
    for _ in range(2):
        teacher.keyboard.press("ArrowDown")
    expect(teacher.get_by_label("CSV", exact=True)).to_be_checked()
    expect(teacher.get_by_text("byte order mark")).to_be_visible()
    ask_for_days(teacher, "2001-01-01", "2000-01-01")
    expect(teacher.get_by_text("The period ends before it begins.")).to_be_visible()
    keep_picture(teacher, "report-form-phone")
    ask_for_days(teacher, "2029-01-01", "2030-01-01")
    live(teacher)
    expect(teacher.get_by_role("cell", name="Ada Ashby")).to_be_visible(timeout=60_000)
    all_can_use(teacher)
    keep_picture(teacher, "report-table-phone")
    teacher.goto("/reports")
    made = teacher.get_by_role("main").get_by_role("link", name="Class progress")
    expect(made.first).to_be_visible()  # beside what others have asked for
    keep_picture(teacher, "reports-phone")


def ask_for_days(page: Page, since: str, until: str) -> None:
    page.get_by_label("From", exact=True).fill(since)
    page.get_by_label("To", exact=True).fill(until)
    page.keyboard.press("Enter")


def all_can_use(page: Page) -> None:
    """Nothing is wrong with the page for anybody; it is a phone's again thereafter."""
    assert list(main_findings(page)) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]


def test_a_long_list_is_searched_with_the_keyboard(sign_in: SignIn, stack: RunningStack) -> None:
    with Person(stack.base_url, "admin@riverside.example") as admin:
        for number in range(FEW):
            admin.post("/api/classes", {"name": f"Año {number}"}).raise_for_status()
    staff = sign_in("staff@riverside.example", viewport=PHONE)
    staff.goto("/reports/new?kind=report_cards")
    expect(staff.locator("#live[data-state=live]")).to_be_visible()
    all_can_use(staff)
    choices = staff.get_by_role("group", name="Clases")
    all_classes = choices.get_by_role("checkbox").count()
    choices.get_by_role("searchbox").focus()
    staff.keyboard.type("ano 1")
    expect(choices.get_by_role("checkbox")).to_have_count(3)  # 1, 10 and 11
    staff.keyboard.press("Enter")  # sends nothing
    staff.keyboard.press("Tab")
    staff.keyboard.press("Space")
    expect(choices.get_by_role("status")).to_have_text("1 elegidos, 3 a la vista")
    keep_picture(staff, "report-search-phone")
    with no_reload(staff):
        staff.get_by_role("button", name="Ver las primeras filas").click()
        expect(staff.get_by_role("heading", name="Sus primeras filas")).to_be_visible()
        expect(choices.get_by_role("checkbox")).to_have_count(all_classes)
        expect(choices.get_by_role("status")).to_have_text(f"1 elegidos, {all_classes} a la vista")


def test_a_page_of_what_is_recalled_asks_for_it_no_more(
    sign_in: SignIn, stack: RunningStack
) -> None:
    parent = sign_in("parent1@oakwood.example", viewport=PHONE)
    with Person(stack.base_url, "head@oakwood.example") as head:
        path = released_cards(stack, head)
        page = path.replace("/api/reports", "/reports/released")
        with parent.expect_websocket() as opened:
            parent.goto(page)
        live(parent)
        with no_reload(parent):
            # From here on: the next heartbeat looks at the parent, too.
            with opened.value.expect_event("framereceived", lambda said: "not_allowed" in said):
                head.post(f"{path}/recall").raise_for_status()
                gone = parent.get_by_role("heading", name="This report was taken back")
                expect(gone).to_be_visible()
                look_again_at_parent(stack)
            parent.evaluate("fetch('/healthz')")  # by then a page that leaves has left
    opened_again = parent.request.get(page)
    assert opened_again.status == 404
    assert "This report was taken back" in opened_again.text()


def released_cards(stack: RunningStack, head: Person) -> str:
    """The path of report cards of 7A that guardians can read."""
    with Person(stack.base_url, "staff@oakwood.example") as staff:
        (school_class, *_) = staff.get("/api/classes", q="7A")["items"]
        (term, *_) = staff.get("/api/terms")["items"]
        params = {"classes": [school_class["id"]], "term": term["id"]}
        path = submitted(staff, {"kind": "report_cards", "params": params, "format": "html"})
    head.post(f"{path}/review", {"decision": "approve"}).raise_for_status()
    head.post(f"{path}/release", {"audience": ["guardians"]}).raise_for_status()
    return path


def look_again_at_parent(stack: RunningStack) -> None:
    """Their roles change, and change back: it is looked at anew what they may read."""
    ((parent_id,),) = ledger.ask(
        stack, "SELECT id FROM people_user WHERE email = 'parent1@oakwood.example'"
    )
    with Person(stack.base_url, "admin@oakwood.example") as admin:
        for roles in (["parent", "student"], ["parent"]):
            admin.http.put(
                f"/api/people/{parent_id}/roles",
                json={"roles": roles},
                headers={"X-CSRFToken": admin.http.cookies["csrftoken"]},
            ).raise_for_status()
