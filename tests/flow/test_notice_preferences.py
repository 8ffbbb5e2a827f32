"""How people choose to be told: by kind, as a digest, in the portal, and for each child."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.events.models import Delivery, EventRecord
from core.isolation.scope import nowhere
from core.notices.models import NoticeKind, NoticePreference
from core.notices.wanted import why_unwanted
from core.people.models import Guardianship, User
from tests.flow.conftest import School
from tests.flow.people import JSON, PARENT, STUDENT, assert_problem, client_of

WorkOff = Callable[[], int]
PATH = "/api/notice-preferences"
NOT_WANTED = "does not want mail about homework"


def put(client: Client, body: object, path: str = PATH) -> Any:
    return client.put(path, data=body, content_type=JSON)


@pytest.fixture
def children(school: School) -> tuple[str, str]:
    """The ids of the two students of whom PARENT is guardian: both in 7A."""
    second = school.user("student2@oakwood.example")
    centre = school.class_7a().centre
    Guardianship.objects.create(centre=centre, guardian=school.user(PARENT), student=second)
    return str(school.user(STUDENT).pk), str(second.pk)


def why_no_mail(school: School, email: str) -> str:
    """Why a person got no mail of the latest homework; '' when they did."""
    mails = Delivery.objects.filter(handler="email.mail_class", key=str(school.user(email).pk))
    return mails.latest("pk").detail


def test_what_older_clients_send_and_read_stays_valid(school: School) -> None:
    student = client_of(STUDENT)
    told = student.get(PATH).json()
    assert {kind: each["email"] for kind, each in told.items()} == dict.fromkeys(NoticeKind, True)

    changed = put(student, {"homework": {"email": False}})
    assert changed.status_code == 200
    assert changed.json()["homework"]["email"] is False
    assert changed.json()["grade"]["email"] is True
    assert student.get(PATH).json() == changed.json()
    assert EventRecord.objects.filter(kind="NoticePreferencesChanged").count() == 1


def test_what_was_read_can_be_sent_back(school: School, children: tuple[str, str]) -> None:
    parent = client_of(PARENT)
    first, second = children
    put(parent, {"homework": {"email": True, "children": {first: {"email": False}}}})
    told = parent.get(PATH).json()
    assert told["homework"] == {
        "email": True,
        "digest": False,
        "portal": True,
        "mandatory": False,
        "children": {first: {"email": False, "digest": False, "portal": True}, second: None},
    }
    assert told["ticket"]["children"] == {}
    assert put(parent, told).json() == told


def test_what_is_left_out_stays(school: School, children: tuple[str, str]) -> None:
    parent = client_of(PARENT)
    first, _second = children
    chosen = {"email": True, "digest": True, "portal": False}
    put(parent, {"homework": chosen | {"children": {first: chosen}}})
    told = put(parent, {"homework": {"email": True}}).json()["homework"]
    assert (told["digest"], told["portal"], told["children"][first]) == (True, False, chosen)
    told = put(parent, {"homework": {"email": False, "children": {first: None}}}).json()["homework"]
    assert (told["digest"], told["portal"], told["children"][first]) == (False, False, None)


def test_what_is_left_out_for_a_child_goes_with_the_general_choice(
    school: School, children: tuple[str, str]
) -> None:
    parent = client_of(PARENT)
    first, second = children
    both = {first: {"email": False}, second: {"email": False, "portal": True}}
    told = put(parent, {"homework": {"email": True, "portal": False, "children": both}})
    theirs = told.json()["homework"]["children"]
    assert [theirs[each]["portal"] for each in children] == [False, True]


WRONG: list[tuple[object, str]] = [
    ({"account": {"email": False}}, "is always mailed at once"),
    ({"account": {"email": True, "digest": True}}, "is always mailed at once"),
    ({"custody": {"email": False}}, "is always mailed at once"),
    ({"account": {"email": True, "portal": False}}, "portal: it always calls you"),
    ({"custody": {"email": True, "portal": False}}, "portal: it always calls you"),
    ({"homework": {"email": True, "portal": "no"}}, ""),
    ({"homework": {"portal": False}}, ""),
    ({"homework": {"email": False, "digest": True}}, "email must be true"),
    ({"homework": {"email": True, "children": {"1": {"email": False}}}}, "you are guardian"),
    ({"homework": {"email": True, "children": {"me": None}}}, "you are guardian"),
    ({"ticket": {"email": True, "children": {"1": None}}}, "not about a child"),
    ({"sport": {"email": True}}, ""),
    ({"homework": {"email": "no"}}, ""),
    ({"homework": {"digest": True}}, ""),
    ({"homework": {}}, ""),
    ({"homework": None}, ""),
    ([], ""),
]


@pytest.mark.parametrize(("body", "said"), WRONG)
def test_what_cannot_be_chosen_says_why(school: School, body: object, said: str) -> None:
    found = assert_problem(put(client_of(STUDENT), body), 422)
    assert said in found["errors"][0]["msg"]
    if said:
        assert found["errors"][0]["loc"] == ["body", *body]  # type: ignore[misc]
    assert not NoticePreference.objects.exists()


def test_of_several_choices_none_is_kept_when_one_is_wrong(school: School) -> None:
    body = {"homework": {"email": False}, "account": {"email": False}}
    assert_problem(put(client_of(STUDENT), body), 422)
    assert not NoticePreference.objects.exists()


def test_a_blocked_guardian_has_no_choice_for_that_child(
    school: School, children: tuple[str, str]
) -> None:
    first, second = children
    Guardianship.objects.filter(guardian__email=PARENT, student_id=int(first)).update(
        custody_blocked=True
    )
    parent = client_of(PARENT)
    assert list(parent.get(PATH).json()["homework"]["children"]) == [second]
    body = {"homework": {"email": True, "children": {first: {"email": True}}}}
    assert_problem(put(parent, body), 422)


def test_how_often_digests_come(school: School) -> None:
    student = client_of(STUDENT)
    path = f"{PATH}/digest"
    assert student.get(path).json() == {"frequency": "daily"}
    assert put(student, {"frequency": "weekly"}, path).json() == {"frequency": "weekly"}
    assert student.get(path).json() == {"frequency": "weekly"}
    assert_problem(put(student, {"frequency": "hourly"}, path), 422)


# What follows from the choices.


def test_a_guardian_wants_mail_of_one_child_only(
    school: School, children: tuple[str, str], work_off: WorkOff
) -> None:
    first, second = children
    off = {"homework": {"email": True, "children": {first: {"email": False}}}}
    put(client_of(PARENT), off)
    school.publish()
    work_off()
    assert why_no_mail(school, PARENT) == ""  # the second child is of the class too

    Guardianship.objects.filter(guardian__email=PARENT, student_id=int(second)).delete()
    school.publish()
    work_off()
    assert why_no_mail(school, PARENT) == "does not want mail about this child"


def test_mail_of_one_child_though_not_in_general(
    school: School, children: tuple[str, str], work_off: WorkOff
) -> None:
    first, _second = children
    put(client_of(PARENT), {"homework": {"email": False, "children": {first: {"email": True}}}})
    school.publish()
    work_off()
    assert why_no_mail(school, PARENT) == ""
    put(client_of(PARENT), {"homework": {"email": False, "children": {first: None}}})
    school.publish()
    work_off()
    assert why_no_mail(school, PARENT) == NOT_WANTED


def test_a_blocked_childs_choice_does_not_count(
    school: School, children: tuple[str, str], work_off: WorkOff
) -> None:
    first, second = children
    theirs = {second: {"email": False}}
    put(client_of(PARENT), {"homework": {"email": True, "children": theirs}})
    Guardianship.objects.filter(guardian__email=PARENT, student_id=int(first)).update(
        custody_blocked=True
    )
    school.publish()
    work_off()
    assert why_no_mail(school, PARENT) == "does not want mail about this child"


def test_a_choice_made_meanwhile_counts(school: School, work_off: WorkOff) -> None:
    put(client_of(STUDENT), {"homework": {"email": True, "digest": True}})
    school.publish()
    work_off()
    assert why_no_mail(school, STUDENT) == "left to the digest"


def test_asking_takes_one_query_for_all(
    school: School, django_assert_num_queries: Callable[[int], Any]
) -> None:
    people = list(User.objects.filter(email__startswith="student"))
    NoticePreference.objects.bulk_create(
        NoticePreference(person=each, kind="homework", email=False) for each in people
    )
    with django_assert_num_queries(1), nowhere():
        found = why_unwanted(NoticeKind.HOMEWORK, {each.pk: None for each in people})
    assert found == {each.pk: NOT_WANTED for each in people}
    with django_assert_num_queries(0):
        assert why_unwanted(NoticeKind.ACCOUNT, {each.pk: None for each in people}) == {}
