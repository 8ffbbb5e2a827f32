"""Every page that a role can open: it answers, complains of nothing, and everybody can use it."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from core.people.models import Role
from core.permissions import RULES, Rule
from tests import ledger
from tests.browser.accessible import findings
from tests.browser.conftest import DESKTOP, SignIn, complaints_in, keep_picture
from tests.clock import in_a_week
from tests.portal import Person
from tests.servers import RunningStack

# Whose pages: by role, an address of the demo school.
PEOPLE: Final[dict[str, str]] = {
    Role.STUDENT: "student1@oakwood.example",
    Role.PARENT: "parent1@oakwood.example",
    Role.TEACHER: "teacher@oakwood.example",
    Role.STAFF: "staff@oakwood.example",
    Role.HEAD: "head@oakwood.example",
    Role.ADMIN: "admin@oakwood.example",
    "operator": "operator@schoolbell.example",
}
# What fills a route's parameter: a query for one of oakwood's, `%s` for the address of who asks.
# A parameter that is not here makes its pages unseen, which fails below.
FILLINGS: Final[dict[str, str]] = {
    "class_id": "SELECT min(id) FROM classes_schoolclass WHERE name = '7A'",
    "homework_id": "SELECT id FROM homework_homework WHERE title = 'Every page'",
    "name": "SELECT 'homework'",  # a panel of the first page
}
# Routes that no visit can fill, and why.
UNSEEN: Final[dict[str, str]] = {
    "mailbox/<str:mail_id>": "a mail has come or not; the homework journey looks at one",
    "mailbox/<str:mail_id>/html": "a stranger's mail, in a frame",
}
# (route, role): allowed by the table, refused by the thing itself.
REFUSED: Final[set[tuple[str, str]]] = set()
# No pages for people.
PROGRAMS: Final = ("api/", "healthz", "readyz", "metrics")
PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")


def page_routes() -> list[str]:
    """The routes of all pages."""
    lines = (line.partition(" ") for line in RULES)
    return [route for verb, _, route in lines if verb == "GET" and not route.startswith(PROGRAMS)]


def may(rule: Rule, role: str) -> bool:
    """Whether the table lets a role in."""
    if rule.operator:
        return role == "operator"
    return not rule.member or (role in Role.values and Role(role) in rule.roles)


def test_every_page_can_be_filled() -> None:
    unknown = {
        route: lacking
        for route in page_routes()
        if route not in UNSEEN and (lacking := set(PARAMETER.findall(route)) - set(FILLINGS))
    }
    assert unknown == {}, "add to FILLINGS, or to UNSEEN with the reason"


FAULTY: Final = """<!doctype html><html lang="en"><title>Faulty</title><style>
body { background: #ffffff } p { color: #cccccc; width: 500px }
@media (prefers-color-scheme: dark) { h1 { color: #eeeeee } }
</style><main><h1>Faulty</h1><p>Pale</p><details><summary>More</summary><input></details></main>"""


def test_what_is_wrong_is_seen(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(FAULTY)
    found = "\n".join(findings(page))
    page.close()
    for expected in (
        "desktop, light: color-contrast",
        "desktop, dark: color-contrast (serious): ['h1']",
        "unfolded: label (critical): ['input']",
        "scrolls sideways by",
    ):
        assert expected in found


@pytest.fixture(scope="module")
def school(stack: RunningStack) -> RunningStack:
    """The demo school with something on each page."""
    with Person(stack.base_url, PEOPLE[Role.TEACHER]) as teacher:
        class_id = ledger.ask(stack, FILLINGS["class_id"])[0][0]
        draft = {"title": "Every page", "body": "Page 12.", "due_at": in_a_week().isoformat()}
        homework = teacher.post(f"/api/classes/{class_id}/homework", draft).json()
        teacher.post(f"/api/homework/{homework['id']}/publish")
        teacher.post(f"/api/classes/{class_id}/homework", draft | {"title": "A draft"})
    return stack


def paths_for(stack: RunningStack, role: str, email: str) -> Iterator[tuple[str, str]]:
    """Each route that the role may open, with a path that leads to something."""
    for route in page_routes():
        rule = RULES[f"GET {route}"]
        if not rule.signed_in or route in UNSEEN or not may(rule, role) or (route, role) in REFUSED:
            continue
        path = PARAMETER.sub(lambda found: filled(stack, found[1], email), route)
        yield route, f"/{path}"


def filled(stack: RunningStack, parameter: str, email: str) -> str:
    """What stands for a parameter."""
    query = FILLINGS[parameter]
    return str(ledger.ask(stack, query, *([email] * query.count("%s")))[0][0])


def is_whole_page(page: Page, path: str) -> bool:
    """Whether there is a page, and not a part of one or a file; the status must be 200."""
    answer = page.request.get(path)
    assert answer.status == 200, f"{path}: {answer.status}"
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    return is_html and answer.text().lstrip().lower().startswith("<!doctype html>")


class Visitor:
    """Goes from page to page, and notes what is wrong."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        page.on("console", lambda message: self.wrong.extend(complaints_in(message)))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def look_at(self, path: str, name: str) -> None:
        """Open a page, look at it in all ways, and keep a picture."""
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        self.page.goto(path, wait_until="load")
        self.wrong += [f"{path}: {each}" for each in findings(self.page)]
        keep_picture(self.page, f"every-page-{name}")


def name_of(route: str) -> str:
    """What a picture of a route's page is called."""
    return re.sub(r"[^a-z]+", "-", route).strip("-") or "home"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_of_a_role(school: RunningStack, sign_in: SignIn, role: str) -> None:
    visitor = Visitor(sign_in(PEOPLE[role]))
    for route, path in paths_for(school, role, PEOPLE[role]):
        if is_whole_page(visitor.page, path):
            visitor.look_at(path, f"{role}-{name_of(route)}")
    assert visitor.wrong == []


@pytest.mark.timeout(300)
def test_every_page_of_who_is_not_signed_in(school: RunningStack, browser: Browser) -> None:
    context = browser.new_context(base_url=school.base_url)
    visitor = Visitor(context.new_page())
    for route in page_routes():
        is_open = not RULES[f"GET {route}"].signed_in and route not in UNSEEN
        if is_open and is_whole_page(visitor.page, f"/{route}"):
            visitor.look_at(f"/{route}", f"nobody-{name_of(route)}")
    visitor.look_at("/mailbox/there-is-none", "nobody-nothing-there")
    context.close()
    assert [each for each in visitor.wrong if "status of 404" not in each] == []
