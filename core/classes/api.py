"""Classes and courses over HTTP."""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from core.classes import actions, queries
from core.classes.bodies import (
    ClassChange,
    ClassDraft,
    ClassTold,
    CourseChange,
    CourseDraft,
    CourseTold,
    StudentTold,
    TeacherChoice,
    TeacherTold,
)
from core.classes.models import Course, SchoolClass
from core.http.bodies import id_from
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting
from core.people.models import User

router = Router(tags=["classes"])

CLASSES_BY_NAME: Final = Order(SchoolClass, "name", "id")
COURSES_BY_CODE: Final = Order(Course, "code", "id")
PEOPLE_BY_NAME: Final = Order(User, "name", "id")


class ClassesWanted(Wanted):
    """Which classes are asked for."""

    archived: bool = False
    course_id: str | None = None
    term_id: str | None = None


@router.get("classes", response=Page[ClassTold], operation_id="list_classes", summary="Classes")
def list_classes(request: HttpRequest, wanted: Query[ClassesWanted]) -> Page[ClassTold]:
    """The classes that one teaches, attends, has a child in, or oversees; by name.

    Those that are over are listed apart, with `archived=true`.
    """
    rows = queries.classes_for(acting(request)).filter(archived_at__isnull=not wanted.archived)
    for field in ("course_id", "term_id"):
        if (chosen := getattr(wanted, field)) is not None:
            rows = rows.filter(**{field: id_from(chosen) or 0})
    return read_page(rows, CLASSES_BY_NAME, wanted, ClassTold.of)


@router.post(
    "classes", response={201: ClassTold}, operation_id="open_class", summary="Open a class"
)
def open_class(request: HttpRequest, given: ClassDraft) -> Status[ClassTold]:
    """Makes a class, still without students and teachers. Its name must be free."""
    return Status(201, ClassTold.of(actions.open_class(**dict(given), by=acting(request))))


@router.get(
    "classes/{int:class_id}", response=ClassTold, operation_id="get_class", summary="A class"
)
def get_class(request: HttpRequest, class_id: int) -> ClassTold:
    """One of one's classes."""
    return ClassTold.of(queries.get_class(class_id, by=acting(request)))


@router.patch(
    "classes/{int:class_id}",
    response=ClassTold,
    operation_id="change_class",
    summary="Change a class",
)
def change_class(request: HttpRequest, class_id: int, given: ClassChange) -> ClassTold:
    """Changes what is given. An archived class stays as it is (409)."""
    changes = given.model_dump(exclude_unset=True)
    return ClassTold.of(actions.change_class(class_id=class_id, by=acting(request), **changes))


@router.post(
    "classes/{int:class_id}/archive",
    response=ClassTold,
    operation_id="archive_class",
    summary="Archive a class",
)
def archive_class(request: HttpRequest, class_id: int) -> ClassTold:
    """Closes a class: it can be read, and nothing in it can be changed."""
    return ClassTold.of(actions.archive_class(class_id=class_id, by=acting(request)))


@router.post(
    "classes/{int:class_id}/unarchive",
    response=ClassTold,
    operation_id="unarchive_class",
    summary="Unarchive a class",
)
def unarchive_class(request: HttpRequest, class_id: int) -> ClassTold:
    """Lets an archived class go on, with those who were in it. Doing so again changes nothing.

    Homework whose time to be published came while it was archived is a draft again.
    """
    return ClassTold.of(actions.unarchive_class(class_id=class_id, by=acting(request)))


@router.get(
    "classes/{int:class_id}/students",
    response=Page[StudentTold],
    operation_id="list_students",
    summary="Students of a class",
)
def list_students(request: HttpRequest, class_id: int, wanted: Query[Wanted]) -> Page[StudentTold]:
    """Who attends a class now; by name."""
    school_class = queries.get_class(class_id, by=acting(request))
    return read_page(queries.students_of(school_class), PEOPLE_BY_NAME, wanted, StudentTold.of)


@router.get(
    "classes/{int:class_id}/teachers",
    response=Page[TeacherTold],
    operation_id="list_teachers",
    summary="Teachers of a class",
)
def list_teachers(request: HttpRequest, class_id: int, wanted: Query[Wanted]) -> Page[TeacherTold]:
    """Who teaches a class; by name."""
    school_class = queries.get_class(class_id, by=acting(request))
    return read_page(queries.teachers_of(school_class), PEOPLE_BY_NAME, wanted, TeacherTold.of)


@router.post(
    "classes/{int:class_id}/teachers",
    response={201: TeacherTold},
    operation_id="assign_teacher",
    summary="Assign a teacher",
)
def assign_teacher(
    request: HttpRequest, class_id: int, given: TeacherChoice
) -> Status[TeacherTold]:
    """Has a teacher of the centre teach a class. Doing so again changes nothing."""
    by = acting(request)
    teacher = actions.assign_teacher(class_id=class_id, person_id=given.person_id, by=by)
    return Status(201, TeacherTold.of(teacher))


@router.delete(
    "classes/{int:class_id}/teachers/{int:person_id}",
    response={204: None},
    operation_id="remove_teacher",
    summary="Remove a teacher",
)
def remove_teacher(request: HttpRequest, class_id: int, person_id: int) -> HttpResponse:
    """Has a teacher teach a class no longer: they lose what they could see of it."""
    actions.remove_teacher(class_id=class_id, person_id=person_id, by=acting(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.get("courses", response=Page[CourseTold], operation_id="list_courses", summary="Courses")
def list_courses(request: HttpRequest, wanted: Query[Wanted]) -> Page[CourseTold]:
    """The courses of the own centre, by code."""
    return read_page(queries.courses_for(acting(request)), COURSES_BY_CODE, wanted, CourseTold.of)


@router.post(
    "courses", response={201: CourseTold}, operation_id="add_course", summary="Add a course"
)
def add_course(request: HttpRequest, given: CourseDraft) -> Status[CourseTold]:
    """Enters a course. Its code must be free."""
    return Status(201, CourseTold.of(actions.add_course(**dict(given), by=acting(request))))


@router.get(
    "courses/{int:course_id}", response=CourseTold, operation_id="get_course", summary="A course"
)
def get_course(request: HttpRequest, course_id: int) -> CourseTold:
    """One of the own centre's courses."""
    return CourseTold.of(queries.get_course(course_id, by=acting(request)))


@router.patch(
    "courses/{int:course_id}",
    response=CourseTold,
    operation_id="change_course",
    summary="Change a course",
)
def change_course(request: HttpRequest, course_id: int, given: CourseChange) -> CourseTold:
    """Changes what is given. Its code must be free."""
    changes = given.model_dump(exclude_unset=True)
    return CourseTold.of(actions.change_course(course_id=course_id, by=acting(request), **changes))
