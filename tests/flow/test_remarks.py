"""What teachers say of their students about a term: written, changed, taken back, kept apart."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from core.calendar.models import Term
from core.classes.actions import archive_class, open_class
from core.classes.models import Enrolment
from core.events.models import EventRecord
from core.remarks.models import LONGEST, Remark
from tests.flow.conftest import School
from tests.flow.pages import STAFF, checked, shown
from tests.flow.people import (
    JSON,
    PARENT,
    STRANGER,
    STUDENT,
    TEACHER,
    assert_problem,
    client_of,
)

ADMIN = "admin@oakwood.example"
HTMX = {"HX-Request": "true"}
KIND = "Ada thinks before she writes."


@pytest.fixture
def teacher(school: School) -> Client:
    return client_of(TEACHER)


@pytest.fixture
def term(school: School) -> Term:
    return Term.objects.get(centre__slug="oakwood")


def put(client: Client, school: School, term: Term, text: str, who: str = STUDENT) -> Any:
    """The answer to writing a remark on a student of 7A."""
    path = f"/api/classes/{school.class_7a().pk}/students/{school.user(who).pk}/remark"
    return client.put(path, {"term_id": str(term.pk), "text": text}, content_type=JSON)


def written(client: Client, school: School, term: Term | None = None) -> dict[str, str]:
    """By name what the API lists."""
    query = f"&term={term.pk}" if term else ""
    answer = client.get(f"/api/classes/{school.class_7a().pk}/remarks?limit=200{query}")
    assert answer.status_code == 200, answer.content
    return {each["student"]["name"]: each["text"] for each in answer.json()["items"]}


def events() -> int:
    return EventRecord.objects.filter(kind="RemarkWritten").count()


def test_a_remark_from_its_writing_until_it_is_taken_back(
    school: School, teacher: Client, term: Term
) -> None:
    told = put(teacher, school, term, f" {KIND}\n").json()
    assert told["text"] == KIND
    assert (told["by"], told["student"]["name"]) == ("Taylor Thorne", "Ada Ashby")
    assert told["term_id"] == str(term.pk)
    assert put(teacher, school, term, KIND).json() == told  # the same again changes nothing
    assert events() == 1

    changed = put(client_of(ADMIN), school, term, "She asks good questions.").json()
    assert (changed["text"], changed["by"]) == ("She asks good questions.", "Alex Archer")
    assert Remark.objects.count() == 1

    gone = put(teacher, school, term, " ").json()
    assert (gone["text"], gone["by"], gone["at"]) == ("", None, None)
    assert put(teacher, school, term, "").status_code == 200
    assert not Remark.objects.exists()
    assert events() == 3


def test_the_list_has_a_line_for_each_student_of_the_term(
    school: School, teacher: Client, term: Term
) -> None:
    put(teacher, school, term, KIND)
    found = written(teacher, school)
    assert len(found) == 30
    assert [name for name, text in found.items() if text] == ["Ada Ashby"]

    before = Term.objects.create(
        centre=term.centre,
        name="Before",
        begins=term.begins - timedelta(days=60),
        ends=term.begins - timedelta(days=1),
    )
    assert written(teacher, school, before) == {}
    assert put(teacher, school, before, "She came well prepared.").status_code == 200
    assert written(teacher, school, before) == {"Ada Ashby": "She came well prepared."}
    assert written(teacher, school)["Ada Ashby"] == KIND  # without a term it is the present one


def test_who_has_left_keeps_the_line_of_their_term(
    school: School, teacher: Client, term: Term
) -> None:
    left = Enrolment.objects.filter(student__email=STUDENT)
    left.update(until=term.begins + timedelta(days=30))
    assert "Ada Ashby" in written(teacher, school)
    assert put(teacher, school, term, KIND).status_code == 200
    left.update(since=term.begins - timedelta(days=9), until=term.begins - timedelta(days=1))
    assert written(teacher, school)["Ada Ashby"] == KIND
    Remark.objects.all().delete()
    assert "Ada Ashby" not in written(teacher, school)


def test_only_those_who_teach_or_oversee_the_class_read_it(
    school: School, teacher: Client, term: Term
) -> None:
    put(teacher, school, term, KIND)
    page = f"/classes/{school.class_7a().pk}/remarks"
    for email in (STAFF, "head@oakwood.example", ADMIN):
        assert written(client_of(email), school)["Ada Ashby"] == KIND
        assert KIND in shown(client_of(email), page)
    for email in (STUDENT, PARENT):
        assert_problem(client_of(email).get(f"/api{page}"), 403)
        assert client_of(email).get(page).status_code == 403
    assert_problem(client_of(STRANGER).get(f"/api{page}"), 404)


def test_only_its_teachers_write(school: School, term: Term) -> None:
    for email in (STAFF, STUDENT, PARENT):
        assert_problem(put(client_of(email), school, term, KIND), 403)
    assert_problem(put(client_of(STRANGER), school, term, KIND), 404)
    assert not Remark.objects.exists()


def test_what_does_not_fit_is_refused(school: School, teacher: Client, term: Term) -> None:
    foreign = Term.objects.get(centre__slug="riverside")
    missing = Term(pk=foreign.pk + 1000)
    refused = [assert_problem(put(teacher, school, each, KIND), 422) for each in (foreign, missing)]
    assert refused[0]["errors"] == refused[1]["errors"]
    assert refused[0]["errors"][0]["loc"] == ["body", "term_id"]
    assert_problem(put(teacher, school, term, "a" * (LONGEST + 1)), 422)
    assert_problem(put(teacher, school, term, KIND, who=PARENT), 404)
    for unknown in (foreign.pk, missing.pk, "x"):
        path = f"/api/classes/{school.class_7a().pk}/remarks?term={unknown}"
        assert_problem(teacher.get(path), 404)
    archive_class(class_id=school.class_7a().pk, by=school.actor(ADMIN))
    assert_problem(put(teacher, school, term, KIND), 409)
    assert "<textarea" not in shown(teacher, f"/classes/{school.class_7a().pk}/remarks")


def test_there_is_one_for_each_student_and_term(
    school: School, teacher: Client, term: Term
) -> None:
    put(teacher, school, term, KIND)
    twice = Remark.objects.get()
    twice.pk = None
    with pytest.raises(IntegrityError):
        twice.save(force_insert=True)


def test_a_term_with_remarks_stays(school: School, teacher: Client, term: Term) -> None:
    other = Term.objects.create(
        centre=term.centre, name="Next", begins="2040-01-01", ends="2040-03-01"
    )
    put(teacher, school, other, KIND)
    problem = assert_problem(client_of(ADMIN).delete(f"/api/terms/{other.pk}"), 409)
    assert "remarks" in problem["detail"]


# The page


def send(client: Client, school: School, term: Term, text: str, **options: Any) -> Any:
    path = f"/classes/{school.class_7a().pk}/students/{school.user(STUDENT).pk}/remark"
    return client.post(path, {"term_id": term.pk, "text": text}, **options)


def test_the_page_is_found_and_has_a_box_for_each(
    school: School, teacher: Client, term: Term
) -> None:
    path = f"/classes/{school.class_7a().pk}/remarks"
    assert path in shown(teacher, f"/classes/{school.class_7a().pk}")
    assert path not in shown(client_of(STUDENT), f"/classes/{school.class_7a().pk}")
    html = shown(teacher, path)
    assert html.count("<textarea") == 30
    assert "This term" in html
    assert "Observaciones" in shown(client_of("teacher@riverside.example"), path_of(school))


def path_of(school: School) -> str:
    return f"/classes/{school.class_7a('riverside').pk}/remarks"


def test_a_box_is_saved_by_itself_without_scripts(
    school: School, teacher: Client, term: Term
) -> None:
    answer = send(teacher, school, term, "<b>Well</b> done.", follow=True)
    html = checked(answer)
    where, _status = answer.redirect_chain[-1]
    assert where.endswith(f"?term={term.pk}&page=1#student-{school.user(STUDENT).pk}")
    assert "Saved." in html
    assert "&lt;b&gt;Well&lt;/b&gt; done.</textarea>" in html
    assert "Taylor Thorne, " in html
    assert "there is no remark" in checked(send(teacher, school, term, "", follow=True))


def test_with_scripts_only_the_words_beside_the_button_come_back(
    school: School, teacher: Client, term: Term
) -> None:
    assert checked(send(teacher, school, term, KIND, headers=HTMX)).strip() == "Saved."
    assert Remark.objects.get().text == KIND
    too_long = checked(send(teacher, school, term, "a" * (LONGEST + 1), headers=HTMX))
    assert str(LONGEST) in too_long
    archive_class(class_id=school.class_7a().pk, by=school.actor(ADMIN))
    refused = checked(send(teacher, school, term, "More.", headers=HTMX))
    assert "archived" in refused
    assert Remark.objects.get().text == KIND


def test_empty_pages_say_so(school: School, teacher: Client, term: Term) -> None:
    other = open_class(name="7B", by=school.actor(ADMIN))
    assert "Nobody attended" in shown(client_of(ADMIN), f"/classes/{other.pk}/remarks")
    school.class_7a().__class__.objects.update(term=None)
    Term.objects.all().delete()
    assert "There are no terms yet" in shown(teacher, f"/classes/{school.class_7a().pk}/remarks")
    path = f"/api/classes/{school.class_7a().pk}/remarks"
    assert_problem(teacher.get(path), 404)
