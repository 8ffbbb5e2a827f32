"""Work is handed in, graded, given back, and those whom it concerns hear of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.classes.models import Enrolment, Teaching
from core.events.models import Delivery, EventRecord
from core.homework.actions import edit_homework, withdraw_homework
from core.homework.models import Homework
from core.mail.models import Mail
from core.notices.models import Notice, NoticePreference
from core.people.models import Guardianship, User
from core.submissions.models import Review, Submission
from tests.flow.conftest import School
from tests.flow.handing_in import grade, graded, handed_in, returned, send
from tests.flow.pages import STAFF, shown
from tests.flow.people import (
    PARENT,
    STRANGER,
    STUDENT,
    TEACHER,
    assert_problem,
    client_of,
    ids,
    post,
)
from tests.flow.uploads import kept

WorkOff = Callable[[], int]
OTHER = "student2@oakwood.example"
OTHERS_PARENT = "parent2@oakwood.example"


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


def reasons(handler: str) -> set[str]:
    found = Delivery.objects.filter(handler=handler, state="skipped")
    return set(found.values_list("detail", flat=True))


# Handing in


def test_what_is_handed_in_reaches_the_teachers(homework: Homework, work_off: WorkOff) -> None:
    answer = send(homework)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["state"], told["version"], told["is_late"]) == ("handed_in", 1, False)
    assert told["student"]["name"] == "Ada Ashby"
    work_off()
    assert titles(TEACHER) == ["Ada Ashby handed in: Fractions"]
    assert Notice.objects.count() == 1


def test_handing_in_again_makes_a_version_until_it_is_graded(
    school: School, homework: Homework, work_off: WorkOff
) -> None:
    send(homework, "One third.")
    submission_id = send(homework, "One half.").json()["id"]
    assert send(homework, "One half.").json()["version"] == 2  # the same again is nothing new
    work_off()
    assert titles(TEACHER) == ["Ada Ashby handed in anew: Fractions"]
    assert reasons("notices.notify_teachers") == {"a newer version was handed in"}

    told = client_of(TEACHER).get(f"/api/submissions/{submission_id}").json()
    assert [each["body"] for each in told["versions"]] == ["One third.", "One half."]

    assert grade(submission_id).status_code == 200
    assert_problem(send(homework, "One quarter."), 409)
    post(client_of(TEACHER), f"/api/submissions/{submission_id}/return", {"comment": "Again"})
    told = send(homework, "One quarter.").json()
    assert (told["state"], told["version"], told["score"]) == ("handed_in", 3, None)


def test_late_is_what_comes_after_the_due_date_of_then_and_of_now(
    school: School, homework: Homework
) -> None:
    Homework.objects.update(due_at=clock.now() - timedelta(hours=1))
    assert send(homework).json()["is_late"]
    edit_homework(
        homework_id=homework.pk,
        due_at=clock.now() + timedelta(days=1),
        by=school.actor(TEACHER),
    )
    submission = Submission.objects.select_related("homework").get()
    assert not submission.is_late
    Homework.objects.update(due_at=clock.now() - timedelta(days=1))
    assert Submission.objects.select_related("homework").get().is_late


def test_only_students_of_the_class_hand_in(school: School, homework: Homework) -> None:
    for who in (TEACHER, PARENT, STAFF):
        assert_problem(send(homework, who=who), 403)
    Enrolment.objects.filter(student__email=OTHER).delete()
    assert_problem(send(homework, who=OTHER), 404)
    theirs = assert_problem(send(homework, who="student1@riverside.example"), 404)
    missing = assert_problem(send(Homework(pk=999_999), who="student1@riverside.example"), 404)
    assert {**theirs, "request_id": ""} == {**missing, "request_id": ""}
    assert not Submission.objects.exists()


def test_work_must_say_something(school: School, homework: Homework) -> None:
    (error,) = assert_problem(send(homework, " \n"), 422)["errors"]
    assert error["loc"][-1] == "body"
    assert_problem(send(school.draft("Draft")), 404)


# Files


def file_of(school: School, email: str = STUDENT, name: str = "notes.pdf") -> str:
    return str(kept(school.actor(email), name=name).pk)


def send_files(homework: Homework, *files: str, who: str = STUDENT) -> Any:
    path = f"/api/homework/{homework.pk}/submissions"
    return post(client_of(who), path, {"files": list(files)})


@pytest.mark.usefixtures("media")
def test_files_are_handed_in_and_go_on_into_the_next_version(
    school: School, homework: Homework
) -> None:
    first, second = file_of(school), file_of(school, name="more.pdf")
    answer = send_files(homework, first)
    assert answer.status_code == 201
    assert send_files(homework, first).json()["version"] == 1
    assert send_files(homework, first, second).json()["version"] == 2

    told = client_of(TEACHER).get(f"/api/submissions/{answer.json()['id']}").json()
    assert [[each["id"] for each in version["files"]] for version in told["versions"]] == [
        [],
        [first, second],
    ]
    html = shown(client_of(TEACHER), f"/submissions/{answer.json()['id']}")
    assert "more.pdf" in html


@pytest.mark.usefixtures("media")
def test_who_may_see_the_work_may_read_its_files(school: School, homework: Homework) -> None:
    file_id = file_of(school)
    send_files(homework, file_id)
    path = f"/api/files/{file_id}/content"
    for who, status in ((TEACHER, 200), (PARENT, 200), (OTHER, 404), (STRANGER, 404)):
        answer = client_of(who).get(path)
        assert answer.status_code == status, who
        answer.close()


@pytest.mark.usefixtures("media")
def test_only_own_files_are_handed_in(school: School, homework: Homework) -> None:
    (error,) = assert_problem(send_files(homework, file_of(school, OTHER)), 422)["errors"]
    assert error["loc"][-1] == "files"
    assert not Submission.objects.exists()


# Grading


def test_a_grade_reaches_the_student_and_their_guardians(
    school: School, homework: Homework, work_off: WorkOff
) -> None:
    submission = handed_in(school, homework)
    work_off()
    told = grade(submission.pk, score=87.5, comment="Well done.").json()
    assert (told["state"], told["score"], told["max_score"]) == ("graded", 87.5, 100)
    work_off()
    assert titles(STUDENT) == ["Graded 87.5 of 100: Fractions"]
    assert titles(PARENT) == ["Ada Ashby: graded 87.5 of 100: Fractions"]
    assert titles(OTHERS_PARENT) == []
    assert Mail.objects.filter(state="sent").count() == 2
    for who in (STUDENT, PARENT):
        (row,) = client_of(who).get("/api/grades").json()["items"]
        assert (row["score"], row["comment"]) == (87.5, "Well done.")
    assert client_of(OTHER).get("/api/grades").json()["items"] == []


def test_a_blocked_guardian_learns_nothing(
    school: School, homework: Homework, work_off: WorkOff
) -> None:
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    submission = graded(school, handed_in(school, homework))
    work_off()
    assert titles(PARENT) == []
    assert reasons("notices.notify_graded") == reasons("email.mail_graded") == {"custody block"}
    assert client_of(PARENT).get("/api/grades").json()["items"] == []
    assert client_of(PARENT).get(f"/api/submissions/{submission.pk}").status_code == 404


@pytest.mark.parametrize(
    ("right", "reason"),
    [("may_see_grades", "may not see grades"), ("may_be_contacted", "is not to be contacted")],
)
def test_a_guardian_without_the_right_is_not_told(
    school: School, homework: Homework, work_off: WorkOff, right: str, reason: str
) -> None:
    Guardianship.objects.filter(guardian__email=PARENT).update(**{right: False})
    graded(school, handed_in(school, homework))
    work_off()
    assert titles(PARENT) == []
    assert reasons("email.mail_graded") == {reason}
    seen = client_of(PARENT).get("/api/grades").json()["items"]
    assert len(seen) == (right == "may_be_contacted")


def test_who_is_blocked_after_the_fan_out_is_skipped_too(
    school: School, homework: Homework, work_off: WorkOff
) -> None:
    submission = handed_in(school, homework)
    work_off()
    graded(school, submission)
    parent = School().user(PARENT)
    for handler in ("notices.notify_graded", "email.mail_graded"):
        event = EventRecord.objects.get(kind="SubmissionGraded")
        Delivery.objects.create(
            event=event, centre_id=event.centre_id, handler=handler, key=str(parent.pk)
        )
    Guardianship.objects.filter(guardian=parent).update(custody_blocked=True)
    work_off()
    assert titles(PARENT) == []
    assert Mail.objects.filter(state="sent").count() == 1


def test_who_wants_no_mail_about_grades_gets_none(
    school: School, homework: Homework, work_off: WorkOff
) -> None:
    NoticePreference.objects.create(person=school.user(STUDENT), kind="grade", email=False)
    graded(school, handed_in(school, homework))
    work_off()
    assert titles(STUDENT) == ["Graded 87.5 of 100: Fractions"]
    assert list(Mail.objects.values_list("recipient", flat=True)) == [PARENT]


def test_a_new_grade_keeps_the_old_one_and_only_it_is_told(
    school: School, homework: Homework, work_off: WorkOff
) -> None:
    submission = handed_in(school, homework)
    for score in ("50", "90", "90"):
        graded(school, submission, score)
    work_off()
    assert titles(STUDENT) == ["Graded 90 of 100: Fractions"]
    assert reasons("notices.notify_graded") == {"it was looked at again since"}
    told = client_of(STUDENT).get(f"/api/submissions/{submission.pk}").json()
    assert [each["score"] for each in told["reviews"]] == [50, 90]
    assert Review.objects.count() == 2


def test_what_is_given_back_is_told_and_can_be_tried_again(
    school: School, homework: Homework, work_off: WorkOff
) -> None:
    submission = handed_in(school, homework)
    for _ in range(2):
        assert returned(school, submission).state == "returned"
    work_off()
    assert titles(STUDENT) == ["Given back for another try: Fractions"]
    assert titles(PARENT) == ["Ada Ashby: given back for another try: Fractions"]
    assert Review.objects.count() == 1


WRONG: list[dict[str, Any]] = [
    {"score": 101},
    {"score": -1},
    {"score": 1.234},
    {"score": "NaN"},
    {"score": None},
    {"comment": "x" * 20_001},
    {"version": -1},
]


@pytest.mark.parametrize("given", WRONG, ids=str)
def test_a_grade_that_cannot_be_is_refused(
    school: School, homework: Homework, given: dict[str, Any]
) -> None:
    submission = handed_in(school, homework)
    (error,) = assert_problem(grade(submission.pk, **given), 422)["errors"]
    assert error["loc"][-1] in given
    assert not Review.objects.exists()


def test_the_best_score_is_the_homeworks(school: School, homework: Homework) -> None:
    edit_homework(homework_id=homework.pk, max_score=20, by=school.actor(TEACHER))
    submission = handed_in(school, homework)
    assert_problem(grade(submission.pk, score=21), 422)
    assert grade(submission.pk, score=20).json()["max_score"] == 20


def test_what_was_not_read_is_not_graded(school: School, homework: Homework) -> None:
    submission = handed_in(school, homework, "One third.")
    handed_in(school, homework, "One half.")
    assert "newer version" in assert_problem(grade(submission.pk, version=1), 409)["detail"]
    assert grade(submission.pk, version=2).status_code == 200


def test_who_may_grade(school: School, homework: Homework) -> None:
    submission = handed_in(school, homework)
    for who in (STUDENT, PARENT, STAFF):
        assert_problem(grade(submission.pk, who), 403)
    theirs = assert_problem(grade(submission.pk, STRANGER), 404)
    missing = assert_problem(grade(999_999, STRANGER), 404)
    assert {**theirs, "request_id": ""} == {**missing, "request_id": ""}
    Teaching.objects.all().delete()
    assert_problem(grade(submission.pk), 404)
    assert client_of(OTHER).get(f"/api/submissions/{submission.pk}").status_code == 404


def test_what_is_withdrawn_is_neither_graded_nor_told(
    school: School, homework: Homework, work_off: WorkOff
) -> None:
    submission = handed_in(school, homework)
    graded(school, submission)
    withdraw_homework(homework_id=homework.pk, by=school.actor(TEACHER))
    work_off()
    assert titles(STUDENT) == ["Homework withdrawn: Fractions"]
    assert reasons("email.mail_graded") == {"the homework is not published any more"}
    assert_problem(grade(submission.pk, score=1), 409)


# Who has handed in


def test_the_list_names_those_too_who_have_not_handed_in(
    school: School, homework: Homework
) -> None:
    submission = handed_in(school, homework)
    told = client_of(TEACHER).get(f"/api/homework/{homework.pk}/submissions").json()
    assert len(told["items"]) == 30
    assert told["items"][0]["submission"]["id"] == str(submission.pk)
    assert {each["standing"] for each in told["items"][1:]} == {"open"}
    Homework.objects.update(due_at=clock.now() - timedelta(hours=1))
    told = client_of(STAFF).get(f"/api/homework/{homework.pk}/submissions").json()
    assert [each["standing"] for each in told["items"][:2]] == ["handed_in", "missing"]


def test_a_family_sees_its_own_line_only(school: School, homework: Homework) -> None:
    handed_in(school, homework)
    path = f"/api/homework/{homework.pk}/submissions"
    for who, name in ((STUDENT, "Ada Ashby"), (PARENT, "Ada Ashby"), (OTHER, "Ben Ashby")):
        (line,) = client_of(who).get(path).json()["items"]
        assert line["student"]["name"] == name
    assert_problem(client_of(STRANGER).get(path), 404)


def test_who_has_left_the_class_stays_with_what_they_handed_in(
    school: School, homework: Homework
) -> None:
    handed_in(school, homework)
    Enrolment.objects.filter(student__email=STUDENT).delete()
    told = client_of(TEACHER).get(f"/api/homework/{homework.pk}/submissions").json()
    assert (len(told["items"]), told["items"][0]["standing"]) == (30, "handed_in")


@pytest.mark.parametrize("more", [0, 270])
def test_lists_ask_as_much_for_300_students_as_for_30(
    school: School, homework: Homework, more: int, django_assert_max_num_queries: Any
) -> None:
    crowd(school, homework, more)
    client = client_of(TEACHER)
    for path in (
        f"/api/homework/{homework.pk}/submissions?limit=200",
        f"/api/classes/{homework.school_class_id}/grade-book?limit=200",
        f"/classes/{homework.school_class_id}/grade-book.csv",
        f"/classes/{homework.school_class_id}",
        f"/homework/{homework.pk}",
    ):
        with django_assert_max_num_queries(16):
            answer = client.get(path)
            assert answer.status_code == 200
            body = b"".join(answer) if answer.streaming else answer.content
        assert b"Ada Ashby" in body


def crowd(school: School, homework: Homework, more: int) -> None:
    """So many students more; all of the class have handed in."""
    centre = homework.centre
    students = User.objects.bulk_create(
        User(email=f"more{number}@x.example", name=f"More {number}") for number in range(more)
    )
    Enrolment.objects.bulk_create(
        Enrolment(centre=centre, school_class=homework.school_class, student=each)
        for each in students
    )
    enrolled = Enrolment.objects.filter(school_class=homework.school_class)
    Submission.objects.bulk_create(
        Submission(
            centre=centre,
            homework=homework,
            student_id=student,
            version=1,
            body="x",
            handed_in_at=clock.now(),
            due_at=homework.due_at,
        )
        for student in enrolled.values_list("student_id", flat=True)
    )


def test_grades_of_one_child(school: School, homework: Homework) -> None:
    submission = graded(school, handed_in(school, homework))
    client = client_of(PARENT)
    student = school.user(STUDENT)
    assert ids(client.get(f"/api/grades?student_id={student.pk}")) == [str(submission.pk)]
    assert ids(client.get("/api/grades?student_id=1x")) == []
