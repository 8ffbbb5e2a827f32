"""Notices, and people of several centres."""

import re
from datetime import timedelta

import pytest
from babel.dates import format_date
from django.test import Client

from core import clock
from core.homework.actions import draft_homework
from core.notices.models import Notice
from core.people.models import Guardianship, Membership, Role
from tests.flow.conftest import School
from tests.flow.pages import checked, shown, tell_class
from tests.flow.people import PARENT, STRANGER, STUDENT, TEACHER, client_of


def test_notices_are_unread_until_they_are_read(school: School) -> None:
    tell_class(school, "First")
    tell_class(school, "Second")
    client = client_of(STUDENT)
    html = shown(client, "/notices")
    assert html.index("Second") < html.index("First")
    assert html.count(">Unread<") == 2

    (up_to,) = re.findall(r'name="up_to" value="(\d+)"', html)
    tell_class(school, "Third")
    html = checked(client.post("/notices/read", {"up_to": up_to}, follow=True))
    assert html.count(">Unread<") == 1
    assert Notice.objects.filter(person__email=STUDENT, read_at=None).get().title.endswith("Third")


def test_parts_of_the_page_renew_themselves(school: School) -> None:
    tell_class(school)
    client = client_of(STUDENT)
    for part in ("notices-link", "notices-panel", "notices-list"):
        html = shown(client, "/notices", HX_Request="true", HX_Target=part)
        assert f'id="{part}"' in html
        assert "<html" not in html


def test_no_notices_yet(school: School) -> None:
    assert "No notices yet" in shown(client_of(STUDENT), "/notices")


@pytest.mark.parametrize("up_to", ["", "-1", "all", str(2**63)])
def test_a_number_that_is_none(school: School, up_to: str) -> None:
    assert client_of(STUDENT).post("/notices/read", {"up_to": up_to}).status_code == 400


@pytest.fixture
def in_both(school: School) -> Client:
    """A guardian with a child in each of the two centres."""
    guardian = school.user(PARENT)
    centre = school.class_7a("riverside").centre
    child = school.user("student1@riverside.example")
    Membership.objects.create(user=guardian, centre=centre, roles=[Role.PARENT])
    Guardianship.objects.create(guardian=guardian, centre=centre, student=child)
    return client_of(PARENT)


def test_changing_the_centre(school: School, in_both: Client) -> None:
    school.publish("Here")
    homework = school.publish("There", "riverside")
    html = shown(in_both, "/")
    assert "Here" in html
    assert "There" not in html

    there = f"/homework/{homework.pk}"
    changed = in_both.post("/centre", {"centre_id": homework.centre_id, "next": there})
    assert changed.headers["Location"] == there
    assert "There" in shown(in_both, there)
    assert "Here" not in shown(in_both, "/")


def test_a_notice_leads_into_its_own_centre(school: School, in_both: Client) -> None:
    homework = tell_class(school, "There", "riverside")
    html = shown(in_both, "/notices")
    assert f'name="next" value="/homework/{homework.pk}"' in html
    assert f'href="/homework/{homework.pk}"' not in html


@pytest.mark.parametrize("centre", ["", "none", "0"])
def test_a_centre_of_others_cannot_be_chosen(school: School, centre: str) -> None:
    assert client_of(TEACHER).post("/centre", {"centre_id": centre}).status_code == 404
    other = str(school.class_7a("riverside").centre_id)
    assert client_of(TEACHER).post("/centre", {"centre_id": other}).status_code == 404


def test_the_day_is_that_of_the_centre(school: School) -> None:
    teacher = school.actor("teacher@riverside.example")
    due_at = (clock.now() + timedelta(days=30)).replace(hour=23, minute=30)  # after midnight there
    homework = draft_homework(
        class_id=school.class_7a("riverside").pk, title="Late", body="", due_at=due_at, by=teacher
    )
    html = shown(client_of(STRANGER), f"/homework/{homework.pk}")
    assert format_date(due_at + timedelta(days=1), "EEEE", locale="es") in html


def test_the_list_is_filtered_and_stays_so(school: School) -> None:
    tell_class(school, "First")
    tell_class(school, "Second")
    client = client_of(STUDENT)
    first, second = Notice.objects.filter(person__email=STUDENT).order_by("seq")
    kept = {"as": "read", "kind": "homework", "unread": "1"}
    answer = client.post(f"/notices/{first.pk}/mark", kept)
    assert answer.headers["Location"] == "/notices?kind=homework&unread=1"

    html = shown(client, answer.headers["Location"])
    assert "Second" in html
    assert "First" not in html
    assert 'hx-get="/notices?kind=homework&amp;unread=1&amp;page=1"' in html
    assert "Nothing of this sort" in shown(client, "/notices?kind=grade")
    assert "First" in shown(client, "/notices?kind=nonsense")
    client.post(f"/notices/{first.pk}/mark", {"as": "unread"})
    assert Notice.objects.filter(person__email=STUDENT, read_at=None).count() == 2
    assert second
