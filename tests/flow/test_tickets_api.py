"""Tickets through the API."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core import clock
from core.isolation.scope import everywhere, nowhere, within_centre
from core.people.models import Centre, User
from core.refusals import ConflictError
from core.tickets import actions
from core.tickets.demo import load_demo_tickets
from core.tickets.models import (
    Ticket,
    TicketCategory,
    TicketComment,
    TicketCounter,
    TicketState,
    TicketStep,
)
from core.tickets.transitions import TRANSITIONS, Act, becomes
from tests.flow.conftest import School
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
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, ids, patch, post

__all__ = ["desk"]

TOO_LARGE = 2**63


@pytest.fixture
def student(desk: Desk) -> Client:
    return client_of(STUDENT)


@pytest.fixture
def staff(desk: Desk) -> Client:
    return client_of(STAFF)


def body(desk: Desk, **changed: Any) -> dict[str, Any]:
    """A ticket as a client sends it."""
    given = {"category_id": str(desk.category()), "subject": "Lost key", "body": "Locker 114."}
    return given | changed


def test_from_opening_to_reopening(desk: Desk, student: Client, staff: Client) -> None:
    opened = post(student, "/api/tickets", body(desk, subject=" Lost key ", priority="urgent"))
    assert opened.status_code == 201
    ticket = opened.json()
    assert (ticket["number"], ticket["subject"], ticket["state"]) == (1, "Lost key", "open")
    assert (ticket["priority"], ticket["assignee"]) == ("urgent", None)
    assert ticket["requester"]["name"] == "Ada Ashby"
    path = f"/api/tickets/{ticket['id']}"
    assert ticket["stream"] == f"ticket:{ticket['id']}"

    sam = str(desk.school.user(STAFF).pk)
    taken = post(staff, f"{path}/assign", {"assignee_id": sam}).json()
    assert (taken["state"], taken["assignee"]["id"]) == ("in_progress", sam)
    assert patch(staff, path, {"priority": "normal"}).json()["priority"] == "normal"
    said = post(staff, f"{path}/comments", {"body": "We look."})
    assert said.status_code == 201
    assert said.json()["internal"] is False
    resolved = post(student, f"{path}/resolve", {"comment": "Found it."}).json()
    assert resolved["state"] == "resolved"
    assert resolved["resolved_at"]
    again = post(student, f"{path}/reopen").json()
    assert (again["state"], again["resolved_at"]) == ("open", None)
    assert again["assignee"]["id"] == sam
    freed = post(staff, f"{path}/assign", {"assignee_id": None}).json()
    assert (freed["state"], freed["assignee"]) == ("open", None)

    comments = student.get(f"{path}/comments").json()["items"]
    assert [each["body"] for each in comments] == ["We look.", "Found it."]


def test_each_step_is_an_event_and_a_line_of_the_history(desk: Desk, student: Client) -> None:
    ticket = desk.assign(desk.open(priority="urgent"))
    by = desk.school.actor(STAFF)
    actions.edit_ticket(ticket_id=ticket.pk, priority="normal", by=by)
    desk.say(ticket)
    actions.release_ticket(ticket_id=ticket.pk, by=by)
    desk.resolve(ticket)
    desk.reopen(ticket)
    history = student.get(f"/api/tickets/{ticket.pk}/history").json()["items"]
    steps = ["Opened", "Assigned", "Changed", "Commented", "Released", "Resolved", "Reopened"]
    assert kinds() == steps
    assert [each["what"] for each in history] == [step.lower() for step in steps]
    assert history[2]["detail"] == {"priority": ["urgent", "normal"]}
    assert history[2]["by"]["name"] == "Sam Stone"


@pytest.mark.parametrize("state", list(TicketState))
@pytest.mark.parametrize("act", list(Act))
def test_what_is_not_in_the_table_is_a_conflict(state: TicketState, act: Act) -> None:
    if (state, act) in TRANSITIONS:
        assert becomes(state, act) == TRANSITIONS[state, act]
    else:
        with pytest.raises(ConflictError, match=act.value):
            becomes(state, act)


def test_conflicts(desk: Desk, student: Client, staff: Client) -> None:
    path = f"/api/tickets/{desk.open().pk}"
    assert_problem(post(student, f"{path}/reopen"), 409)
    assert post(staff, f"{path}/resolve").status_code == 200
    assert_problem(post(staff, f"{path}/resolve"), 409)
    sam = str(desk.school.user(STAFF).pk)
    assert_problem(post(staff, f"{path}/assign", {"assignee_id": sam}), 409)
    assert_problem(patch(staff, path, {"priority": "urgent"}), 409)
    assert post(student, f"{path}/comments", {"body": "Thank you!"}).status_code == 201
    assert staff.get(path).json()["state"] == "resolved"


def test_a_requester_may_reopen_for_thirty_days(desk: Desk, student: Client, staff: Client) -> None:
    ticket = desk.resolve(desk.open())
    Ticket.objects.update(resolved_at=clock.now() - timedelta(days=30))
    found = assert_problem(post(student, f"/api/tickets/{ticket.pk}/reopen"), 409)
    assert "more than 30 days ago" in found["detail"]
    Ticket.objects.update(resolved_at=clock.now() - timedelta(days=29, hours=23))
    assert post(student, f"/api/tickets/{ticket.pk}/reopen").status_code == 200

    desk.resolve(ticket)
    Ticket.objects.update(resolved_at=clock.now() - timedelta(days=300))
    assert post(staff, f"/api/tickets/{ticket.pk}/reopen").status_code == 200


WRONG: list[tuple[str, Any]] = [
    ("subject", ""),
    ("subject", "  "),
    ("subject", "x" * 201),
    ("subject", "a\nBcc: all@oakwood.example"),
    ("subject", "a\u2028b"),
    ("subject", "\ud800"),
    ("subject", None),
    ("body", "x" * 20_001),
    ("body", "a\0b"),
    ("priority", "high"),
    ("category_id", "0"),
    ("category_id", "none"),
    ("category_id", "9" * 21),
    ("category_id", str(TOO_LARGE)),
    ("category_id", 1),
    ("category_id", None),
    ("state", "resolved"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_no_ticket_can_be(
    desk: Desk, student: Client, staff: Client, field: str, value: Any
) -> None:
    ticket = desk.open()
    answers = [post(student, "/api/tickets", body(desk, **{field: value}))]
    if field in ("subject", "priority", "category_id"):
        answers.append(patch(staff, f"/api/tickets/{ticket.pk}", {field: value}))
    for answer in answers:
        found = assert_problem(answer, 422)
        assert [fault["loc"] for fault in found["errors"]] == [["body", field]]
    assert list(Ticket.objects.values_list("subject", flat=True)) == ["Lost key"]


@pytest.mark.parametrize(
    ("act", "sent", "field"),
    [
        ("comments", {"body": ""}, "body"),
        ("comments", {"body": " \n"}, "body"),
        ("comments", {"body": "a\0"}, "body"),
        ("comments", {"body": "a", "internal": "yes"}, "internal"),
        ("resolve", {"comment": "x" * 20_001}, "comment"),
        ("assign", {}, "assignee_id"),
        ("assign", {"assignee_id": "0"}, "assignee_id"),
        ("assign", {"assignee_id": "x"}, "assignee_id"),
    ],
)
def test_what_cannot_be_done_to_a_ticket(
    desk: Desk, staff: Client, act: str, sent: dict[str, Any], field: str
) -> None:
    found = assert_problem(post(staff, f"/api/tickets/{desk.open().pk}/{act}", sent), 422)
    assert {fault["loc"][1] for fault in found["errors"]} == {field}


@pytest.mark.parametrize("email", [STUDENT, STRANGE_STAFF, "gone@oakwood.example"])
def test_only_active_staff_of_the_centre_look_after_tickets(
    desk: Desk, staff: Client, email: str
) -> None:
    if email.startswith("gone"):
        User.objects.filter(email=HEAD).update(email=email, is_active=False)
    given = {"assignee_id": str(desk.school.user(email).pk)}
    assert_problem(post(staff, f"/api/tickets/{desk.open().pk}/assign", given), 422)
    assert given["assignee_id"] not in ids(staff.get("/api/ticket-assignees"))


def test_a_category_of_another_centre_or_out_of_use_cannot_be_chosen(
    desk: Desk, student: Client
) -> None:
    for category_id in (desk.category("riverside"), desk.category()):
        TicketCategory.objects.filter(centre__slug="oakwood").update(active=False)
        given = {"subject": "Key", "category_id": str(category_id)}
        found = assert_problem(post(student, "/api/tickets", given), 422)
        assert found["errors"][0]["loc"] == ["body", "category_id"]


def test_who_may_do_what(desk: Desk, student: Client) -> None:
    path = f"/api/tickets/{desk.open().pk}"
    assert_problem(patch(student, path, {"priority": "urgent"}), 403)
    assert_problem(post(student, f"{path}/assign", {"assignee_id": None}), 403)
    assert_problem(post(student, f"{path}/comments", {"body": "a", "internal": True}), 403)
    assert_problem(student.get("/api/ticket-assignees"), 403)
    assert_problem(post(client_of(STAFF), "/api/ticket-categories", {"name": "Library"}), 403)
    for email in (STAFF, HEAD, ADMIN):
        assert client_of(email).get(path).status_code == 200


def test_others_tickets_are_not_there(desk: Desk) -> None:
    ticket = desk.open()
    calls: list[tuple[str, str, Any]] = [
        ("get", "", None),
        ("get", "/comments", None),
        ("post", "/comments", {"body": "a"}),
        ("get", "/history", None),
        ("post", "/resolve", None),
        ("post", "/reopen", None),
    ]
    of_staff: list[tuple[str, str, Any]] = [
        ("patch", "", {"subject": "x"}),
        ("post", "/assign", {"assignee_id": None}),
        ("post", "/comments", {"body": "a", "internal": True}),
    ]
    for email in (ANOTHER, TEACHER, STRANGE_STAFF):
        client = client_of(email)
        for method, path, sent in calls + (of_staff if email == STRANGE_STAFF else []):

            def told(ticket_id: int, call: Any = (client, method, path, sent)) -> Any:
                who, how, where, what = call
                address = f"/api/tickets/{ticket_id}{where}"
                answer = getattr(who, how)(address, data=what, content_type="application/json")
                return {**assert_problem(answer, 404), "request_id": ""}

            assert told(ticket.pk) == told(10**9) == told(TOO_LARGE)
        assert ids(client.get("/api/tickets")) == []
        assert ids(client.get("/api/tickets?q=key")) == []
    assert kinds() == ["Opened"]


def test_filters(desk: Desk, student: Client, staff: Client) -> None:
    key, lamp = desk.open(), desk.open("Dark lamp", TEACHER, body="Room 12.")
    own = desk.open("Paper is out", STAFF)
    done = desk.resolve(desk.open("Bell rings twice", ANOTHER))
    desk.assign(lamp, HEAD)
    other = TicketCategory.objects.filter(centre=key.centre).last()
    assert other
    Ticket.objects.filter(pk=lamp.pk).update(category=other)

    def found(query: str, client: Client = staff) -> set[str]:
        return set(ids(client.get(f"/api/tickets?{query}")))

    def named(*tickets: Ticket) -> set[str]:
        return {str(each.pk) for each in tickets}

    assert found("") == named(key, lamp, own, done)
    assert found("state=open") == named(key, own)
    assert found("state=in_progress") == named(lamp)
    assert found("state=resolved") == named(done)
    assert found("mine=true") == named(own)
    assert found(f"assignee={desk.school.user(HEAD).pk}") == named(lamp)
    assert found("assignee=nobody") == named(key, own, done)
    assert found("assignee=x") == found(f"category={'9' * 30}") == set()
    assert found(f"category={other.pk}") == named(lamp)
    assert found("q=LAMP") == found("q=room+12") == found("q=taylor") == named(lamp)
    assert found("q=%23" + str(done.number)) == named(done)
    assert found("q=" + "9" * 40) == found("q=%25") == set()
    assert found("", student) == found("state=open", student) == named(key)
    assert_problem(staff.get("/api/tickets?state=lost"), 422)


def test_what_happened_last_comes_first(desk: Desk, staff: Client) -> None:
    first, second = desk.open(), desk.open()
    assert ids(staff.get("/api/tickets")) == [str(second.pk), str(first.pk)]
    desk.say(first)
    page = staff.get("/api/tickets?limit=1").json()
    assert page["items"][0]["id"] == str(first.pk)
    assert ids(staff.get(f"/api/tickets?cursor={page['next']}")) == [str(second.pk)]


def test_internal_comments_are_told_to_staff_alone(
    desk: Desk, student: Client, staff: Client
) -> None:
    ticket = desk.open()
    path = f"/api/tickets/{ticket.pk}"
    before = student.get(path).json()
    desk.note(ticket)

    assert student.get(path).json() == before  # nor does its time tell
    assert ids(student.get(f"{path}/comments")) == []
    assert [each["what"] for each in student.get(f"{path}/history").json()["items"]] == ["opened"]
    assert ids(student.get("/api/tickets?q=third")) == []
    (comment,) = staff.get(f"{path}/comments").json()["items"]
    assert (comment["body"], comment["internal"]) == (SECRET, True)
    assert staff.get(f"{path}/history").json()["items"][1]["what"] == "noted"


def test_categories(desk: Desk, student: Client, staff: Client) -> None:
    TicketCategory.objects.all().delete()
    admin = client_of(ADMIN)
    usual = student.get("/api/ticket-categories").json()["items"]
    assert "Something else" in [each["name"] for each in usual]
    assert student.get("/api/ticket-categories").json()["items"] == usual

    added = post(admin, "/api/ticket-categories", {"name": " Library "})
    assert added.status_code == 201
    assert added.json()["name"] == "Library"
    path = f"/api/ticket-categories/{added.json()['id']}"
    assert_problem(post(admin, "/api/ticket-categories", {"name": "LIBRARY"}), 409)
    assert_problem(patch(admin, path, {"name": "something else"}), 409)
    assert_problem(patch(admin, path, {"name": "a\nb"}), 422)
    assert_problem(patch(admin, path, {"name": None}), 422)
    assert patch(admin, path, {"name": "Books"}).json()["name"] == "Books"
    assert patch(admin, path, {"active": False}).json()["active"] is False
    assert patch(admin, path, {}).json() == {**added.json(), "name": "Books", "active": False}
    strange = client_of("admin@riverside.example")
    assert_problem(patch(strange, path, {"name": "Ours"}), 404)
    assert added.json()["id"] not in ids(strange.get("/api/ticket-categories"))


def test_a_ticket_keeps_a_category_that_goes_out_of_use(desk: Desk, staff: Client) -> None:
    ticket = desk.open()
    TicketCategory.objects.update(active=False)
    path = f"/api/tickets/{ticket.pk}"
    same = {"category_id": str(ticket.category_id), "priority": "urgent"}
    assert patch(staff, path, same).status_code == 200
    assert staff.get(path).json()["category"]["active"] is False


def test_nothing_changed_is_nothing_told(desk: Desk, staff: Client) -> None:
    ticket = desk.assign(desk.open())
    path = f"/api/tickets/{ticket.pk}"
    patch(staff, path, {"subject": "Lost key", "priority": "normal"})
    post(staff, f"{path}/assign", {"assignee_id": str(ticket.assignee_id)})
    assert kinds() == ["Opened", "Assigned"]


def test_numbers_leave_none_out_however_many_come_at_once(desk: Desk) -> None:
    desk.category()
    gate = threading.Barrier(8)
    actor = desk.school.actor(STUDENT)

    def open_some() -> None:
        with everywhere():
            gate.wait()
            for number in range(5):
                open_or_think_better(number)
        connection.close()

    def open_or_think_better(number: int) -> None:
        with transaction.atomic():
            desk.open(f"Ticket {number}")
            transaction.set_rollback(number == 2)

    threads = [threading.Thread(target=open_some) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert actor.centre_id
    assert sorted(Ticket.objects.values_list("number", flat=True)) == list(range(1, 33))
    assert TicketCounter.objects.get().last == 32


def test_each_centre_counts_for_itself(desk: Desk) -> None:
    numbers = [desk.open().number, desk.open(by="student1@riverside.example").number]
    assert [*numbers, desk.open().number] == [1, 1, 2]


def test_the_same_key_opens_one_ticket(desk: Desk, student: Client) -> None:
    answers = [
        post(student, "/api/tickets", body(desk), idempotency_key="once").content for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("path", ["", "/{ticket}", "/{ticket}/comments", "/{ticket}/history"])
def test_queries_do_not_grow_with_what_is_told(
    desk: Desk,
    staff: Client,
    path: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(6):
        ticket = desk.assign(desk.open(f"Ticket {number}"))
        for _ in range(4):
            desk.say(ticket)
    address = f"/api/tickets{path.format(ticket=ticket.pk)}"
    with django_assert_max_num_queries(6):
        assert staff.get(address).status_code == 200


def test_acts_without_a_body(desk: Desk, staff: Client) -> None:
    path = f"/api/tickets/{desk.open().pk}"
    for act in ("resolve", "reopen"):
        assert staff.generic("POST", f"{path}/{act}").status_code == 200


def test_without_a_filter_only_the_own_centres_rows_are_there(desk: Desk) -> None:
    for centre in ("oakwood", "riverside"):
        desk.say(desk.open(by=f"student1@{centre}.example"), by=f"staff@{centre}.example")
    own = Centre.objects.get(slug="oakwood").pk
    models: list[Any] = [TicketCounter, TicketCategory, Ticket, TicketComment, TicketStep]
    for model in models:
        assert len(set(model.objects.values_list("centre_id", flat=True))) == 2
        with within_centre(own):
            assert set(model.objects.values_list("centre_id", flat=True)) == {own}
        with nowhere():
            assert not model.objects.exists()


def test_the_demo_school_has_tickets(school: School) -> None:
    Ticket.objects.all().delete()
    load_demo_tickets(school.class_7a().centre)
    assert set(Ticket.objects.values_list("state", flat=True)) == set(TicketState.values)
    assert kinds() == []
