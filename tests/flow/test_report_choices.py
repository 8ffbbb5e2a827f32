"""What may be chosen for a report, how choices are described, and how they are told."""

import json
from typing import Any

import pytest
from django.utils.translation import override
from pydantic import ValidationError

from core.calendar.models import Term
from core.classes.actions import archive_class, open_class
from core.classes.models import Course, SchoolClass
from core.people.models import Role
from core.refusals import InvalidError
from core.reports.choices import (
    MOST_NAMED,
    check_choices,
    choices_of,
    described,
    filters_in_words,
)
from core.reports.kind import Params
from core.reports.kinds import kinds
from tests.flow.conftest import School
from tests.flow.people import PARENT, STUDENT, TEACHER

ADMIN = "admin@oakwood.example"
HEAD = "head@oakwood.example"
DAYS = {"since": "2026-09-01", "until": "2026-12-18"}


def asked(kind: str = "class_progress", **given: Any) -> Params:
    """What a client sends."""
    return kinds()[kind].params.model_validate(given)


@pytest.fixture
def archived(school: School) -> SchoolClass:
    """A class that nobody taught, and that is over."""
    opened = open_class(name="6A", by=school.actor(ADMIN))
    return archive_class(class_id=opened.pk, by=school.actor(ADMIN))


def labels(school: School, name: str, email: str) -> list[str]:
    return [each.label for each in choices_of(name, school.actor(email))]


def test_classes_are_those_taught_or_all_with_the_archived_ones_last(
    school: School, archived: SchoolClass
) -> None:
    open_class(name="7B", by=school.actor(ADMIN))
    assert labels(school, "classes", TEACHER) == ["7A"]
    for email in (HEAD, ADMIN, "staff@oakwood.example"):
        assert labels(school, "classes", email) == ["7A", "7B", "6A (archived)"]
    for email in (STUDENT, PARENT):
        assert labels(school, "classes", email) == []  # they attend it, or have a child there


def test_terms_are_told_with_their_days_the_latest_first(school: School) -> None:
    centre = school.class_7a().centre
    Term.objects.create(centre=centre, name="Summer", begins="2031-05-01", ends="2031-07-20")
    (first, second) = labels(school, "terms", TEACHER)
    assert "Summer" in first
    assert "2031" in first
    assert second.startswith("This term (")
    assert labels(school, "roles", HEAD) == [str(role.label) for role in Role]


def test_what_is_not_on_ones_list_is_refused_in_the_same_words(
    school: School, archived: SchoolClass
) -> None:
    own, teacher = school.class_7a(), school.actor(TEACHER)
    check_choices(asked(classes=[str(own.pk)], **DAYS), teacher)
    check_choices(asked(classes=[str(archived.pk), str(own.pk)], **DAYS), school.actor(HEAD))
    refused = set()
    for number in (archived.pk, school.class_7a("riverside").pk, archived.pk + 1000):
        with pytest.raises(InvalidError) as error:
            check_choices(asked(classes=[str(own.pk), str(number)], **DAYS), teacher)
        refused.add((error.value.loc, error.value.msg))
    assert refused == {("classes", "is none of those that you can choose")}
    with pytest.raises(InvalidError):
        check_choices(asked(classes=[str(own.pk)], **DAYS), school.actor(STUDENT))
    foreign = Term.objects.get(centre__slug="riverside")
    cards = asked("report_cards", classes=[str(own.pk)], term=str(foreign.pk))
    with pytest.raises(InvalidError) as error:
        check_choices(cards, teacher)
    assert error.value.loc == "term"
    check_choices(asked("account_activity", **DAYS), school.actor(HEAD))  # all left open


def test_what_was_asked_for_is_told_in_words(school: School, archived: SchoolClass) -> None:
    own = school.class_7a()
    told = asked(classes=[str(archived.pk), str(own.pk)], **DAYS)
    assert filters_in_words(told, own.centre_id) == (
        ("From", "1 September 2026"),
        ("To", "18 December 2026"),
        ("Classes", "6A (archived), 7A"),
    )
    with override("es"):
        assert filters_in_words(told, own.centre_id)[0] == ("Desde", "1 de septiembre de 2026")
    open_to_all = filters_in_words(asked("account_activity", **DAYS), own.centre_id)
    assert [title for title, _words in open_to_all] == ["From", "To"]
    teachers = filters_in_words(asked("account_activity", role="teacher", **DAYS), own.centre_id)
    assert teachers[2] == ("Role", "Teacher")
    missed = filters_in_words(asked("delivery_report", only_missed=True, **DAYS), own.centre_id)
    assert missed[2] == ("Only those whom something did not reach", "yes")
    term = filters_in_words(
        asked("report_cards", classes=[str(own.pk)], term=str(own.term_id)), own.centre_id
    )
    assert term[1][1].startswith("This term (")


def test_very_many_classes_are_not_all_named(school: School) -> None:
    course = Course.objects.get(centre__slug="oakwood")
    made = SchoolClass.objects.bulk_create(
        SchoolClass(centre=course.centre, course=course, name=f"8-{number:02}")
        for number in range(MOST_NAMED + 5)
    )
    told = asked(classes=[str(each.pk) for each in made], **DAYS)
    words = dict(filters_in_words(told, course.centre_id))["Classes"]
    assert words.startswith("8-00, 8-01, ")
    assert words.endswith("8-19 and 5 more")


@pytest.mark.parametrize("name", list(kinds()))
def test_each_kind_is_described(name: str) -> None:
    told = json.loads(json.dumps(described(kinds()[name])))
    assert set(told["required"]) <= set(told["properties"])
    for field in told["properties"].values():
        assert field["title"]
        assert field["type"] in {"string", "array", "boolean"}
        assert "$ref" not in json.dumps(field)
    with override("es"):
        in_spanish = described(kinds()[name])["properties"]
    titles = {key: field["title"] for key, field in told["properties"].items()}
    assert all(in_spanish[key]["title"] != title for key, title in titles.items())


def test_fields_say_how_they_are_filled_in() -> None:
    cards = described(kinds()["report_cards"])
    assert cards["required"] == ["classes", "term"]
    classes, term = cards["properties"]["classes"], cards["properties"]["term"]
    assert (classes["type"], classes["x-choices"], classes["minItems"]) == ("array", "classes", 1)
    assert (term["type"], term["x-choices"]) == ("string", "terms")
    activity = described(kinds()["account_activity"])
    assert activity["required"] == ["since", "until"]
    assert activity["properties"]["role"]["x-choices"] == "roles"
    assert activity["properties"]["since"]["format"] == "date"


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": "2026-08-31"},
        {"until": "2030-12-18"},
        {"since": "today"},
        {"since": 1_788_220_800},
        {"classes": []},
        {"classes": ["x"]},
        {"other": 1},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        asked(**{"classes": ["1"], **DAYS, **wrong})


def test_equal_requests_look_equal() -> None:
    one, two = (asked(classes=classes, **DAYS) for classes in (["2", "1", "2"], [1, 2]))
    assert one.model_dump(mode="json") == two.model_dump(mode="json")
    kept = one.model_dump(mode="json")
    assert type(one).model_validate(kept) == one
