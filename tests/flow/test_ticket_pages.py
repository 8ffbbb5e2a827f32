"""The pages of the help desk."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core.live.entries import heads
from core.people.models import User
from core.tickets.models import Priority, Ticket, TicketCategory, TicketState, TicketStep
from core.tickets.timeline import MOST
from tests.flow.desk import (
    ADMIN,
    ANOTHER,
    HEAD,
    SECRET,
    STAFF,
    STRANGE_STAFF,
    Desk,
    desk,
    kinds,
)
from tests.flow.pages import checked, shown
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of

__all__ = ["desk"]


@pytest.fixture
def student(desk: Desk) -> Client:
    return client_of(STUDENT)


@pytest.fixture
def staff(desk: Desk) -> Client:
    return client_of(STAFF)


def filled(desk: Desk, **changed: str) -> dict[str, str]:
    """What the form of a new ticket sends."""
    given = {"category_id": str(desk.category()), "subject": "Lost key", "body": "Locker 114."}
    return given | changed


def send(client: Client, ticket: Ticket, body: str = "", then: str = "comment") -> Any:
    """The answer to the sent word, after redirects."""
    return client.post(f"/tickets/{ticket.pk}", {"body": body, "then": then}, follow=True)


def part(client: Client, path: str, target: str) -> str:
    """What htmx gets for the part of this id."""
    html = shown(client, path, HX_Request="true", HX_Target=target)
    assert "<html" not in html
    assert f'id="{target}"' in html
    return html


def test_opening_a_ticket(desk: Desk, student: Client) -> None:
    assert "New ticket" in shown(student, "/tickets")
    html = shown(student, "/tickets/new")
    assert all(f">{each.name}</option>" in html for each in TicketCategory.objects.all())
    answer = student.post("/tickets/new", filled(desk, priority="true"), follow=True)
    ticket = Ticket.objects.get()
    assert answer.redirect_chain[-1][0] == f"/tickets/{ticket.pk}"
    html = checked(answer)
    assert "Sent." in html
    assert "Ada Ashby opened this ticket." in html
    assert "Locker 114." in html
    assert (ticket.priority, ticket.state) == (Priority.URGENT, TicketState.OPEN)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("subject", "  ", "Say in a few words"),
        ("subject", "\u200b\u2028", "Say in a few words"),
        ("subject", "x" * 201, "at most 200 characters"),
        ("category_id", "", "Choose what it is about."),
        ("category_id", "0", "not one of the available choices"),
        ("body", "x" * 20_001, "at most 20000 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    desk: Desk, student: Client, field: str, text: str, said: str
) -> None:
    answer = student.post("/tickets/new", filled(desk, **{field: text}))
    assert answer.status_code == 422
    html = checked(answer)
    assert said in html
    assert re.search(rf'id="id_{field}"[^>]*aria-describedby="[^"]*id_{field}-error"', html)
    assert "<title>Error: " in html
    assert not Ticket.objects.exists()


def test_a_subject_is_one_line(desk: Desk, student: Client) -> None:
    student.post("/tickets/new", filled(desk, subject="Key\r\nBcc: all@oakwood.example\x07"))
    assert Ticket.objects.get().subject == "Key Bcc: all@oakwood.example"


def test_talking_about_a_ticket(desk: Desk, student: Client, staff: Client) -> None:
    ticket = desk.open()
    html = checked(send(staff, ticket, "Where did you have it <last>?"))
    assert "Sam Stone wrote:" in html
    assert "&lt;last&gt;" in html
    assert "&lt;last&gt;" in shown(student, f"/tickets/{ticket.pk}")
    html = checked(send(student, ticket, "Found it, thanks.", "resolve"))
    assert "Ada Ashby resolved this." in html
    assert "Found it, thanks." in html
    assert 'id="say-reopen"' in html
    assert 'id="say-resolve"' not in html
    html = checked(send(student, ticket, "", "reopen"))
    assert "Ada Ashby opened this again." in html
    assert kinds() == ["Opened", "Commented", "Resolved", "Reopened"]


@pytest.mark.parametrize("then", ["comment", "note"])
def test_nothing_said_is_asked_for(desk: Desk, staff: Client, then: str) -> None:
    ticket = desk.open()
    answer = send(staff, ticket, "  ", then)
    assert answer.status_code == 422
    assert "Write something first." in checked(answer)
    assert send(staff, ticket, "a", "burn").status_code == 422
    assert kinds() == ["Opened"]


def test_what_is_not_possible_any_more_loses_no_words(desk: Desk, student: Client) -> None:
    ticket = desk.resolve(desk.open())
    answer = send(student, ticket, "Not to be lost.", "resolve")
    assert answer.status_code == 422
    html = checked(answer)
    assert "has changed meanwhile" in html
    assert "Not to be lost." in html


def test_notes_are_seen_by_staff_alone(desk: Desk, student: Client, staff: Client) -> None:
    ticket = desk.open()
    assert send(student, ticket, "Let me", "note").status_code == 403
    html = checked(send(staff, ticket, SECRET, "note"))
    assert SECRET in html
    assert "Sam Stone noted, for staff only:" in html
    html = shown(student, f"/tickets/{ticket.pk}")
    assert SECRET not in html
    assert "for staff only" not in html


def test_taking_a_ticket_on_and_giving_it_back(desk: Desk, student: Client, staff: Client) -> None:
    ticket = desk.open()
    path = f"/tickets/{ticket.pk}"
    own = {"assignee_id": str(desk.school.user(STAFF).pk)}
    html = checked(staff.post(f"{path}/assign", own, follow=True))
    assert "Sam Stone looks after this now." in html
    assert 'id="take"' not in html
    assert 'id="take"' in shown(client_of(HEAD), path)
    assert 'id="take"' not in shown(student, path)
    html = checked(staff.post(f"{path}/assign", {"assignee_id": ""}, follow=True))
    assert "Sam Stone gave this back to the desk." in html
    assert student.post(f"{path}/assign", own).status_code == 403
    desk.resolve(ticket)
    html = checked(staff.post(f"{path}/assign", own, follow=True))
    assert "has changed meanwhile" in html


def test_assigning_and_sorting(desk: Desk, staff: Client) -> None:
    ticket = desk.open()
    path = f"/tickets/{ticket.pk}/edit"
    other = TicketCategory.objects.filter(centre=ticket.centre).exclude(pk=ticket.category_id)[0]
    shown(staff, path)
    given = {"subject": "Lost locker key", "category_id": str(other.pk), "priority": "true"}
    given["assignee_id"] = str(desk.school.user(HEAD).pk)
    html = checked(staff.post(path, given, follow=True))
    assert "Sam Stone asked Harper Hill to look after this." in html
    assert "Subject: “Lost locker key”." in html
    assert f"Category: {other.name}." in html
    assert "Priority: Urgent." in html
    before = TicketStep.objects.count()
    staff.post(path, given)
    assert TicketStep.objects.count() == before
    assert staff.post(path, given | {"subject": ""}).status_code == 422
    assert staff.post(path, given | {"assignee_id": "7"}).status_code == 422
    other.active = False
    other.save()
    assert f">{other.name}</option>" in shown(staff, path)
    desk.resolve(ticket)
    assert staff.get(path).status_code == 409


def test_the_desk_shows_what_waits_first(desk: Desk, student: Client, staff: Client) -> None:
    desk.resolve(desk.open("Settled matter"))
    desk.assign(desk.open("Taken matter", TEACHER))
    desk.open("Fresh matter", PARENT)
    desk.open("Burning matter", ANOTHER, priority=Priority.URGENT)

    def order(query: str, client: Client = staff) -> list[str]:
        return re.findall(r"(\w+) matter", shown(client, f"/tickets?{query}"))

    assert order("") == ["Burning", "Fresh", "Taken"]
    assert order("show=all") == ["Burning", "Fresh", "Taken", "Settled"]
    assert order("show=resolved") == ["Settled"]
    assert order("show=mine") == ["Taken"]
    assert order("show=nobodys") == ["Burning", "Fresh"]
    assert order("show=asked") == []
    assert order("show=asked", client_of(HEAD)) == []
    assert order("q=taylor") == ["Taken"]
    assert order("q=%231&show=all") == ["Settled"]
    assert order(f"category={desk.category()}&q=fresh") == ["Fresh"]
    assert order("category=0") == order("show=nonsense") == ["Burning", "Fresh", "Taken"]
    assert order("", student) == order("show=mine", student) == ["Settled"]
    assert "No ticket fits" in shown(staff, "/tickets?q=zebra")


def test_an_empty_list_says_what_comes_next(desk: Desk, student: Client, staff: Client) -> None:
    assert "No tickets yet" in shown(student, "/tickets")
    assert "Nothing waits" in shown(staff, "/tickets")


def test_many_tickets_come_in_pages(desk: Desk, staff: Client) -> None:
    for number in range(31):
        desk.open(f"Matter {number}", ANOTHER)
    html = shown(staff, "/tickets?show=all")
    assert "/tickets/" in html
    assert "?show=all&amp;page=2" in html
    assert "Matter 0<" in shown(staff, "/tickets?show=all&page=2")


def test_parts_renew_themselves(desk: Desk, student: Client, staff: Client) -> None:
    ticket = desk.open()
    html = part(staff, "/tickets?q=key", "tickets-list")
    assert 'hx-get="/tickets?q=key"' in html
    html = part(student, f"/tickets/{ticket.pk}", "ticket-now")
    assert 'id="ticket-buttons" class="ticket-buttons" hx-swap-oob="true"' in html
    assert "hx-swap-oob" not in shown(student, f"/tickets/{ticket.pk}")


def test_the_pages_say_which_stream_to_follow(desk: Desk, student: Client, staff: Client) -> None:
    ticket = desk.open()
    desk.note(ticket)
    desks = f"tickets:{ticket.centre_id}"
    names = [desks, f"ticket:{ticket.pk}", f"ticket-desk:{ticket.pk}"]
    at = heads(names)
    assert f'data-stream="{desks}" data-stream-after="{at[desks]}"' in shown(staff, "/tickets")
    assert "data-stream=" not in shown(student, "/tickets")
    for client, after in ((student, at[names[1]]), (staff, at[names[2]])):
        html = shown(client, f"/tickets/{ticket.pk}")
        assert f'data-stream="ticket:{ticket.pk}" data-stream-after="{after}"' in html


def test_others_tickets_are_not_there(desk: Desk) -> None:
    ticket = desk.open()
    words = {ANOTHER: "There is no such ticket.", STRANGE_STAFF: "No existe esa incidencia."}
    for email, said in words.items():  # each in their centre's language
        client = client_of(email)
        answer = client.get(f"/tickets/{ticket.pk}")
        assert answer.status_code == 404
        assert said in checked(answer)
        assert send(client, ticket, "a").status_code == 404
        assert "Lost key" not in shown(client, "/tickets")
    strange = client_of(STRANGE_STAFF)
    assert strange.get(f"/tickets/{ticket.pk}/edit").status_code == 404
    assert strange.post(f"/tickets/{ticket.pk}/assign", {}).status_code == 404


def test_categories_are_the_admins(desk: Desk, staff: Client) -> None:
    admin = client_of(ADMIN)
    path = "/tickets/categories"
    assert path in shown(admin, "/tickets")
    assert path not in shown(staff, "/tickets")
    assert staff.get(path).status_code == 403
    checked(admin.post(path, {"name": "Library"}, follow=True))
    library = TicketCategory.objects.get(name="Library")
    twice = admin.post(path, {"name": "library"})
    assert twice.status_code == 422
    assert "There is a category of this name already." in checked(twice)
    own = f"{path}/{library.pk}"
    admin.post(own, {"name": "Books"})
    html = checked(admin.post(own, {"active": "no"}, follow=True))
    assert 'value="Books"' in html
    assert "Out of use" in html
    assert ">Books</option>" not in shown(admin, "/tickets/new")
    admin.post(own, {"active": "yes"})
    assert ">Books</option>" in shown(admin, "/tickets/new")
    assert "Give the category a name." in checked(admin.post(own, {"name": " "}, follow=True))
    again = admin.post(own, {"name": "something else"}, follow=True)
    assert "There is a category of this name already." in checked(again)
    assert client_of("admin@riverside.example").post(own, {"name": "x"}).status_code == 404


def test_a_long_story_shows_its_end(desk: Desk, student: Client) -> None:
    ticket = desk.open()
    step = TicketStep.objects.get()
    for _ in range(MOST):
        step.pk = None
        step.what = "released"
        step.save()
    html = shown(student, f"/tickets/{ticket.pk}")
    assert "Earlier steps are not shown here." in html
    assert html.count("gave this back") == MOST


@pytest.mark.parametrize("email", [STUDENT, STAFF])
@pytest.mark.parametrize("path", ["/tickets", "/tickets/{ticket}", "/tickets/new"])
def test_queries_do_not_grow_with_what_is_shown(
    desk: Desk, path: str, email: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        ticket = desk.assign(desk.open(f"Ticket {number}"), HEAD)
        for author in (STUDENT, STAFF, HEAD):
            desk.say(ticket, by=author)
    client = client_of(email)
    with django_assert_max_num_queries(12):
        shown(client, path.format(ticket=ticket.pk))


def test_nothing_personal_stays_in_a_shared_browser(desk: Desk, student: Client) -> None:
    ticket = desk.open()
    for path in ("/tickets", f"/tickets/{ticket.pk}"):
        assert "no-store" in student.get(path).headers["Cache-Control"]


def test_the_way_to_the_tickets_is_on_every_page(desk: Desk, student: Client) -> None:
    assert 'href="/tickets"' in shown(student, "/")
    User.objects.create_user("new@oakwood.example", "x", name="New")
    assert 'href="/tickets"' not in shown(client_of("new@oakwood.example"), "/")
