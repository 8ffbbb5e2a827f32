"""Who attends which class: coming, moving and leaving, with the history that remains."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core import clock
from core.audit.models import AuditEntry
from core.classes.actions import archive_class, open_class, unarchive_class
from core.classes.enrolment_actions import enrol_student, move_student
from core.classes.models import Enrolment, SchoolClass, Teaching
from core.events.models import Delivery, EventRecord
from core.home.waiting import to_hand_in
from core.homework.actions import publish_scheduled, schedule_homework
from core.homework.audience import LEFT, audience_of, standing_of
from core.homework.models import Homework, HomeworkState
from core.isolation.scope import everywhere
from core.notices.models import Notice
from core.people.models import Guardianship, Membership, Role, User
from core.refusals import ConflictError
from core.submissions.reminders import missing_work
from tests.flow.conftest import School
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

STAFF = "staff@oakwood.example"


@pytest.fixture
def staff(school: School) -> Client:
    return client_of(STAFF)


@pytest.fixture
def class_7b(school: School) -> SchoolClass:
    return open_class(name="7B", by=school.actor(STAFF))


def enrolment_of(email: str = STUDENT) -> Enrolment:
    return Enrolment.objects.get(student__email=email, until=None)


def newcomer(school: School) -> User:
    """A student of the centre who is in no class yet."""
    student = User.objects.create(email="new@oakwood.example", name="Nia New")
    centre = school.class_7a().centre
    Membership.objects.create(user=student, centre=centre, roles=[Role.STUDENT])
    return student


def move(client: Client, enrolment: Enrolment, school_class: SchoolClass) -> Any:
    return post(client, f"/api/enrolments/{enrolment.pk}/move", {"class_id": str(school_class.pk)})


def test_a_newcomer_sees_the_class_at_once(school: School, staff: Client) -> None:
    student, school_class = newcomer(school), school.class_7a()
    homework = school.publish()
    assert ids(client_of(student.email).get("/api/homework")) == []

    path = f"/api/classes/{school_class.pk}/enrolments"
    answer = post(staff, path, {"student_id": str(student.pk)})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["student_name"], told["class_name"], told["until"]) == ("Nia New", "7A", None)
    assert told["since"] == str(clock.now().date())  # London's November has UTC's days
    assert ids(client_of(student.email).get("/api/homework")) == [str(homework.pk)]

    again = assert_problem(post(staff, path, {"student_id": str(student.pk)}), 409)
    assert "already" in again["detail"]
    assert Enrolment.objects.filter(student=student).count() == 1


def test_who_cannot_be_enrolled(school: School, staff: Client) -> None:
    path = f"/api/classes/{school.class_7a().pk}/enrolments"
    foreign = school.user("student1@riverside.example").pk
    for wrong in (school.user(TEACHER).pk, foreign, 10**12, 2**63, "x", "-1", ""):
        found = assert_problem(post(staff, path, {"student_id": str(wrong)}), 422)
        assert found["errors"] == [
            {"loc": ["body", "student_id"], "msg": "is no student of this centre"}
        ]
    for body in ({}, {"student_id": None}, {"student_id": 7}, {"student_id": "7", "x": 1}):
        assert_problem(post(staff, path, body), 422)


def test_a_move_ends_here_and_begins_there(
    school: School, staff: Client, class_7b: SchoolClass
) -> None:
    homework, old = school.publish(), enrolment_of()
    told = move(staff, old, class_7b).json()
    assert told["class_name"] == "7B"

    history = staff.get(f"/api/students/{old.student_id}/enrolments").json()["items"]
    assert [(each["class_name"], each["until"] is None) for each in history] == [
        ("7B", True),
        ("7A", False),
    ]
    assert history[1]["since"] < history[1]["until"] == history[0]["since"]
    # The old class is closed to the student and the guardian, the new one open.
    for email in (STUDENT, PARENT):
        person = client_of(email)
        assert ids(person.get("/api/classes")) == [str(class_7b.pk)]
        assert ids(person.get("/api/homework")) == []
        assert_problem(person.get(f"/api/homework/{homework.pk}"), 404)
        assert ">7A<" not in person.get("/classes").content.decode()
    assert len(ids(staff.get(f"/api/classes/{school.class_7a().pk}/students"))) == 29
    assert ids(staff.get(f"/api/classes/{class_7b.pk}/students")) == [str(old.student_id)]


def test_who_has_moved_is_told_of_nothing_more_there(
    school: School, staff: Client, class_7b: SchoolClass, work_off: Callable[[], int]
) -> None:
    homework, student, parent = school.publish(), school.user(STUDENT), school.user(PARENT)
    move(staff, enrolment_of(), class_7b)
    assert len(audience_of(homework.pk)) == 58
    pairs = [(homework.pk, each.pk) for each in (student, parent)]
    assert {each.why_not for each in standing_of(pairs).values()} == {LEFT}
    work_off()
    told = Notice.objects.filter(url=f"/homework/{homework.pk}")
    assert told.count() == 58
    assert not told.filter(person__in=[student, parent]).exists()


def test_who_has_moved_keeps_their_own_work_and_hands_in_no_more(
    school: School, staff: Client, class_7b: SchoolClass
) -> None:
    homework, student = school.publish(), client_of(STUDENT)
    Homework.objects.update(due_at=clock.now() + timedelta(hours=5))
    path = f"/api/homework/{homework.pk}/submissions"
    work = post(student, path, {"body": "42"}).json()
    assert school.user("student2@oakwood.example").pk in reminded(school)
    for email in (STUDENT, "student2@oakwood.example"):
        move(staff, enrolment_of(email), class_7b)
    assert student.get(f"/api/submissions/{work['id']}").json()["body"] == "42"
    assert_problem(post(student, path, {"body": "43"}), 404)
    assert school.user("student2@oakwood.example").pk not in reminded(school)
    assert len(reminded(school)) == 28


def reminded(school: School) -> list[int]:
    """Who would be reminded of what is due."""
    return list(missing_work(school.class_7a().centre_id, clock.now()))


def test_whoever_comes_back_is_enrolled_anew(
    school: School, staff: Client, class_7b: SchoolClass
) -> None:
    first = enrolment_of()
    move(staff, first, class_7b)
    move(staff, enrolment_of(), school.class_7a())
    history = staff.get(f"/api/students/{first.student_id}/enrolments").json()["items"]
    assert [each["class_name"] for each in history] == ["7A", "7B", "7A"]
    assert [each["until"] is None for each in history] == [True, False, False]


def test_what_cannot_be_moved(school: School, staff: Client, class_7b: SchoolClass) -> None:
    enrolment, foreign = enrolment_of(), school.class_7a("riverside")
    for wrong in (school.class_7a(), foreign):
        found = assert_problem(move(staff, enrolment, wrong), 422)
        assert found["errors"][0]["loc"] == ["body", "class_id"]
    enrol_student(class_id=class_7b.pk, student_id=enrolment.student_id, by=school.actor(STAFF))
    assert_problem(move(staff, enrolment, class_7b), 409)
    enrolment.refresh_from_db()
    assert enrolment.until is None  # a move is whole or not at all


def test_leaving(school: School, staff: Client) -> None:
    enrolment = enrolment_of()
    path = f"/api/enrolments/{enrolment.pk}/end"
    assert post(staff, path).json()["until"] == str(clock.now().date())
    assert_problem(post(staff, path), 409)
    assert ids(client_of(STUDENT).get("/api/classes")) == []
    past = staff.get(f"/api/classes/{enrolment.school_class_id}/enrolments?past=true")
    assert ids(past) == [str(enrolment.pk)]


def test_a_day_that_has_not_begun_here_is_no_reason_to_fail(school: School, staff: Client) -> None:
    tomorrow = clock.now().date() + timedelta(days=1)
    Enrolment.objects.filter(pk=enrolment_of().pk).update(since=tomorrow)
    assert post(staff, f"/api/enrolments/{enrolment_of().pk}/end").json()["until"] == str(tomorrow)


def test_an_archived_class_stays_as_it_is(
    school: School, staff: Client, class_7b: SchoolClass
) -> None:
    homework, enrolment, school_class = school.publish(), enrolment_of(), school.class_7a()
    path = f"/api/classes/{school_class.pk}"
    archived = post(staff, f"{path}/archive").json()
    assert archived["archived_at"]
    assert post(staff, f"{path}/archive").json() == archived
    calls = [
        ("post", f"{path}/enrolments", {"student_id": str(newcomer(school).pk)}),
        ("post", f"{path}/teachers", {"person_id": str(school.user(TEACHER).pk)}),
        ("delete", f"{path}/teachers/{school.user(TEACHER).pk}", None),
        ("patch", path, {"name": "7C"}),
        ("post", f"/api/enrolments/{enrolment.pk}/end", None),
        ("post", f"/api/enrolments/{enrolment.pk}/move", {"class_id": str(class_7b.pk)}),
    ]
    for how, where, body in calls:
        answer = getattr(staff, how)(where, data=body, content_type="application/json")
        assert "archived" in assert_problem(answer, 409)["detail"]
    teacher = client_of(TEACHER)
    assert_problem(post(teacher, f"/api/homework/{homework.pk}/withdraw"), 409)
    assert ids(teacher.get("/api/classes")) == []
    assert ids(teacher.get("/api/classes?archived=true")) == [str(school_class.pk)]
    assert client_of(STUDENT).get(f"/api/homework/{homework.pk}").status_code == 200


def test_nothing_more_happens_in_an_archived_class(school: School) -> None:
    teacher, published, later = school.actor(TEACHER), school.publish(), school.draft("Later")
    soon = clock.now() + timedelta(hours=5)
    Homework.objects.update(due_at=soon)
    work = post(client_of(STUDENT), f"/api/homework/{published.pk}/submissions", {"body": "42"})
    schedule_homework(homework_id=later.pk, at=clock.now() + timedelta(hours=1), by=teacher)
    archive_class(class_id=school.class_7a().pk, by=school.actor(STAFF))

    path = f"/api/submissions/{work.json()['id']}"
    for answer in (
        post(client_of(STUDENT), f"/api/homework/{published.pk}/submissions", {"body": "43"}),
        post(client_of(TEACHER), f"{path}/return", {"comment": "Again"}),
    ):
        assert "archived" in assert_problem(answer, 409)["detail"]
    assert reminded(school) == []
    assert to_hand_in(school.actor("student2@oakwood.example")) is None
    Homework.objects.filter(pk=later.pk).update(publish_at=clock.now())
    assert not publish_scheduled(homework_id=later.pk, publish_at=publish_time(later))
    later.refresh_from_db()
    assert later.state == HomeworkState.SCHEDULED


def test_an_unarchived_class_is_as_it_was(
    school: School, staff: Client, class_7b: SchoolClass
) -> None:
    homework, student = school.publish(), enrolment_of().student_id
    path = f"/api/classes/{school.class_7a().pk}"
    assert post(staff, f"{path}/unarchive").json()["archived_at"] is None  # it never was archived
    assert not AuditEntry.objects.filter(what="class.unarchived").exists()
    post(staff, f"{path}/archive")
    taken = assert_problem(post(staff, "/api/classes", {"name": "7A"}), 422)
    assert taken["errors"][0]["loc"] == ["body", "name"]  # so that it can go on under its name
    enrol_student(class_id=class_7b.pk, student_id=student, by=school.actor(STAFF))

    told = post(staff, f"{path}/unarchive").json()
    assert (told["name"], told["archived_at"]) == ("7A", None)
    assert post(staff, f"{path}/unarchive").json() == told
    assert len(ids(staff.get(f"{path}/students"))) == 30
    assert len(ids(client_of(STUDENT).get("/api/classes"))) == 2
    handed_in = post(client_of(STUDENT), f"/api/homework/{homework.pk}/submissions", {"body": "4"})
    assert handed_in.status_code == 201
    assert EventRecord.objects.filter(kind="ClassUnarchived").count() == 1
    entry = AuditEntry.objects.get(what="class.unarchived")
    assert entry.by_id == school.user(STAFF).pk


def test_what_was_to_be_published_meanwhile_is_a_draft_again(
    school: School, work_off: Callable[[], int]
) -> None:
    teacher, missed, later = school.actor(TEACHER), school.draft("Missed"), school.draft("Later")
    for homework in (missed, later):
        at = clock.now() + timedelta(days=1)
        schedule_homework(homework_id=homework.pk, at=at, by=teacher)
    class_id, staff = school.class_7a().pk, school.actor(STAFF)
    archive_class(class_id=class_id, by=staff)
    Homework.objects.filter(pk=missed.pk).update(publish_at=clock.now())
    unarchive_class(class_id=class_id, by=staff)
    work_off()
    states = dict(Homework.objects.values_list("title", "state"))
    assert states == {"Missed": HomeworkState.DRAFT, "Later": HomeworkState.SCHEDULED}
    missed.refresh_from_db()
    assert missed.publish_at is None


@pytest.mark.parametrize("email", [TEACHER, STUDENT, PARENT, "head@oakwood.example"])
def test_only_staff_and_admins_unarchive(school: School, email: str) -> None:
    archive_class(class_id=school.class_7a().pk, by=school.actor(STAFF))
    assert_problem(post(client_of(email), f"/api/classes/{school.class_7a().pk}/unarchive"), 403)


def publish_time(homework: Homework) -> datetime:
    """When it is to be published."""
    homework.refresh_from_db()
    assert homework.publish_at
    return homework.publish_at


@pytest.mark.parametrize("email", [TEACHER, STUDENT, PARENT, "head@oakwood.example"])
def test_only_staff_and_admins_move_students(
    school: School, class_7b: SchoolClass, email: str
) -> None:
    person, enrolment = client_of(email), enrolment_of()
    assert_problem(move(person, enrolment, class_7b), 403)
    assert_problem(post(person, f"/api/enrolments/{enrolment.pk}/end"), 403)
    path = f"/api/classes/{class_7b.pk}/enrolments"
    assert_problem(post(person, path, {"student_id": str(enrolment.student_id)}), 403)


def test_who_reads_which_history(school: School, staff: Client, class_7b: SchoolClass) -> None:
    first = enrolment_of()
    path = f"/api/students/{first.student_id}/enrolments"
    move(staff, first, class_7b)
    for email, seen in [
        (STAFF, ["7B", "7A"]),
        ("head@oakwood.example", ["7B", "7A"]),
        (STUDENT, ["7B", "7A"]),
        (PARENT, ["7B", "7A"]),
        (TEACHER, ["7A"]),  # whose class 7B is not
    ]:
        told = client_of(email).get(path).json()["items"]
        assert [each["class_name"] for each in told] == seen, email
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    Teaching.objects.filter(teacher__email=TEACHER).delete()
    for email in (PARENT, TEACHER, "student2@oakwood.example", "parent2@oakwood.example"):
        assert_problem(client_of(email).get(path), 404)
    own = f"/api/students/{school.user(TEACHER).pk}/enrolments"
    assert_problem(client_of(TEACHER).get(own), 404)


def test_nobody_reads_histories_of_another_centre(school: School) -> None:
    foreign = client_of("staff@riverside.example")
    told = [
        {**assert_problem(foreign.get(f"/api/students/{number}/enrolments"), 404), "request_id": ""}
        for number in (school.user(STUDENT).pk, 10**12, 2**63)
    ]
    assert told[0] == told[1] == told[2]
    teacher = school.user("teacher@oakwood.example").pk
    assert_problem(client_of(STAFF).get(f"/api/students/{teacher}/enrolments"), 404)


def test_teachers_of_both_classes_are_told_of_a_move(
    school: School, staff: Client, class_7b: SchoolClass, work_off: Callable[[], int]
) -> None:
    new_teacher = school.user("head@oakwood.example")
    Teaching.objects.create(centre=class_7b.centre, school_class=class_7b, teacher=new_teacher)
    move(staff, enrolment_of(), class_7b)
    work_off()
    notices = {each.person.email: each for each in Notice.objects.select_related("person")}
    assert {each.title for each in notices.values()} == {"Ada Ashby moved from 7A to 7B"}
    assert notices[TEACHER].url == f"/classes/{school.class_7a().pk}"
    assert notices["head@oakwood.example"].url == f"/classes/{class_7b.pk}"


def test_teachers_are_told_of_a_newcomer_who_stays(
    school: School, staff: Client, work_off: Callable[[], int]
) -> None:
    by, class_id = school.actor(STAFF), school.class_7a().pk
    student = newcomer(school)
    first = enrol_student(class_id=class_id, student_id=student.pk, by=by)
    post(staff, f"/api/enrolments/{first.pk}/end")
    enrol_student(class_id=class_id, student_id=student.pk, by=by)
    work_off()
    assert [each.title for each in Notice.objects.all()] == ["Nia New is in 7A now"]
    skipped = Delivery.objects.get(handler="notices.tell_teachers_of_newcomer", state="skipped")
    assert skipped.detail == "the student has left the class since"


def test_teachers_are_told_in_their_language(school: School, work_off: Callable[[], int]) -> None:
    User.objects.filter(email=TEACHER).update(language="es")
    class_id = school.class_7a().pk
    enrol_student(class_id=class_id, student_id=newcomer(school).pk, by=school.actor(STAFF))
    work_off()
    assert [each.title for each in Notice.objects.all()] == ["Nia New está ahora en 7A"]


def test_who_acts_in_the_centre_no_more_is_neither_told_nor_enrolled(
    school: School, staff: Client, work_off: Callable[[], int]
) -> None:
    student, teacher = newcomer(school), school.user(TEACHER)
    Membership.objects.filter(user=teacher).update(is_active=False)
    enrol_student(class_id=school.class_7a().pk, student_id=student.pk, by=school.actor(STAFF))
    work_off()
    assert not Notice.objects.exists()
    post(staff, f"/api/enrolments/{enrolment_of(student.email).pk}/end")
    Membership.objects.filter(user=student).update(is_active=False)
    path = f"/api/classes/{school.class_7a().pk}"
    assert_problem(post(staff, f"{path}/enrolments", {"student_id": str(student.pk)}), 422)
    assert_problem(post(staff, f"{path}/teachers", {"person_id": str(teacher.pk)}), 422)


def test_a_teacher_of_the_class_no_more_is_not_told(
    school: School, work_off: Callable[[], int]
) -> None:
    class_id = school.class_7a().pk
    enrol_student(class_id=class_id, student_id=newcomer(school).pk, by=school.actor(STAFF))
    Teaching.objects.all().delete()
    work_off()
    assert not Notice.objects.exists()


def test_each_step_is_an_event_and_written_down(
    school: School, staff: Client, class_7b: SchoolClass
) -> None:
    student = newcomer(school)
    by = school.actor(STAFF)
    enrolment = enrol_student(class_id=school.class_7a().pk, student_id=student.pk, by=by)
    moved = move_student(enrolment_id=enrolment.pk, class_id=class_7b.pk, by=by)
    post(staff, f"/api/enrolments/{moved.pk}/end")
    subject = EventRecord.objects.filter(subject=f"student:{student.pk}").order_by("pk")
    kinds = ["StudentEnrolled", "StudentMoved", "StudentLeft"]
    assert list(subject.values_list("kind", flat=True)) == kinds
    written = AuditEntry.objects.filter(subject=f"user:{student.pk}").order_by("pk")
    assert [each.what for each in written] == [
        "student.enrolled",
        "student.moved",
        "student.left",
    ]
    assert {each.by_id for each in written} == {by.user_id}
    assert written[1].detail == {"from": school.class_7a().pk, "class": class_7b.pk}


def test_of_two_moves_at_once_one_happens(school: School, class_7b: SchoolClass) -> None:
    class_7c = open_class(name="7C", by=school.actor(STAFF))
    by, enrolment = school.actor(STAFF), enrolment_of()
    moves = [
        partial(move_student, enrolment_id=enrolment.pk, class_id=to.pk, by=by)
        for to in (class_7b, class_7c, class_7b, class_7c)
    ]
    outcomes = at_once(moves)
    assert [isinstance(each, ConflictError) for each in outcomes].count(True) == 3
    assert [isinstance(each, Enrolment) for each in outcomes].count(True) == 1
    assert Enrolment.objects.filter(student=enrolment.student, until=None).count() == 1


def test_moves_that_cross_do_not_wait_for_each_other_for_ever(
    school: School, class_7b: SchoolClass
) -> None:
    by, here = school.actor(STAFF), enrolment_of()
    there = enrolment_of("student2@oakwood.example")
    crossing = [here, move_student(enrolment_id=there.pk, class_id=class_7b.pk, by=by)]
    other = {class_7b.pk: school.class_7a().pk, school.class_7a().pk: class_7b.pk}
    for _ in range(5):
        moves = [
            partial(move_student, enrolment_id=each.pk, class_id=other[each.school_class_id], by=by)
            for each in crossing
        ]
        crossing = at_once(moves)
        assert all(isinstance(each, Enrolment) for each in crossing), crossing


def test_a_class_that_is_being_archived_takes_nobody(school: School) -> None:
    by, class_id = school.actor(STAFF), school.class_7a().pk
    student = newcomer(school)
    outcomes = at_once(
        [
            partial(archive_class, class_id=class_id, by=by),
            partial(enrol_student, class_id=class_id, student_id=student.pk, by=by),
        ]
    )
    assert isinstance(outcomes[0], SchoolClass)
    assert isinstance(outcomes[1], (Enrolment, ConflictError))
    came = isinstance(outcomes[1], Enrolment)
    assert Enrolment.objects.filter(student=student).exists() == came


def test_the_database_knows_no_second_present_enrolment(school: School) -> None:
    present = enrolment_of()
    twin = {
        "centre": present.centre,
        "school_class": present.school_class,
        "student": present.student,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(**twin)
    Enrolment.objects.create(**twin, since=present.since, until=present.since)
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(**twin, since=present.since, until=present.since - timedelta(1))


def test_a_list_of_enrolments_asks_a_few_times_only(
    school: School, staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):
        answer = staff.get(f"/api/classes/{school.class_7a().pk}/enrolments")
    assert len(ids(answer)) == 30


def test_strangers_find_nothing(school: School, class_7b: SchoolClass) -> None:
    stranger = client_of("staff@riverside.example")
    enrolment = enrolment_of()
    own = school.class_7a("riverside")
    told = [
        {**assert_problem(answer, 404), "request_id": ""}
        for number in (enrolment.pk, 10**12)
        for answer in (post(stranger, f"/api/enrolments/{number}/end"),)
    ]
    assert told[0] == told[1]
    assert_problem(move(stranger, enrolment, own), 404)
    assert_problem(client_of(STRANGER).get(f"/api/classes/{class_7b.pk}/teachers"), 404)


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each call returned or raised, all begun together in threads of their own."""
    start = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            with everywhere():
                start.wait()
                outcomes[number] = call()
        except Exception as error:  # noqa: BLE001 - it is what the test looks at
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
