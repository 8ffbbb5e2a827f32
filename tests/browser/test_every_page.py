"""Every page that a role can open: it answers, complains of nothing, and everybody can use it.

`make sweep` opens all pages of all roles; `make test` those of who is not signed in, and otherwise
leaves the looking to the journeys.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from core.people.models import Role
from core.permissions import RULES
from core.permissions.rule import Rule
from tests import ledger
from tests.browser.accessible import SORTS, findings, main_findings, narrow_findings
from tests.browser.conftest import DESKTOP, SignIn, keep_picture
from tests.browser.long_words import long_words
from tests.browser.tabs import complaints_in
from tests.portal import Person
from tests.servers import RunningStack, wait_for

# Whose pages: by role, an address of the demo school.
PEOPLE: Final[dict[str, str]] = {
    Role.STUDENT: "student1@oakwood.example",
    Role.PARENT: "parent1@oakwood.example",
    Role.TEACHER: "teacher@oakwood.example",
    Role.STAFF: "staff@oakwood.example",
    Role.HEAD: "head@oakwood.example",
    Role.ADMIN: "admin@oakwood.example",
    "operator": "operator@schoolbell.example",
    "viewer": "viewer@schoolbell.example",
}
# What fills a route's parameter: a query for one of oakwood's, `%s` for the address of who asks.
# A parameter that is not here makes its pages unseen, which fails below.
FILLINGS: Final[dict[str, str]] = {
    "centre_id": "SELECT min(id) FROM people_centre",
    "class_id": "SELECT min(id) FROM classes_schoolclass WHERE name = '7A'",
    "course_id": "SELECT min(id) FROM classes_course",
    "enrolment_id": "SELECT min(id) FROM classes_enrolment",
    "term_id": "SELECT min(id) FROM calendar_term",
    "closed_day_id": "SELECT min(id) FROM calendar_closedday",
    "homework_id": "SELECT id FROM homework_homework WHERE title = 'Every page'",
    "submission_id": (
        "SELECT max(submission.id) FROM submissions_submission submission"
        " JOIN homework_homework homework ON homework.id = homework_id WHERE title = 'Every page'"
    ),
    "ticket_id": (
        "SELECT min(ticket.id) FROM tickets_ticket ticket JOIN people_user person"
        " ON person.id = requester_id WHERE email = %s OR %s ~ '^(staff|head|admin)@'"
    ),
    "room_id": (  # of the class, and of its families
        "SELECT min(room.id) FROM rooms_room room JOIN people_centre centre"
        " ON centre.id = centre_id WHERE slug = 'oakwood' AND audience ="
        " CASE WHEN %s ~ '^parent' THEN 'families' ELSE 'class' END"
    ),
    "said_id": (  # people change their own alone, and some have said nothing
        "SELECT min(message.id::text) FROM rooms_message message JOIN people_user person"
        " ON person.id = author_id WHERE email = %s AND removed_at IS NULL"
    ),
    "board_id": (  # in the room of the class, or of its families
        "SELECT min(board.id) FROM boards_board board JOIN rooms_room room ON room.id = room_id"
        " WHERE board.name = 'Every page' AND audience ="
        " CASE WHEN %s ~ '^parent' THEN 'families' ELSE 'class' END"
    ),
    "person_id": "SELECT id FROM people_user WHERE email = 'parent1@oakwood.example'",
    "student_id": (  # oneself, or one's child; for others somebody who has handed in nothing
        "SELECT coalesce(max(person.id) FILTER (WHERE email = replace(%s, 'parent', 'student')),"
        " max(person.id)) FROM people_user person JOIN classes_enrolment ON student_id = person.id"
        " JOIN people_centre centre ON centre.id = centre_id WHERE slug = 'oakwood'"
    ),
    "report_id": (  # cards for families, the rest for staff
        "SELECT max(id) FROM reports_report WHERE state = 'released' AND kind = CASE"
        " WHEN %s ~ '^(student|parent)' THEN 'report_cards' ELSE 'class_progress' END"
    ),
    "import_id": "SELECT max(id) FROM imports_peopleimport",
    "event_id": "SELECT min(id::text) FROM event WHERE kind = 'HomeworkPublished'",
    "notice_id": (  # people see their own alone, and some have none
        "SELECT min(notice.id) FROM notices_notice notice JOIN people_user person"
        " ON person.id = person_id WHERE email = %s"
    ),
    "name": "SELECT 'homework'",  # a panel of the first page
    "part": "SELECT 'queues'",  # of the operations page
    "queue": "SELECT 'email'",
    "group_id": "SELECT min(id) FROM ops_dead_letter_group",
}
LETTER: Final = """
WITH event AS (
    INSERT INTO event (id, kind, version, centre_id, subject, payload, request_id)
    SELECT gen_random_uuid(), 'PasswordChanged', 1, 0, '',
        json_build_object('centre_id', 0, 'user_id', id, 'by_reset', false), ''
    FROM people_user WHERE email = 'teacher@oakwood.example' RETURNING id
)
INSERT INTO delivery
    (event_id, centre_id, handler, key, state, attempt, detail, cause, finished_at)
SELECT id, 0, 'email.mail_password_changed', '', 'dead', 8, 'OSError: no', 'OSError: no', now()
FROM event
"""
# Routes that no visit can fill, and why.
MAILED: Final = "its token comes by mail; a journey or a flow test follows the link"
UNSEEN: Final[dict[str, str]] = {
    "join/<str:token>": MAILED,
    "confirm-email/<str:token>": MAILED,
    "unsubscribe/<str:token>": MAILED,
    "reports/<int:report_id>/file": "a file, not a page",
    "reports/<int:report_id>/view": "what was made, in a frame of the report's page",
    "reports/<int:report_id>/pages/<int:page>.png": "a picture on the report's page",
    "files/<int:file_id>": "a file, not a page",
    "files/<int:file_id>/thumbnail": "a picture, not a page",
    "files/<int:file_id>/picture": "a part of a page",
    "ops/backups": "a part of a page",
    "rooms/<int:room_id>/news": "parts of a page",
    "boards/<int:board_id>/picture.svg": "a file, not a page",
    "mailbox/<str:mail_id>": "a mail has come or not; the homework journey looks at one",
    "mailbox/<str:mail_id>/html": "a stranger's mail, in a frame",
}
# (route, role): allowed by the table, refused by the thing itself.
REFUSED: Final[set[tuple[str, str]]] = {
    ("centre.css", "nobody"),  # who is not signed in is in no centre
    ("ops/access", "nobody"),  # the answer is who is let through
}
# No pages for people.
PROGRAMS: Final = ("api/", "healthz", "readyz", "metrics")
Look = Callable[[Page], Iterator[str]]
Seen = defaultdict[Look, set[str]]  # the sorts of elements that were looked at already, and how
PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")


def page_routes() -> list[str]:
    """The routes of all pages."""
    lines = (line.partition(" ") for line in RULES)
    return [route for verb, _, route in lines if verb == "GET" and not route.startswith(PROGRAMS)]


def may(rule: Rule, role: str) -> bool:
    """Whether the table lets a role in."""
    if rule.operator or rule.viewer:
        return role == "operator" or (rule.viewer and role == "viewer")
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


@pytest.mark.parametrize(
    ("look", "dark", "unfolded"),
    [(findings, "desktop, dark", "unfolded"), (main_findings, "phone, dark", "desktop, light")],
)
def test_what_is_wrong_is_seen(browser: Browser, look: Look, dark: str, unfolded: str) -> None:
    page = browser.new_page(viewport=DESKTOP)  # type: ignore[arg-type]
    page.set_content(FAULTY)
    found = "\n".join(look(page))
    page.close()
    for expected in (
        "desktop, light: color-contrast",
        f"{dark}: color-contrast (serious): ['h1']",
        f"{unfolded}: label (critical): ['input']",
        "scrolls sideways by",
    ):
        assert expected in found


@pytest.fixture(scope="module")
def school(stack: RunningStack) -> RunningStack:
    """The demo school with something on each page."""
    with Person(stack.base_url, PEOPLE[Role.TEACHER]) as teacher:
        homework_id = teacher.draft("Every page")
        teacher.publish(homework_id)
        teacher.draft("A draft")
    with Person(stack.base_url, PEOPLE[Role.STUDENT]) as student:
        student.post(f"/api/homework/{homework_id}/submissions", {"body": "Done."})
    with Person(stack.base_url, PEOPLE[Role.PARENT]) as parent:
        (category, *_) = parent.get("/api/ticket-categories")["items"]
        about = {"category_id": category["id"], "subject": "Lost key", "body": "In the hall."}
        parent.post("/api/tickets", about).raise_for_status()
    with Person(stack.base_url, PEOPLE[Role.ADMIN]) as admin:
        table = {"file": ("people.csv", admin.http.get("/imports/sample.csv").content, "text/csv")}
        token = admin.http.cookies["csrftoken"]
        sent = admin.http.post("/api/imports", files=table, headers={"X-CSRFToken": token})
        sent.raise_for_status()
    draw_on_boards(stack)
    release_reports(stack)
    ledger.change(stack, LETTER)
    told = "SELECT count(*) FROM notices_notice WHERE title LIKE '%%Every page'"
    wait_for(lambda: ledger.ask(stack, told)[0][0] >= 60, what="the notices")
    return stack


def draw_on_boards(stack: RunningStack) -> None:
    """A board with a line of each colour in the room of the class, and in that of its families."""
    with Person(stack.base_url, PEOPLE[Role.TEACHER]) as teacher:
        for audience in ("class", "families"):
            given = next(
                each
                for each in teacher.get("/api/rooms", closed=False)["items"]
                if each["audience"] == audience
            )
            opened = teacher.post(f"/api/rooms/{given['id']}/boards", {"name": "Every page"})
            path = f"/api/boards/{opened.raise_for_status().json()['id']}/strokes"
            for at, colour in enumerate(("ink", "red", "blue", "green", "orange", "purple")):
                line = {"points": [[100, 99 * at], [900, 150 * at]], "colour": colour, "width": 8}
                teacher.post(path, line).raise_for_status()


def release_reports(stack: RunningStack) -> None:
    """A class progress for staff and report cards for families; one more waits for its review."""
    with (
        Person(stack.base_url, PEOPLE[Role.TEACHER]) as teacher,
        Person(stack.base_url, PEOPLE[Role.HEAD]) as head,
    ):
        (school_class, *_) = teacher.get("/api/classes")["items"]
        (term, *_) = teacher.get("/api/terms")["items"]
        classes = {"classes": [school_class["id"]]}
        days = {"since": term["begins"], "until": term["ends"]}
        progress = {"kind": "class_progress", "params": classes | days, "format": "pdf"}
        cards = {"kind": "report_cards", "params": classes | {"term": term["id"]}, "format": "html"}
        for asked, audience in ((progress, ["staff"]), (cards, ["guardians", "pupils"])):
            path = submitted(teacher, asked)
            said = {"decision": "approve", "comment": "Well done."}
            head.post(f"{path}/review", said).raise_for_status()
            head.post(f"{path}/release", {"audience": audience}).raise_for_status()
        submitted(teacher, progress | {"format": "csv"})


def submitted(by: Person, asked: dict[str, Any]) -> str:
    """The path of a report that was made, and waits for its review."""
    path = f"/api/reports/{by.post('/api/reports', asked).raise_for_status().json()['id']}"
    # What makes reports leaves the processors to all others.
    wait_for(lambda: by.get(path)["state"] == "ready", seconds=90, what="the report")
    by.post(f"{path}/submit").raise_for_status()
    return path


def roles_for(route: str) -> list[str]:
    """Who may open it signed in, and sees something."""
    rule = RULES[f"GET {route}"]
    if not rule.signed_in or route in UNSEEN:
        return []
    return [role for role in PEOPLE if may(rule, role) and (route, role) not in REFUSED]


def paths_for(stack: RunningStack, role: str) -> Iterator[tuple[str, str]]:
    """Each route that the role may open, with a path that leads to something."""
    email = PEOPLE[role]
    for route in page_routes():
        if role not in roles_for(route):
            continue
        filling = {name: filled(stack, name, email) for name in PARAMETER.findall(route)}
        if all(filling.values()):
            yield route, "/" + PARAMETER.sub(r"{\1}", route).format(**filling)


def filled(stack: RunningStack, parameter: str, email: str) -> str:
    """What stands for a parameter; '' when this person has nothing of the kind."""
    query = FILLINGS[parameter]
    ((found,),) = ledger.ask(stack, query, *([email] * query.count("%s")))
    return "" if found is None else str(found)


class Visitor:
    """Goes from page to page, and notes what is wrong; looks anew at each sort of element."""

    def __init__(self, page: Page, look: Look, seen: Seen) -> None:
        self.page = page
        self.wrong: list[str] = []
        self._look = look
        self._seen = seen[look]
        page.on("console", lambda message: self.wrong.extend(complaints_in(message)))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def finds_page(self, path: str) -> bool:
        """Whether there is a page, and not a part of one or a file; an answer there must be."""
        answer = self.page.request.get(path)
        if answer.status != 200:
            self.wrong.append(f"{path}: {answer.status}")
            return False
        is_html = answer.headers.get("content-type", "").startswith("text/html")
        return is_html and answer.text().lstrip().lower().startswith("<!doctype html>")

    def look_at(self, path: str, name: str) -> None:
        """Open a page, look at it, and keep a picture.

        Of one whose elements were all seen on another page, of whatever role, only what it says can
        be wrong.
        """
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        self.page.goto(path, wait_until="load")
        sorts = set(self.page.evaluate(SORTS))
        if sorts <= self._seen:
            self.wrong += [f"{path}: {each}" for each in narrow_findings(self.page)]
            return
        self.wrong += [f"{path}: {each}" for each in self._look(self.page)]
        self._seen.update(sorts)
        keep_picture(self.page, f"every-page-{name}")

    def narrow(self, path: str) -> None:
        """Open a page on a narrow phone, and look whether it fits."""
        self.page.goto(path, wait_until="load")
        self.wrong += [f"{path}: {each}" for each in narrow_findings(self.page)]


def name_of(route: str) -> str:
    """What a picture of a route's page is called."""
    return re.sub(r"[^a-z]+", "-", route).strip("-") or "home"


@pytest.fixture(scope="module")
def seen() -> Seen:
    return defaultdict(set)


@pytest.mark.sweep
@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_of_a_role(school: RunningStack, sign_in: SignIn, seen: Seen, role: str) -> None:
    visitor = Visitor(sign_in(PEOPLE[role]), findings, seen)
    for route, path in paths_for(school, role):
        if visitor.finds_page(path):
            visitor.look_at(path, f"{role}-{name_of(route)}")
    assert visitor.wrong == []


@pytest.mark.sweep
@pytest.mark.timeout(300)
def test_every_page_fits_a_phone_whatever_people_write(
    school: RunningStack, sign_in: SignIn, seen: Seen
) -> None:
    paths = {role: dict(paths_for(school, role)) for role in PEOPLE}
    left = {route for role in PEOPLE for route in paths[role]}
    wrong = []
    with long_words(school, homework="Every page", teacher=PEOPLE[Role.TEACHER]):
        for role in PEOPLE:
            visitor = Visitor(sign_in(PEOPLE[role]), narrow_findings, seen)
            for route, path in paths[role].items():
                if (route in left or not route) and visitor.finds_page(path):
                    visitor.narrow(path)
                left.discard(route)
            wrong += visitor.wrong
    assert wrong == []


def opened_by_nobody(stack: RunningStack, browser: Browser, look: Look, seen: Seen) -> None:
    """What somebody sees who is not signed in."""
    context = browser.new_context(base_url=stack.base_url)
    visitor = Visitor(context.new_page(), look, seen)
    for route in page_routes():
        is_open = not RULES[f"GET {route}"].signed_in and route not in UNSEEN
        is_open = is_open and (route, "nobody") not in REFUSED
        if is_open and visitor.finds_page(f"/{route}"):
            visitor.look_at(f"/{route}", f"nobody-{name_of(route)}")
    visitor.look_at("/mailbox/there-is-none", "nobody-nothing-there")
    context.close()
    assert [each for each in visitor.wrong if "status of 404" not in each] == []


def test_every_page_for_who_is_not_signed_in(
    stack: RunningStack, browser: Browser, seen: Seen
) -> None:
    opened_by_nobody(stack, browser, main_findings, seen)


@pytest.mark.sweep
def test_every_page_of_who_is_not_signed_in(
    school: RunningStack, browser: Browser, seen: Seen
) -> None:
    opened_by_nobody(school, browser, findings, seen)
