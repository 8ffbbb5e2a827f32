"""Terms and holidays through the API, and what others ask the calendar."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from core import clock
from core.calendar.models import ClosedDay, Term
from core.calendar.queries import is_open, term_of, today_of
from core.events.models import EventRecord
from core.people.models import Centre
from tests.flow.conftest import School
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, ids, patch, post

ADMIN = "admin@oakwood.example"
STRANGER = "admin@riverside.example"
SPRING = {"name": "Spring", "begins": "2031-01-07", "ends": "2031-03-28"}


@pytest.fixture
def admin(school: School) -> Client:
    return client_of(ADMIN)


@pytest.fixture
def oakwood(school: School) -> Centre:
    return Centre.objects.get(slug="oakwood")


def test_a_term_from_its_entry_to_its_removal(admin: Client) -> None:
    added = post(admin, "/api/terms", SPRING)
    assert added.status_code == 201
    term = added.json()
    assert term == SPRING | {"id": term["id"]}
    path = f"/api/terms/{term['id']}"
    assert patch(admin, path, {"ends": "2031-04-04"}).json() == term | {"ends": "2031-04-04"}
    assert ids(client_of(STUDENT).get("/api/terms"))[0] == term["id"]
    assert admin.delete(path).status_code == 204
    assert_problem(admin.delete(path), 404)
    kinds = EventRecord.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["TermAdded", "TermChanged", "TermRemoved"]


def test_a_holiday_from_its_entry_to_its_removal(admin: Client) -> None:
    day = {"name": "May Day", "day": "2031-05-01"}
    holiday = post(admin, "/api/holidays", day).json()
    assert holiday == day | {"id": holiday["id"], "until": None}
    path = f"/api/holidays/{holiday['id']}"
    longer = patch(admin, path, {"until": "2031-05-02"}).json()
    assert longer == holiday | {"until": "2031-05-02"}
    assert patch(admin, path, {"until": None}).json() == holiday
    assert patch(admin, path, {"until": "2031-05-01"}).json() == holiday  # one day is one day
    assert admin.delete(path).status_code == 204
    kinds = EventRecord.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["HolidaysAdded", *["HolidayChanged"] * 3, "HolidayRemoved"]


OVERLAPPING = [("2031-03-28", "2031-06-01"), ("2030-12-01", "2031-01-07")]
OVERLAPPING += [("2031-02-01", "2031-02-02"), ("2030-12-01", "2031-12-01")]


@pytest.mark.parametrize(("first", "last"), OVERLAPPING)
def test_nothing_overlaps(admin: Client, first: str, last: str) -> None:
    post(admin, "/api/terms", SPRING)
    summer = {"name": "Summer", "begins": "2031-04-20", "ends": "2031-07-20"}
    other = post(admin, "/api/terms", summer).json()["id"]
    for answer in (
        post(admin, "/api/terms", SPRING | {"begins": first, "ends": last}),
        patch(admin, f"/api/terms/{other}", {"begins": first, "ends": last}),
    ):
        (fault,) = assert_problem(answer, 422)["errors"]
        assert fault == {"loc": ["body", "begins"], "msg": "overlaps Spring"}

    closed = {"name": "Break", "day": "2031-01-07", "until": "2031-03-28"}
    post(admin, "/api/holidays", closed)
    answer = post(admin, "/api/holidays", {"name": "Twice", "day": first, "until": last})
    assert assert_problem(answer, 422)["errors"][0]["msg"] == "overlaps Break"


def test_a_term_may_follow_another_and_keep_its_own_days(admin: Client) -> None:
    term = post(admin, "/api/terms", SPRING).json()["id"]
    following = {"name": "Summer", "begins": "2031-03-29", "ends": "2031-07-20"}
    assert post(admin, "/api/terms", following).status_code == 201
    assert patch(admin, f"/api/terms/{term}", {"name": "Lent"}).status_code == 200
    assert post(client_of(STRANGER), "/api/terms", SPRING).status_code == 201


WRONG: list[tuple[str, Any]] = [
    ("name", ""),
    ("name", "x" * 101),
    ("name", "a\nb"),
    ("name", None),
    ("begins", "2031-1-7"),
    ("begins", "2031-02-30"),
    ("begins", "2031-01-07T00:00:00Z"),
    ("begins", 1_900_000_000),
    ("begins", None),
    ("begins", "1800-01-01"),
    ("ends", "2999-01-01"),
    ("ends", "2031-01-07"),
    ("ends", "2031-01-06"),
    ("colour", "red"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_no_term_can_be(admin: Client, field: str, value: Any) -> None:
    term = post(admin, "/api/terms", SPRING).json()["id"]
    before = Term.objects.count()
    answers = [patch(admin, f"/api/terms/{term}", {field: value})]
    Term.objects.filter(pk=term).update(begins="2032-01-01", ends="2032-02-01")
    answers.append(post(admin, "/api/terms", SPRING | {field: value}))
    for answer in answers:
        found = assert_problem(answer, 422)
        assert [fault["loc"] for fault in found["errors"]] == [["body", field]]
    assert Term.objects.count() == before


def test_a_holiday_does_not_end_before_it_begins(admin: Client) -> None:
    body = {"name": "Break", "day": "2031-05-02", "until": "2031-05-01"}
    (fault,) = assert_problem(post(admin, "/api/holidays", body), 422)["errors"]
    assert fault["loc"] == ["body", "until"]


def test_a_term_with_classes_stays(admin: Client, school: School) -> None:
    term_id = school.class_7a().term_id
    assert (
        "Classes or remarks belong"
        in assert_problem(admin.delete(f"/api/terms/{term_id}"), 409)["detail"]
    )


@pytest.mark.parametrize("email", [STUDENT, TEACHER, "staff@oakwood.example"])
def test_only_admins_change_the_calendar(school: School, email: str) -> None:
    person, term_id = client_of(email), school.class_7a().term_id
    assert_problem(post(person, "/api/terms", SPRING), 403)
    assert_problem(patch(person, f"/api/terms/{term_id}", {"name": "x"}), 403)
    assert_problem(person.delete(f"/api/terms/{term_id}"), 403)
    assert_problem(post(person, "/api/holidays", {"name": "x", "day": "2031-05-01"}), 403)


def test_another_centres_calendar_is_not_there(school: School) -> None:
    stranger = client_of(STRANGER)
    closed = ClosedDay.objects.filter(centre__slug="oakwood").earliest("day")
    things = [("terms", school.class_7a().term_id), ("holidays", closed.pk)]
    for kind, number in things:
        told = [
            {**assert_problem(answer, 404), "request_id": ""}
            for each in (number, 10**12, 2**63)
            for answer in (
                patch(stranger, f"/api/{kind}/{each}", {"name": "x"}),
                stranger.delete(f"/api/{kind}/{each}"),
            )
        ]
        assert all(each == told[0] for each in told)
        assert str(number) not in ids(stranger.get(f"/api/{kind}"))


def test_when_the_school_is_open(oakwood: Centre) -> None:
    ClosedDay.objects.create(
        centre=oakwood, name="Break", day=date(2031, 5, 5), until=date(2031, 5, 7)
    )
    term = Term.objects.create(
        centre=oakwood, name="T", begins=date(2031, 5, 1), ends=date(2031, 5, 20)
    )
    days = [date(2031, 5, 2) + timedelta(days=number) for number in range(7)]  # Friday to Thursday
    assert [is_open(oakwood.pk, day) for day in days] == [
        True,
        *[False] * 5,
        True,
    ]
    riverside = Centre.objects.get(slug="riverside")
    assert is_open(riverside.pk, date(2031, 5, 5))
    assert term_of(oakwood.pk, date(2031, 5, 20)) == term
    assert term_of(oakwood.pk, date(2031, 5, 21)) is None
    assert term_of(riverside.pk, date(2031, 5, 20)) is None


def test_today_is_the_centres(oakwood: Centre) -> None:
    ahead, behind = (
        today_of(Centre(timezone=zone)) for zone in ("Pacific/Kiritimati", "Pacific/Honolulu")
    )
    assert ahead - behind == timedelta(days=1)  # 24 hours apart, at any hour
    assert today_of(oakwood) in {ahead, behind}


def test_of_two_terms_at_once_that_overlap_one_is_entered(admin: Client) -> None:
    answers: list[int] = []

    def enter() -> None:
        answers.append(post(client_of(ADMIN), "/api/terms", SPRING).status_code)
        connection.close()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 422, 422, 422]


def test_the_database_itself_keeps_terms_apart(oakwood: Centre) -> None:
    today = clock.now().date()
    with pytest.raises(IntegrityError, match="terms_apart"), transaction.atomic():
        Term.objects.create(centre=oakwood, name="x", begins=today, ends=today + timedelta(days=1))
    day = ClosedDay.objects.filter(centre=oakwood, until=None).get().day
    with pytest.raises(IntegrityError, match="closed_days_apart"), transaction.atomic():
        ClosedDay.objects.create(centre=oakwood, name="x", day=day)
