"""The grade book, the class's page, and the pages on which work is handed in and graded."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.homework.models import Homework
from core.people.models import Guardianship, User
from core.submissions.gradebook import csv_line
from core.submissions.models import Submission
from tests.flow.conftest import School
from tests.flow.handing_in import graded, handed_in, returned
from tests.flow.pages import STAFF, checked, shown
from tests.flow.people import (
    PARENT,
    STRANGER,
    STUDENT,
    TEACHER,
    assert_problem,
    client_of,
)

OTHER = "student2@oakwood.example"


@pytest.fixture
def homework(school: School) -> Homework:
    return school.publish()


@pytest.fixture
def submission(school: School, homework: Homework) -> Submission:
    return handed_in(school, homework, "<b>One half.</b>")


@pytest.fixture
def teacher(school: School) -> Client:
    return client_of(TEACHER)


def book(client: Client, school: School) -> Any:
    return client.get(f"/api/classes/{school.class_7a().pk}/grade-book")


# The grade book


def test_it_has_a_cell_for_each_student_and_homework(
    school: School, submission: Submission, teacher: Client
) -> None:
    graded(school, submission)
    late = school.publish("Poem")
    Homework.objects.filter(pk=late.pk).update(due_at=clock.now() - timedelta(days=1))
    handed_in(school, late, who=OTHER)
    school.draft("Draft")

    told = book(teacher, school).json()
    assert [each["title"] for each in told["homework"]] == ["Poem", "Fractions"]
    cells = {row["student"]["name"]: row["cells"] for row in told["items"]}
    assert len(cells) == 30
    poem, fractions = cells["Ada Ashby"]
    assert (poem["standing"], poem["submission_id"]) == ("missing", None)
    assert (fractions["standing"], fractions["score"]) == ("graded", 87.5)
    assert [(each["standing"], each["is_late"]) for each in cells["Ben Ashby"]] == [
        ("handed_in", True),
        ("open", False),
    ]


def test_it_is_read_part_by_part(school: School, homework: Homework, teacher: Client) -> None:
    path = f"/api/classes/{school.class_7a().pk}/grade-book"
    first = teacher.get(path, {"limit": 20}).json()
    second = teacher.get(path, {"limit": 20, "cursor": first["next"]}).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (20, 10, None)


def test_families_have_their_grades_instead(school: School, homework: Homework) -> None:
    for who in (STUDENT, PARENT):
        assert_problem(book(client_of(who), school), 403)
    assert book(client_of(STAFF), school).status_code == 200
    assert_problem(book(client_of(STRANGER), school), 404)


def test_the_download_holds_no_formula(
    school: School, submission: Submission, teacher: Client
) -> None:
    graded(school, submission)
    Homework.objects.update(title='=HYPERLINK("http://x.example")')
    User.objects.filter(email=OTHER).update(name="@Ben")
    answer = teacher.get(f"/classes/{school.class_7a().pk}/grade-book.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="7A.csv"'
    head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    assert head[1].startswith("'=HYPERLINK")
    assert ["Ada Ashby", "87.5"] in rows
    assert "'@Ben" in {name for name, _ in rows}
    assert len(rows) == 30


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_carry_out_is_text(start: str) -> None:
    (cells,) = csv.reader(StringIO(csv_line([f"{start}1", "fine"]), newline=""))
    assert cells == [f"'{start}1", "fine"]


# The class's page


def test_the_class_shows_teachers_everybody(
    school: School, submission: Submission, teacher: Client
) -> None:
    school.draft("Not yet")
    html = shown(teacher, f"/classes/{school.class_7a().pk}")
    for part in (
        "Ada Ashby",
        "Ben Ashby",
        "Not yet",
        "Download CSV",
        f"/submissions/{submission.pk}",
    ):
        assert part in html
    assert 'id="grade-book"' in shown(teacher, f"/classes/{school.class_7a().pk}/grade-book")


def test_the_class_shows_families_themselves(school: School, submission: Submission) -> None:
    school.draft("Not yet")
    path = f"/classes/{school.class_7a().pk}"
    for who in (STUDENT, PARENT):
        html = shown(client_of(who), path)
        assert "Ada Ashby" in html
        assert not {"Ben Ashby", "Not yet", "Download CSV"} & set(html.split("\n"))
        assert "Ben Ashby" not in html
        assert "Not yet" not in html
        assert client_of(who).get(f"{path}/grade-book.csv").status_code == 403
    assert client_of(STRANGER).get(path).status_code == 404


# Handing in and grading with forms


def test_a_student_hands_in_with_a_form(school: School, homework: Homework) -> None:
    client, path = client_of(STUDENT), f"/homework/{homework.pk}"
    assert "Not handed in yet" in shown(client, path)
    html = checked(client.post(f"{path}/hand-in", {"body": "One\r\nhalf."}, follow=True))
    assert "Handed in. Your teacher has been told." in html
    assert "Hand in again" in html
    assert Submission.objects.get().body == "One\nhalf."
    assert "Handed in" in shown(client, f"{path}/work")


def test_what_is_empty_is_not_handed_in(school: School, homework: Homework) -> None:
    answer = client_of(STUDENT).post(f"/homework/{homework.pk}/hand-in", {"body": " "})
    assert answer.status_code == 422
    assert "must not be empty" in checked(answer)


def test_what_is_graded_is_not_handed_in_again(school: School, submission: Submission) -> None:
    graded(school, submission)
    client, path = client_of(STUDENT), f"/homework/{submission.homework_id}"
    html = shown(client, path)
    assert "87.5" in html
    assert "Well done." in html
    assert "Hand in again" not in html
    answer = client.post(f"{path}/hand-in", {"body": "Other"})
    assert "graded already" in checked(answer)
    returned(school, submission)
    assert "Hand in again" in shown(client, path)


def test_a_teacher_grades_one_after_the_other(
    school: School, submission: Submission, teacher: Client
) -> None:
    other = handed_in(school, submission.homework, who=OTHER)
    html = shown(teacher, f"/submissions/{submission.pk}")
    assert "&lt;b&gt;One half.&lt;/b&gt;" in html
    assert f'rel="next" accesskey="n" href="/submissions/{other.pk}"' in html

    given = {"version": 1, "score": "0", "comment": "", "then": "next"}
    answer = teacher.post(f"/submissions/{submission.pk}/grade", given, follow=True)
    assert answer.redirect_chain[-1][0] == f"/submissions/{other.pk}"
    assert "Graded: Ada Ashby." in checked(answer)
    assert 'value="0"' in shown(teacher, f"/submissions/{submission.pk}")
    assert "Handed in: 2" in shown(teacher, f"/homework/{submission.homework_id}")


@pytest.mark.parametrize(("score", "said"), [("", "Enter a score"), ("101", "between 0 and 100")])
def test_a_wrong_score_is_said_at_its_field(
    submission: Submission, teacher: Client, score: str, said: str
) -> None:
    given = {"version": 1, "score": score, "comment": "Kept."}
    answer = teacher.post(f"/submissions/{submission.pk}/grade", given)
    assert answer.status_code == 422
    html = checked(answer)
    assert said in html
    assert "Kept." in html


def test_giving_back_with_a_form(submission: Submission, teacher: Client) -> None:
    given = {"version": 1, "comment": "Show your working."}
    answer = teacher.post(f"/submissions/{submission.pk}/return", given, follow=True)
    assert "Given back for another try." in checked(answer)
    html = shown(client_of(STUDENT), f"/submissions/{submission.pk}")
    assert "Show your working." in html
    assert "Save and next" not in html


def test_a_guardian_reads_and_a_blocked_one_does_not(submission: Submission) -> None:
    client = client_of(PARENT)
    assert "One half" in shown(client, f"/submissions/{submission.pk}")
    assert "Ada Ashby" in shown(client, f"/homework/{submission.homework_id}")
    assert client_of(OTHER).get(f"/submissions/{submission.pk}").status_code == 404
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    assert client.get(f"/submissions/{submission.pk}").status_code == 404


def test_staff_read_and_do_not_grade(submission: Submission) -> None:
    client = client_of(STAFF)
    assert "Save and next" not in shown(client, f"/submissions/{submission.pk}")
    given = {"version": 1, "score": "1", "comment": ""}
    assert client.post(f"/submissions/{submission.pk}/grade", given).status_code == 403
