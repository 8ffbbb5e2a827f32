"""What nobody handed in is graded all the same: work on paper, an oral answer."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.classes.actions import archive_class
from core.classes.models import Enrolment
from core.events.models import EventRecord
from core.home.waiting import to_hand_in
from core.homework.actions import withdraw_homework
from core.homework.models import Homework
from core.mail.models import Mail
from core.notices.models import Notice
from core.people.models import Guardianship, User
from core.refusals import ConflictError
from core.submissions.actions import grade_unsubmitted, hand_in
from core.submissions.models import Review, Submission
from core.submissions.reminders import missing_work
from tests.flow.conftest import School
from tests.flow.handing_in import grade, grade_on_paper, handed_in, returned, send
from tests.flow.pages import STAFF, checked, shown
from tests.flow.people import (
    PARENT,
    STRANGER,
    STUDENT,
    TEACHER,
    assert_problem,
    client_of,
    post,
)
from tests.flow.test_enrolment import at_once

WorkOff = Callable[[], int]
OTHER = "student2@oakwood.example"


@pytest.fixture
def homework(school: School) -> Homework:
    """Published and told, with nothing of that left behind."""
    told = school.told()
    Notice.objects.all().delete()
    Mail.objects.all().delete()
    return told


def titles(email: str) -> list[str]:
    found = Notice.objects.filter(person__email=email).order_by("seq")
    return list(found.values_list("title", flat=True))


def overdue(homework: Homework) -> None:
    Homework.objects.filter(pk=homework.pk).update(due_at=clock.now() - timedelta(hours=1))


def grades(email: str, **asked: str | int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client_of(email).get("/api/grades", asked).json()["items"]
    return found


# Over the API


def test_a_grade_without_work_is_told_like_any_other(
    school: School, homework: Homework, work_off: WorkOff
) -> None:
    overdue(homework)
    answer = grade_on_paper(homework, school.user(STUDENT).pk, score=87.5, comment="On paper.")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["state"], told["version"], told["score"]) == ("graded", 0, 87.5)
    assert (told["handed_in_at"], told["is_late"], told["body"]) == (None, False, "")
    work_off()
    assert titles(STUDENT) == ["Graded 87.5 of 100: Fractions"]
    assert titles(PARENT) == ["Ada Ashby: graded 87.5 of 100: Fractions"]
    assert Mail.objects.filter(state="sent").count() == 2
    assert Notice.objects.count() == 2

    for who in (STUDENT, PARENT):
        (row,) = grades(who)
        assert row == told
    history = client_of(STUDENT).get(f"/api/submissions/{told['id']}").json()
    assert history["versions"] == []
    assert [(each["version"], each["score"]) for each in history["reviews"]] == [(0, 87.5)]
    event = EventRecord.objects.get(kind="SubmissionGraded")
    assert client_of(TEACHER).get(f"/api/trace/{event.pk}").status_code == 200


def test_the_same_again_is_nothing_new_and_another_replaces_it(
    school: School, homework: Homework, work_off: WorkOff
) -> None:
    student = school.user(STUDENT).pk
    first = grade_on_paper(homework, student, score=50).json()
    for score in (50, 90, 90):
        assert grade_on_paper(homework, student, score=score).json()["id"] == first["id"]
    assert [each.score for each in Review.objects.order_by("pk")] == [50, 90]
    assert grade(first["id"], score=95, version=0).json()["score"] == 95
    work_off()
    assert titles(STUDENT) == ["Graded 95 of 100: Fractions"]
    assert Submission.objects.count() == 1


def test_what_was_handed_in_is_read_first(school: School, homework: Homework) -> None:
    handed_in(school, homework)
    problem = assert_problem(grade_on_paper(homework, school.user(STUDENT).pk), 409)
    assert problem["detail"] == "Something was handed in. Read that first."
    assert not Review.objects.exists()


def test_what_is_graded_can_be_given_back_and_then_handed_in(
    school: School, homework: Homework
) -> None:
    told = grade_on_paper(homework, school.user(STUDENT).pk).json()
    assert_problem(send(homework), 409)
    returned(school, Submission.objects.get(pk=told["id"]))
    again = send(homework).json()
    assert (again["id"], again["state"], again["version"]) == (told["id"], "handed_in", 1)
    assert again["handed_in_at"] is not None
    assert_problem(grade(told["id"], version=0), 409)


def test_of_a_grade_and_work_at_once_one_comes_first(school: School, homework: Homework) -> None:
    teacher, student = school.actor(TEACHER), school.actor(STUDENT)
    grading = partial(
        grade_unsubmitted,
        homework_id=homework.pk,
        student_id=student.user_id,
        score=Decimal(80),
        comment="",
        by=teacher,
    )
    handing = partial(hand_in, homework_id=homework.pk, body="One half.", by=student)
    refused = [isinstance(each, ConflictError) for each in at_once([grading, handing])]
    assert sorted(refused) == [False, True]
    submission = Submission.objects.get()
    stands = (submission.state, submission.version, Review.objects.count())
    assert stands == (("handed_in", 1, 0) if refused[0] else ("graded", 0, 1))


def test_who_was_given_nothing_back_is_graded_anew_without_work(
    school: School, homework: Homework
) -> None:
    student = school.user(STUDENT).pk
    told = grade_on_paper(homework, student).json()
    returned(school, Submission.objects.get(pk=told["id"]))
    assert grade_on_paper(homework, student, score=60).json()["score"] == 60


WRONG: list[dict[str, Any]] = [
    {"score": 101},
    {"score": -1},
    {"score": None},
    {"comment": "x" * 20_001},
    {"student_id": "x"},
    {"student_id": "9" * 30},
    {"student_id": 7},
    {"version": 0},
]


@pytest.mark.parametrize("given", WRONG, ids=str)
def test_a_grade_that_cannot_be_is_refused(
    school: School, homework: Homework, given: dict[str, Any]
) -> None:
    body = {"student_id": str(school.user(STUDENT).pk), "score": 80, **given}
    answer = post(client_of(TEACHER), f"/api/homework/{homework.pk}/grades", body)
    (error,) = assert_problem(answer, 422)["errors"]
    assert error["loc"][-1] in given
    assert not Submission.objects.exists()


def test_only_students_of_the_class_are_graded(school: School, homework: Homework) -> None:
    Enrolment.objects.filter(student__email=OTHER).update(until=clock.now().date())
    for email in (OTHER, PARENT, TEACHER, "student1@riverside.example"):
        found = assert_problem(grade_on_paper(homework, school.user(email).pk), 422)
        assert found["errors"] == [
            {"loc": ["body", "student_id"], "msg": "does not attend the class"}
        ]
    assert not Submission.objects.exists()


def test_only_teachers_of_the_class_grade(school: School, homework: Homework) -> None:
    student = school.user(STUDENT).pk
    for who in (STUDENT, PARENT, STAFF):
        assert_problem(grade_on_paper(homework, student, who=who), 403)
    assert_problem(grade_on_paper(homework, student, who=STRANGER), 404)
    assert not Submission.objects.exists()


def test_nothing_is_graded_that_stands_still(school: School, homework: Homework) -> None:
    student = school.user(STUDENT).pk
    assert_problem(grade_on_paper(school.draft("Draft"), student), 409)
    withdraw_homework(homework_id=homework.pk, by=school.actor(TEACHER))
    assert_problem(grade_on_paper(homework, student), 409)
    other = school.publish("Poem")
    archive_class(class_id=school.class_7a().pk, by=school.actor(STAFF))
    assert_problem(grade_on_paper(other, student), 409)
    assert not Submission.objects.exists()


# Who is reminded, and what is missing


def test_who_has_a_grade_is_not_reminded(school: School, homework: Homework) -> None:
    Homework.objects.update(due_at=clock.now() + timedelta(hours=20))
    student = school.user(STUDENT)
    assert student.pk in missing_work(homework.centre_id, clock.now())
    told = grade_on_paper(homework, student.pk).json()
    missing = missing_work(homework.centre_id, clock.now())
    assert student.pk not in missing
    assert len(missing) == 29
    assert to_hand_in(school.actor(STUDENT)) is None
    returned(school, Submission.objects.get(pk=told["id"]))
    assert student.pk in missing_work(homework.centre_id, clock.now())


def test_what_was_due_and_not_handed_in_is_missing(school: School, homework: Homework) -> None:
    for who in (STUDENT, PARENT):
        assert grades(who, state="missing") == []  # it is not due yet
    overdue(homework)
    student = school.user(STUDENT)
    for who in (STUDENT, PARENT):
        (row,) = grades(who, state="missing")
        assert (row["homework_id"], row["homework_title"]) == (str(homework.pk), "Fractions")
        assert row["students"] == [{"id": str(student.pk), "name": "Ada Ashby"}]
        assert grades(who) == []
    assert grades(TEACHER, state="missing") == []
    grade_on_paper(homework, student.pk)
    for who in (STUDENT, PARENT):
        assert grades(who, state="missing") == []
        assert len(grades(who, state="graded")) == 1
        assert grades(who, state="handed_in") == []


def test_missing_work_of_several_children(school: School, homework: Homework) -> None:
    centre, second = homework.centre, school.user(OTHER)
    parent = school.user(PARENT)
    Guardianship.objects.create(centre=centre, guardian=parent, student=second)
    earlier = school.publish("Poem")
    overdue(homework)
    Homework.objects.filter(pk=earlier.pk).update(due_at=clock.now() - timedelta(days=2))
    handed_in(school, earlier)
    rows = grades(PARENT, state="missing")
    assert [[who["name"] for who in row["students"]] for row in rows] == [
        ["Ada Ashby", "Ben Ashby"],
        ["Ben Ashby"],
    ]
    only = grades(PARENT, state="missing", student_id=second.pk)
    assert [[who["name"] for who in row["students"]] for row in only] == [["Ben Ashby"]] * 2
    first = client_of(PARENT).get("/api/grades?state=missing&limit=1").json()
    assert first["items"] == rows[:1]
    assert grades(PARENT, state="missing", cursor=first["next"]) == rows[1:]
    assert_problem(client_of(PARENT).get("/api/grades", {"state": "lost"}), 422)


def test_missing_work_is_not_told_to_whom_grades_are_not(
    school: School, homework: Homework
) -> None:
    overdue(homework)
    for right in ({"custody_blocked": True}, {"may_see_grades": False}):
        Guardianship.objects.filter(guardian__email=PARENT).update(
            custody_blocked=False, may_see_grades=True
        )
        assert len(grades(PARENT, state="missing")) == 1
        Guardianship.objects.filter(guardian__email=PARENT).update(**right)
        assert grades(PARENT, state="missing") == []
    archive_class(class_id=school.class_7a().pk, by=school.actor(STAFF))
    assert grades(STUDENT, state="missing") == []


def test_the_latest_grades_come_first_with_and_without_work(school: School) -> None:
    first, second, third = (school.publish(title) for title in ("One", "Two", "Three"))
    student = school.user(STUDENT).pk
    grade_on_paper(first, student)
    handed_in(school, second)
    grade_on_paper(third, student)
    client = client_of(STUDENT)
    page = client.get("/api/grades", {"limit": 2}).json()
    assert [each["homework_title"] for each in page["items"]] == ["Three", "Two"]
    rest = client.get("/api/grades", {"cursor": page["next"]}).json()
    assert [each["homework_title"] for each in rest["items"]] == ["One"]


# The grade book and the pages


def test_the_grade_book_leads_to_grading_and_shows_the_grade(
    school: School, homework: Homework
) -> None:
    overdue(homework)
    teacher, student = client_of(TEACHER), school.user(STUDENT)
    path = f"/homework/{homework.pk}/grades/{student.pk}"
    class_path = f"/classes/{homework.school_class_id}"
    for page in (class_path, f"/homework/{homework.pk}", f"/homework/{homework.pk}/work"):
        assert f'href="{path}"' in shown(teacher, page)
        for who in (STAFF, STUDENT, PARENT):
            assert path not in shown(client_of(who), page)

    told = grade_on_paper(homework, student.pk).json()
    cells = teacher.get(f"/api{class_path}/grade-book").json()["items"][0]["cells"]
    assert cells[0]["submission_id"] == told["id"]
    assert (cells[0]["standing"], cells[0]["score"], cells[0]["is_late"]) == ("graded", 80, False)
    assert f'href="/submissions/{told["id"]}"><strong>80</strong>' in shown(teacher, class_path)
    html = shown(teacher, f"/homework/{homework.pk}")
    assert "Handed in: 0" in html
    assert path not in html
    assert "80" in shown(client_of(STUDENT), f"/homework/{homework.pk}")
    html = shown(client_of(STUDENT), f"/submissions/{told['id']}")
    assert "nothing in the portal" in html
    assert "Late" not in html


def by_name(homework: Homework) -> list[int]:
    """The students of the class."""
    enrolments = Enrolment.objects.filter(school_class_id=homework.school_class_id)
    found = enrolments.order_by("student__name", "student_id")
    return list(found.values_list("student_id", flat=True))


def test_a_teacher_grades_one_after_the_other(school: School, homework: Homework) -> None:
    teacher = client_of(TEACHER)
    ada, ben, cem = by_name(homework)[:3]
    handed_in(school, homework, who=User.objects.get(pk=ben).email)
    path = f"/homework/{homework.pk}/grades"
    html = shown(teacher, f"{path}/{ada}")
    assert f'rel="next" accesskey="n" href="{path}/{cem}"' in html  # Ben has handed in
    assert 'rel="prev"' not in html
    assert "keys.js" in html

    given = {"score": "7.5", "comment": "Read\r\naloud.", "then": "next"}
    answer = teacher.post(f"{path}/{ada}", given, follow=True)
    assert answer.redirect_chain[-1][0] == f"{path}/{cem}"
    assert "Graded: Ada Ashby." in checked(answer)
    submission = Submission.objects.get(student_id=ada)
    assert (submission.score, submission.comment) == (Decimal("7.5"), "Read\naloud.")
    answer = teacher.post(f"{path}/{cem}", {"score": "8", "comment": "", "then": "stay"})
    assert answer["Location"] == f"/submissions/{Submission.objects.get(student_id=cem).pk}"
    for student in (ada, ben):
        own = Submission.objects.get(student_id=student).pk
        assert teacher.get(f"{path}/{student}")["Location"] == f"/submissions/{own}"


def test_after_the_last_it_begins_again(school: School, homework: Homework) -> None:
    teacher, path = client_of(TEACHER), f"/homework/{homework.pk}/grades"
    first, *_, last = by_name(homework)
    given = {"score": "1", "then": "next"}
    answer = teacher.post(f"{path}/{last}", given)
    assert answer["Location"] == f"{path}/{first}"
    Enrolment.objects.exclude(student_id=first).delete()
    answer = teacher.post(f"{path}/{first}", given)
    assert answer["Location"].startswith("/submissions/")  # nobody is left


@pytest.mark.parametrize(("score", "said"), [("", "Enter a score"), ("101", "between 0 and 100")])
def test_a_wrong_score_is_said_at_its_field(
    school: School, homework: Homework, score: str, said: str
) -> None:
    path = f"/homework/{homework.pk}/grades/{school.user(STUDENT).pk}"
    answer = client_of(TEACHER).post(path, {"score": score, "comment": "Kept."})
    assert answer.status_code == 422
    html = checked(answer)
    assert said in html
    assert "Kept." in html
    assert not Submission.objects.exists()


def test_what_came_in_meanwhile_is_shown_instead(school: School, homework: Homework) -> None:
    submission = handed_in(school, homework)
    path = f"/homework/{homework.pk}/grades/{submission.student_id}"
    answer = client_of(TEACHER).post(path, {"score": "1"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/submissions/{submission.pk}"
    assert "Something was handed in. Read that first." in checked(answer)
    assert not Review.objects.exists()


def page_of(client: Client, homework: Homework, student_id: int) -> int:
    status: int = client.get(f"/homework/{homework.pk}/grades/{student_id}").status_code
    return status


def test_who_may_open_the_page_and_of_what(school: School, homework: Homework) -> None:
    student, teacher = school.user(STUDENT).pk, client_of(TEACHER)
    for who, status in ((STUDENT, 403), (PARENT, 403), (STAFF, 403), (STRANGER, 404)):
        assert page_of(client_of(who), homework, student) == status
    assert page_of(teacher, homework, school.user(PARENT).pk) == 404
    assert page_of(teacher, homework, 10**12) == 404
    assert page_of(teacher, school.draft("Draft"), student) == 409
    archive_class(class_id=school.class_7a().pk, by=school.actor(STAFF))
    assert page_of(teacher, homework, student) == 409
    html = shown(teacher, f"/classes/{school.class_7a().pk}")
    assert f"/homework/{homework.pk}/grades/" not in html


def test_giving_back_with_a_form_what_was_graded_on_paper(
    school: School, homework: Homework
) -> None:
    told = grade_on_paper(homework, school.user(STUDENT).pk).json()
    teacher = client_of(TEACHER)
    html = shown(teacher, f"/submissions/{told['id']}")
    assert "Ada Ashby can hand in. The grade is taken off" in html
    given = {"version": "0", "comment": "That was another."}
    answer = teacher.post(f"/submissions/{told['id']}/return", given, follow=True)
    assert "Given back for another try." in checked(answer)
    assert "Hand in" in shown(client_of(STUDENT), f"/homework/{homework.pk}")
