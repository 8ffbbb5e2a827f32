"""Managing classes, students and teachers with forms."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core.classes.actions import archive_class, open_class
from core.classes.models import Course, Enrolment, SchoolClass, Teaching
from core.people.models import Membership, Role, User
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import PARENT, STRANGER, STUDENT, TEACHER, client_of

STAFF = "staff@oakwood.example"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def staff(school: School) -> Client:
    return client_of(STAFF)


@pytest.fixture
def class_7b(school: School) -> SchoolClass:
    return open_class(name="7B", by=school.actor(STAFF))


def enrolment_of(email: str = STUDENT) -> Enrolment:
    return Enrolment.objects.get(student__email=email, until=None)


@pytest.mark.parametrize("email", [STUDENT, PARENT, TEACHER])
def test_the_list_shows_ones_own_classes(school: School, class_7b: SchoolClass, email: str) -> None:
    html = shown(client_of(email), "/classes")
    assert ">7A<" in html
    assert ">7B<" not in html  # a token may hold it
    assert "Mathematics 7" in html
    assert "Taylor Thorne" in html
    assert ("30 students" in html) == (email == TEACHER)
    assert "Manage" not in html
    assert "Open a class" not in html


def test_the_office_finds_classes_by_name(staff: Client, class_7b: SchoolClass) -> None:
    html = shown(staff, "/classes")
    assert "7A" in html
    assert "0 students" in html
    assert "no teacher yet" in html
    html = shown(staff, "/classes?q=b")
    assert "7B" in html
    assert "Mathematics" not in html
    assert "No class of that name" in shown(staff, "/classes?q=zzz")


def test_a_list_of_many_classes_asks_a_few_times_only(
    staff: Client, school: School, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    centre = school.class_7a().centre
    SchoolClass.objects.bulk_create(
        SchoolClass(centre=centre, name=f"More {number}") for number in range(120)
    )
    with django_assert_max_num_queries(9):
        html = shown(staff, "/classes")
    assert "Page 1 of 3" in html


def test_an_empty_list_says_what_to_do(school: School, staff: Client) -> None:
    Enrolment.objects.all().delete()
    assert "As soon as the office" in shown(client_of(STUDENT), "/classes")
    SchoolClass.objects.all().delete()
    assert "Open the first" in shown(staff, "/classes")
    assert "Nothing is archived" in shown(staff, "/classes?archived=1")


def test_opening_and_changing_a_class(staff: Client, school: School) -> None:
    course = Course.objects.get(centre__slug="oakwood")
    answer = staff.post("/classes/new", {"name": " 8A ", "course_id": course.pk}, follow=True)
    html = checked(answer)
    opened = SchoolClass.objects.get(name="8A")
    assert answer.redirect_chain[-1][0] == f"/classes/{opened.pk}/manage"
    assert "Nobody attends the class" in html
    assert (opened.course, opened.term) == (course, None)

    path = f"/classes/{opened.pk}/edit"
    assert f'value="{course.pk}" selected' in shown(staff, path)
    changed = {"name": "8B", "course_id": "", "term_id": school.class_7a().term_id}
    assert "Changes saved." in checked(staff.post(path, changed, follow=True))
    opened.refresh_from_db()
    assert (opened.name, opened.course, opened.term_id) == ("8B", None, changed["term_id"])


def test_what_is_wrong_is_said_at_its_field(staff: Client, school: School) -> None:
    foreign = school.class_7a("riverside").course_id
    for sent, said in [
        ({"name": "7A"}, "is the name of another class"),
        ({"name": " "}, "Give it a name."),
        ({"name": "8A", "course_id": foreign}, "Select a valid choice"),
    ]:
        answer = staff.post("/classes/new", sent)
        assert answer.status_code == 422
        assert said in checked(answer)
    assert SchoolClass.objects.count() == 2


def test_courses(staff: Client) -> None:
    sent = {"name": "Physics", "code": "PH8", "subject": ""}
    assert "The course is there." in checked(staff.post("/courses/new", sent, follow=True))
    course = Course.objects.get(code="PH8")
    path = f"/courses/{course.pk}"
    answer = staff.post(path, sent | {"code": "MA7"})
    assert answer.status_code == 422
    assert "is the code of another course" in checked(answer)
    assert "Changes saved." in checked(staff.post(path, sent | {"name": "P"}, follow=True))
    assert staff.get(f"/courses/{10**12}").status_code == 404


def test_a_student_is_found_and_added(staff: Client, school: School, class_7b: SchoolClass) -> None:
    path = f"/classes/{class_7b.pk}/manage"
    html = shown(staff, f"{path}?q=ada+ash")
    assert "Ada Ashby" in html
    assert "Ben Ashby" not in html
    student = school.user(STUDENT)
    answer = staff.post(f"/classes/{class_7b.pk}/enrol", {"student_id": student.pk}, follow=True)
    assert "Ada Ashby attends the class from today." in checked(answer)
    again = staff.post(f"/classes/{class_7b.pk}/enrol", {"student_id": student.pk}, follow=True)
    assert "attends this class already" in checked(again)
    assert "No other student" in shown(staff, f"{path}?q=ada+ash")


def test_the_search_answers_with_its_part_alone(staff: Client, class_7b: SchoolClass) -> None:
    path = f"/classes/{class_7b.pk}/manage"
    html = shown(staff, f"{path}?q=ashby", **HTMX, **{"HX-Target": "found"})
    assert html.lstrip().startswith('<div id="found"')
    assert html.count("csrfmiddlewaretoken") == 20
    assert "There are more" in html
    part = shown(staff, path, **HTMX, **{"HX-Target": "class-students"})
    assert part.lstrip().startswith('<section id="class-students"')


@pytest.mark.parametrize("given", ["", "x", "999999999999", "9" * 30, "-1"])
def test_nobody_unknown_is_added(staff: Client, class_7b: SchoolClass, given: str) -> None:
    answer = staff.post(f"/classes/{class_7b.pk}/enrol", {"student_id": given}, follow=True)
    assert "There is no such person in the centre." in checked(answer)


def test_a_student_is_moved_after_a_question(staff: Client, class_7b: SchoolClass) -> None:
    path = f"/enrolments/{enrolment_of().pk}/move"
    html = shown(staff, path)
    assert "Move Ada Ashby" in html
    assert not re.search(r"<option[^>]*>7A<", html)
    answer = staff.post(path, {"class_id": ""})
    assert answer.status_code == 422
    assert "Choose a class." in checked(answer)
    answer = staff.post(path, {"class_id": class_7b.pk}, follow=True)
    assert "Ada Ashby attends 7B from today." in checked(answer)
    assert "Former students" in checked(answer)
    assert enrolment_of().school_class == class_7b
    late = staff.post(path, {"class_id": class_7b.pk}, follow=True)
    assert "The student has left this class already." in checked(late)


def test_a_student_is_taken_out_after_a_question(staff: Client, school: School) -> None:
    enrolment = enrolment_of()
    html = shown(staff, f"/classes/{enrolment.school_class_id}/manage")
    assert html.count("End the enrolment") == 30
    answer = staff.post(f"/enrolments/{enrolment.pk}/end", follow=True)
    assert "Ada Ashby has left the class." in checked(answer)
    assert "already" in checked(staff.post(f"/enrolments/{enrolment.pk}/end", follow=True))


def test_teachers_are_added_and_removed(
    staff: Client, school: School, class_7b: SchoolClass
) -> None:
    teacher = school.user(TEACHER)
    path = f"/classes/{class_7b.pk}"
    assert "Nobody teaches the class yet" in shown(staff, f"{path}/manage")
    answer = staff.post(f"{path}/teachers", {"person_id": teacher.pk}, follow=True)
    assert "Taylor Thorne teaches the class now." in checked(answer)
    assert Teaching.objects.filter(school_class=class_7b, teacher=teacher).exists()
    answer = staff.post(f"{path}/teachers/{teacher.pk}/remove", follow=True)
    assert "They do not teach the class any more." in checked(answer)
    answer = staff.post(f"{path}/teachers/{teacher.pk}/remove", follow=True)
    assert "There is no such teacher of this class." in checked(answer)
    wrong = staff.post(f"{path}/teachers", {"person_id": school.user(STUDENT).pk}, follow=True)
    assert "There is no such person in the centre." in checked(wrong)


def test_archiving(staff: Client, school: School) -> None:
    school_class = school.class_7a()
    path = f"/classes/{school_class.pk}"
    assert "The class can be opened again here." in shown(staff, f"{path}/manage")
    html = checked(staff.post(f"{path}/archive", follow=True))
    assert "The class is archived" in html
    main = html.partition("<main")[2].partition("</main>")[0]
    assert re.findall(r'<form[^>]* action="([^"]*)"', main) == [f"{path}/unarchive"]
    assert "30 students attend it again." in main
    assert staff.get(f"{path}/edit").status_code == 409
    answer = staff.post(f"/enrolments/{enrolment_of().pk}/end", follow=True)
    assert "The class is archived" in checked(answer)
    assert "7A" in shown(client_of(STUDENT), "/classes?archived=1")


def test_unarchiving(staff: Client, school: School) -> None:
    path = f"/classes/{school.class_7a().pk}"
    staff.post(f"{path}/archive")
    html = checked(staff.post(f"{path}/unarchive", follow=True))
    assert "The class goes on: it can be changed again." in html
    assert "Archive the class" in html
    assert "/homework/new" in shown(client_of(TEACHER), path)
    assert client_of(TEACHER).post(f"{path}/unarchive").status_code == 403
    assert client_of("staff@riverside.example").post(f"{path}/unarchive").status_code == 404


def test_homework_is_not_offered_for_what_is_over(school: School) -> None:
    assert "/homework/new" in shown(client_of(TEACHER), "/")
    archive_class(class_id=school.class_7a().pk, by=school.actor(STAFF))
    assert "/homework/new" not in shown(client_of(TEACHER), "/")


@pytest.mark.parametrize("email", [TEACHER, STUDENT, PARENT, "head@oakwood.example"])
def test_only_staff_and_admins_manage(school: School, email: str) -> None:
    person, school_class = client_of(email), school.class_7a()
    path = f"/classes/{school_class.pk}"
    for page in (f"{path}/manage", f"{path}/edit", "/classes/new", "/courses", "/courses/new"):
        assert person.get(page).status_code == 403
    for act in ("archive", "enrol", "teachers"):
        assert person.post(f"{path}/{act}").status_code == 403
    assert person.post(f"/enrolments/{enrolment_of().pk}/end").status_code == 403


def test_another_centre_has_nothing_here(school: School) -> None:
    stranger = client_of("staff@riverside.example")
    path, number = f"/classes/{school.class_7a().pk}", enrolment_of().pk
    for page in (f"{path}/manage", f"{path}/edit", f"/enrolments/{number}/move"):
        assert stranger.get(page).status_code == 404
    for act in (f"{path}/enrol", f"{path}/teachers", f"/enrolments/{number}/end"):
        assert stranger.post(act).status_code == 404
    assert "7A" in shown(client_of(STRANGER), "/classes")  # their own


def test_a_large_class_asks_a_few_times_only(
    staff: Client, school: School, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    school_class = school.class_7a()
    centre = school_class.centre
    users = User.objects.bulk_create(
        User(email=f"p{number}@x.example", name=f"Pupil {number}") for number in range(150)
    )
    Membership.objects.bulk_create(
        Membership(user=user, centre=centre, roles=[Role.STUDENT]) for user in users
    )
    Enrolment.objects.bulk_create(
        Enrolment(centre=centre, school_class=school_class, student=user) for user in users
    )
    with django_assert_max_num_queries(13):
        html = shown(staff, f"/classes/{school_class.pk}/manage?q=a")
    assert "Page 1 of 2" in html
