"""The calendar page, and the forms in which admins keep it."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core.calendar.models import ClosedDay, Term
from core.classes.models import Enrolment
from core.home.month import month_from
from core.homework.models import Homework, HomeworkState
from core.people.models import Centre, Guardianship
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import PARENT, STRANGER, STUDENT, TEACHER, client_of

ADMIN = "admin@oakwood.example"
TODAY = re.compile(r'<td class="[^"]*" aria-current="date">')


@pytest.fixture
def admin(school: School) -> Client:
    return client_of(ADMIN)


@pytest.fixture
def oakwood(school: School) -> Centre:
    return Centre.objects.get(slug="oakwood")


def due(school: School, day: datetime, title: str = "Fractions") -> Homework:
    homework = school.publish(title)
    Homework.objects.filter(pk=homework.pk).update(due_at=day)
    return homework


def test_the_present_month(school: School) -> None:
    html = shown(client_of(STUDENT), "/calendar")
    assert len(TODAY.findall(html)) == 1
    assert html.count('scope="col"') == 7
    assert 'rel="prev"' in html
    assert 'rel="next"' in html
    assert "This term" in html
    assert "Staff training" in html
    assert "Add a term" not in html


def test_a_month_shows_what_is_due_and_when_the_school_is_closed(
    school: School, oakwood: Centre
) -> None:
    # Half past eleven in the evening of London's summer is the same day still.
    homework = due(school, datetime(2031, 7, 3, 22, 30, tzinfo=UTC))
    school.draft("Not told yet")
    Homework.objects.filter(state=HomeworkState.DRAFT).update(
        due_at=datetime(2031, 7, 4, 9, tzinfo=UTC)
    )
    ClosedDay.objects.create(
        centre=oakwood, name="Sports", day=date(2031, 7, 10), until=date(2031, 7, 12)
    )
    html = shown(client_of(STUDENT), "/calendar?month=2031-07")
    assert "<h1>July 2031</h1>" in html
    assert 'id="day-2031-07-03"' in html
    assert f'href="/homework/{homework.pk}"' in html
    assert "23:30" in html
    assert "Not told yet" not in html
    assert html.count("Closed:") == 1  # said once, at the first of the three
    assert html.count('href="#day-2031-07-10"') == 3
    assert html.count("month-closed") == 3
    assert not TODAY.search(html)
    assert 'href="/calendar?month=2031-06"' in html
    assert 'href="/calendar?month=2031-08"' in html


def test_a_month_in_spanish(school: School) -> None:
    html = shown(client_of("student1@riverside.example"), "/calendar?month=2031-07")
    assert "<h1>julio de 2031</h1>" in html
    assert '<span class="sr">miércoles</span>' in html


def test_a_guardian_sees_for_which_child_and_nothing_that_is_blocked(school: School) -> None:
    due(school, datetime(2031, 7, 3, 9, tzinfo=UTC))
    guardian = client_of(PARENT)
    assert "for Ada Ashby" in shown(guardian, "/calendar?month=2031-07")
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    assert "Fractions" not in shown(guardian, "/calendar?month=2031-07")


def test_who_has_left_the_class_sees_its_homework_no_more(school: School) -> None:
    due(school, datetime(2031, 7, 3, 9, tzinfo=UTC))
    Enrolment.objects.filter(student__email=STUDENT).update(until=date(2050, 1, 1))
    html = shown(client_of(STUDENT), "/calendar?month=2031-07")
    assert "Fractions" not in html
    assert "Nothing is due" in html


def test_another_centres_days_are_not_shown(school: School, oakwood: Centre) -> None:
    due(school, datetime(2031, 7, 3, 9, tzinfo=UTC))
    ClosedDay.objects.create(centre=oakwood, name="Sports", day=date(2031, 7, 10))
    html = shown(client_of(STRANGER), "/calendar?month=2031-07")
    assert "Fractions" not in html
    assert "Sports" not in html


def test_a_full_day_is_cut_short_and_asks_no_more(
    school: School, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    school_class, author = school.class_7a(), school.user(TEACHER)
    Homework.objects.bulk_create(
        Homework(
            centre=school_class.centre,
            school_class=school_class,
            author=author,
            title=f"Work {number:02}",
            due_at=datetime(2031, 7, 1 + number % 2, 9, tzinfo=UTC),
            created_at=datetime(2031, 6, 1, tzinfo=UTC),
            state=HomeworkState.PUBLISHED,
        )
        for number in range(30)
    )
    client = client_of(ADMIN)
    with django_assert_max_num_queries(12):
        html = shown(client, "/calendar?month=2031-07")
    assert html.count("agenda-link") == 8
    assert html.count("and 11 more") == 2


def test_a_month_that_is_none_is_the_present_one() -> None:
    today = date(2026, 11, 21)
    for text in (
        "",
        "2026",
        "2026-13",
        "2026-00",
        "0001-01",
        "9999-12",
        "x",
        "\u0662\u0660\u0662\u0666-11",
    ):
        assert month_from(text, today) == date(2026, 11, 1)
    assert month_from("2027-02", today) == date(2027, 2, 1)


@pytest.mark.parametrize(("month", "missing"), [("1990-01", "prev"), ("2100-12", "next")])
def test_the_calendar_has_ends(school: School, month: str, missing: str) -> None:
    assert f'rel="{missing}"' not in shown(client_of(STUDENT), f"/calendar?month={month}")


def test_terms_are_kept_with_forms(admin: Client, school: School) -> None:
    sent = {"name": "Spring", "begins": "2031-01-07", "ends": "2031-03-28"}
    assert "The term is in the calendar." in checked(
        admin.post("/calendar/terms/new", sent, follow=True)
    )
    term = Term.objects.get(name="Spring")
    path = f"/calendar/terms/{term.pk}"
    assert 'value="2031-01-07"' in shown(admin, path)
    answer = admin.post(path, sent | {"ends": "2031-01-01"})
    assert answer.status_code == 422
    assert "must not be before the first day" in checked(answer)
    answer = admin.post("/calendar/terms/new", sent)
    assert "overlaps Spring" in checked(answer)
    assert "Changes saved." in checked(admin.post(path, sent | {"name": "Lent"}, follow=True))
    removed = admin.post(f"{path}/remove", follow=True)
    assert "no longer in the calendar" in checked(removed)
    kept = admin.post(f"/calendar/terms/{school.class_7a().term_id}/remove", follow=True)
    assert "Classes or remarks belong to this term" in checked(kept)


def test_holidays_are_pasted(admin: Client, oakwood: Centre) -> None:
    lines = """
        2031-12-22 - 2032-01-02 Christmas
        2031-05-01: May Day
        2031-02-10..2031-02-14  Half
    """
    answer = admin.post("/calendar/holidays/new", {"lines": lines}, follow=True)
    assert "3 holidays added." in checked(answer)
    found = ClosedDay.objects.filter(centre=oakwood, day__year=2031).order_by("day")
    assert [(each.name, each.day, each.until) for each in found] == [
        ("Half", date(2031, 2, 10), date(2031, 2, 14)),
        ("May Day", date(2031, 5, 1), None),
        ("Christmas", date(2031, 12, 22), date(2032, 1, 2)),
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "Enter at least one holiday."),
        ("2031-05-01 May Day\nsoon Easter", "“soon Easter” is no holiday."),
        ("2031-05-01 May Day\n2031-02-30 Never", "“2031-02-30 Never” is no holiday."),
        ("2031-05-01 May Day\n2031-05-01 Labour Day", "overlaps May Day"),
        ("2031-05-02 - 2031-05-01 Back", "must not be before the first day"),
        ("1031-05-02 Long ago", "must be between"),
        ("2031-05-01 x\n" * 201, "Enter at most 200 lines."),
    ],
)
def test_holidays_are_entered_all_or_none(admin: Client, lines: str, said: str) -> None:
    before = ClosedDay.objects.count()
    answer = admin.post("/calendar/holidays/new", {"lines": lines})
    assert answer.status_code == 422
    assert said in checked(answer)
    assert ClosedDay.objects.count() == before


def test_a_holiday_is_changed_and_removed(admin: Client, oakwood: Centre) -> None:
    closed = ClosedDay.objects.filter(centre=oakwood).earliest("day")
    path = f"/calendar/holidays/{closed.pk}"
    sent = {"name": "Longer", "day": "2031-05-01", "until": "2031-05-02"}
    assert "Changes saved." in checked(admin.post(path, sent, follow=True))
    answer = admin.post(path, sent | {"until": "yesterday"})
    assert answer.status_code == 422
    assert "Enter a day" in checked(answer)
    assert "no longer" in checked(admin.post(f"{path}/remove", follow=True))
    assert admin.post(f"{path}/remove").status_code == 404


@pytest.mark.parametrize("email", [TEACHER, STUDENT, "staff@oakwood.example"])
def test_only_admins_keep_the_calendar(school: School, email: str) -> None:
    person, number = client_of(email), school.class_7a().term_id
    for page in ("terms/new", f"terms/{number}", "holidays/new"):
        assert person.get(f"/calendar/{page}").status_code == 403
    assert person.post(f"/calendar/terms/{number}/remove").status_code == 403


def test_another_centres_terms_are_not_there(school: School, oakwood: Centre) -> None:
    stranger = client_of("admin@riverside.example")
    closed = ClosedDay.objects.filter(centre=oakwood).earliest("day")
    for path in (f"terms/{school.class_7a().term_id}", f"holidays/{closed.pk}"):
        assert stranger.get(f"/calendar/{path}").status_code == 404
        assert stranger.post(f"/calendar/{path}/remove").status_code == 404


def test_today_is_the_day_of_the_centre(school: School, oakwood: Centre) -> None:
    days = set()
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):  # 25 hours apart
        Centre.objects.filter(pk=oakwood.pk).update(timezone=zone)
        html = shown(client_of(STUDENT), "/calendar")
        cell = html[TODAY.search(html).end() :]  # type: ignore[union-attr]  # there is one
        days.add(int(re.search(r">(\d+)<", cell)[1]))  # type: ignore[index]
    assert len(days) == 2
