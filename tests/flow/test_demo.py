"""The schools for trying and measuring."""

import time

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client

from core.calendar.models import ClosedDay, Term
from core.calendar.queries import is_open, term_of, today_of
from core.classes.models import Course, Enrolment, SchoolClass, Teaching
from core.demo.large import class_names, load_large_school
from core.events.models import Delivery, EventRecord
from core.homework.models import Homework
from core.people.models import Centre, Guardianship, Membership, Role
from tests.flow.conftest import School
from tests.flow.pages import shown
from tests.flow.people import client_of, credentials, ids


@pytest.fixture
def lindenhof(school: School) -> Centre:
    assert load_large_school(120)
    return Centre.objects.get(slug="lindenhof")


def test_the_demo_centres_have_all_that_a_centre_has(school: School) -> None:
    centres = Centre.objects.order_by("slug")
    assert [each.language for each in centres] == ["en", "es"]
    for centre in centres:
        school_class = SchoolClass.objects.get(centre=centre)
        assert term_of(centre.pk, today_of(centre)) == school_class.term
        assert school_class.course == Course.objects.get(centre=centre)
        first, second = ClosedDay.objects.filter(centre=centre).order_by("day")
        assert not is_open(centre.pk, first.day)
        assert second.until
        assert Enrolment.objects.filter(centre=centre, until=None).count() == 30


def test_a_large_school_is_one_like_any_other(lindenhof: Centre) -> None:
    of_it = {"centre": lindenhof}
    roles = Membership.objects.filter(**of_it).values_list("roles", flat=True)
    counts = {role: sum(role in each for each in roles) for role in Role}
    assert counts == {
        Role.STUDENT: 120,
        Role.PARENT: 120,
        Role.TEACHER: 3,
        Role.STAFF: 1,
        Role.HEAD: 1,
        Role.ADMIN: 1,
    }
    assert Guardianship.objects.filter(**of_it).count() == 120
    assert SchoolClass.objects.filter(**of_it).count() == 5
    assert Teaching.objects.filter(**of_it).count() == 5
    assert Enrolment.objects.filter(**of_it, until=None).count() == 120
    assert Homework.objects.filter(**of_it, state="published").count() == 50
    assert Term.objects.filter(**of_it).count() == 1
    assert not EventRecord.objects.exists()
    assert not Delivery.objects.exists()


def test_its_people_can_sign_in_and_see_their_own(lindenhof: Centre) -> None:
    client = Client()
    entered = client.post("/sign-in", credentials("student120@lindenhof.example"))
    assert entered.status_code == 302
    assert "Exercise sheet 10" in shown(client, "/")
    assert len(ids(client.get("/api/homework"))) == 10
    assert len(ids(client_of("parent1@lindenhof.example").get("/api/homework"))) == 10
    assert len(ids(client_of("teacher1@lindenhof.example").get("/api/classes"))) == 2


def test_it_is_made_once_and_the_same_every_time(lindenhof: Centre) -> None:
    assert not load_large_school(10)
    first = Membership.objects.get(user__email="student1@lindenhof.example").user.name
    assert first == "Dev Lorenz"


def test_classes_have_names_of_their_own() -> None:
    for count in (1, 5, 8, 9, 400, 4000):
        names = class_names(count)
        assert len(set(names)) == count


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pupils", [1_000, pytest.param(10_000, marks=pytest.mark.sweep)])
def test_ten_thousand_pupils_are_there_within_a_minute(pupils: int) -> None:
    """And a thousand within six seconds."""
    begin = time.monotonic()
    load_large_school(pupils)
    assert time.monotonic() - begin < 60 * pupils / 10_000
    assert Enrolment.objects.count() == pupils
    assert Homework.objects.count() == 0.4 * pupils


def test_the_command_makes_both(
    transactional_db: None, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEBUG = True
    call_command("demo", pupils=26)
    call_command("demo", pupils=26)
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "Demo school loaded.",
        "Large school loaded.",
        "There are people already.",
        "Lindenhof is there already.",
    ]
    assert SchoolClass.objects.filter(centre__slug="lindenhof").count() == 2


@pytest.mark.parametrize("pupils", [0, -1, 100_001])
def test_a_number_that_is_none_is_refused(db: None, settings: LazySettings, pupils: int) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match="between 1 and"):
        call_command("demo", pupils=pupils)


def test_no_school_is_made_in_production(db: None, settings: LazySettings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="refused with DEBUG off"):
        call_command("demo", pupils=10)
    assert not Centre.objects.exists()
