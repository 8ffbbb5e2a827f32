"""All that changes courses, classes and who teaches them. Each action publishes its event."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import clock
from core.audit.actions import record
from core.calendar.queries import terms_for
from core.classes import queries
from core.classes.events import (
    ClassArchived,
    ClassChanged,
    ClassOpened,
    ClassUnarchived,
    CourseAdded,
    CourseChanged,
    TeacherAssigned,
    TeacherRemoved,
)
from core.classes.models import Course, SchoolClass, Teaching
from core.events.publish import publish
from core.live.doorbell import look_again
from core.people.actor import Actor
from core.people.models import Role, User
from core.refusals import InvalidError, NotFoundError

CODE_TAKEN: Final = gettext_noop("is the code of another course")
NAME_TAKEN: Final = gettext_noop("is the name of another class")


@transaction.atomic
def add_course(*, name: str, subject: str, code: str, by: Actor) -> Course:
    """Enter a course; InvalidError when its code is another's."""
    with _refused_if_taken("code", CODE_TAKEN):
        course = Course.objects.create(
            centre_id=by.centre_id, name=name, subject=subject, code=code
        )
    publish(CourseAdded(centre_id=by.centre_id, course_id=course.pk))
    return course


@transaction.atomic
def change_course(*, course_id: int, by: Actor, **changes: str) -> Course:
    """Change what is given of a course: name, subject, code; InvalidError as when adding."""
    course = queries.get_course(course_id, by=by)
    for field, value in changes.items():
        setattr(course, field, value)
    with _refused_if_taken("code", CODE_TAKEN):
        course.save(update_fields=["name", "subject", "code"])
    publish(CourseChanged(centre_id=by.centre_id, course_id=course.pk))
    return course


@transaction.atomic
def open_class(
    *, name: str, by: Actor, course_id: int | None = None, term_id: int | None = None
) -> SchoolClass:
    """Make a class; InvalidError for a name, course or term that cannot be."""
    _check_course_and_term({"course_id": course_id, "term_id": term_id}, by)
    with _refused_if_taken("name", NAME_TAKEN):
        school_class = SchoolClass.objects.create(
            centre_id=by.centre_id, name=name, course_id=course_id, term_id=term_id
        )
    publish(ClassOpened(centre_id=by.centre_id, class_id=school_class.pk))
    return school_class


@transaction.atomic
def change_class(*, class_id: int, by: Actor, **changes: Any) -> SchoolClass:
    """Change what is given of a class: name, course_id, term_id; InvalidError as when opening."""
    school_class = lock_class(class_id, by=by)
    _check_course_and_term(changes, by)
    for field, value in changes.items():
        setattr(school_class, field, value)
    with _refused_if_taken("name", NAME_TAKEN):
        school_class.save(update_fields=["name", "course", "term"])
    publish(ClassChanged(centre_id=by.centre_id, class_id=school_class.pk))
    return school_class


@transaction.atomic
def archive_class(*, class_id: int, by: Actor) -> SchoolClass:
    """Close a class: those in it keep reading, nobody changes anything. Twice is once."""
    school_class = queries.get_class(class_id, by=by)
    if school_class.archived_at:
        return school_class
    school_class = lock_class(class_id, by=by)
    school_class.archived_at = clock.now()
    school_class.save(update_fields=["archived_at"])
    publish(ClassArchived(centre_id=by.centre_id, class_id=school_class.pk))
    _record("class.archived", school_class, by)
    return school_class


@transaction.atomic
def unarchive_class(*, class_id: int, by: Actor) -> SchoolClass:
    """Let an archived class go on, with those who were in it. Twice is once.

    Nothing can stand against it: its name was kept for it, and so were its enrolments. A student
    who attends another class meanwhile attends both.
    """
    queries.get_class(class_id, by=by)
    locked = SchoolClass.objects.select_for_update(of=("self",), no_key=True)
    school_class = locked.select_related("centre").get(pk=class_id)
    if school_class.archived_at is None:
        return school_class
    school_class.archived_at = None
    school_class.save(update_fields=["archived_at"])
    publish(ClassUnarchived(centre_id=by.centre_id, class_id=school_class.pk))
    _record("class.unarchived", school_class, by)
    return school_class


@transaction.atomic
def assign_teacher(*, class_id: int, person_id: int, by: Actor) -> User:
    """Have a teacher of the centre teach a class. Twice is once."""
    school_class = lock_class(class_id, by=by)
    teacher = queries.members_with(Role.TEACHER, by).filter(pk=person_id).first()
    if teacher is None:
        raise InvalidError("person_id", "is no teacher of this centre")
    __, is_new = Teaching.objects.get_or_create(
        centre_id=by.centre_id, school_class=school_class, teacher=teacher
    )
    if is_new:
        publish(TeacherAssigned(centre_id=by.centre_id, class_id=class_id, teacher_id=person_id))
        _record("teacher.assigned", school_class, by, teacher=person_id)
    return teacher


@transaction.atomic
def remove_teacher(*, class_id: int, person_id: int, by: Actor) -> None:
    """Have a teacher teach a class no longer; NotFoundError for who does not."""
    school_class = lock_class(class_id, by=by)
    gone, __ = Teaching.objects.filter(school_class=school_class, teacher_id=person_id).delete()
    if not gone:
        raise NotFoundError("There is no such teacher of this class.")
    look_again([person_id])
    publish(TeacherRemoved(centre_id=by.centre_id, class_id=class_id, teacher_id=person_id))
    _record("teacher.removed", school_class, by, teacher=person_id)


def lock_class(class_id: int, *, by: Actor) -> SchoolClass:
    """A class that is not archived, and will not be during this transaction."""
    queries.get_class(class_id, by=by)
    locked = SchoolClass.objects.select_for_update(of=("self",), no_key=True)
    school_class = locked.select_related("centre").get(pk=class_id)
    queries.check_not_archived(school_class)
    return school_class


def _check_course_and_term(given: dict[str, Any], by: Actor) -> None:
    """Refuse what is no course or no term of the centre; None is no course, and no term."""
    for field, known in (("course_id", queries.courses_for(by)), ("term_id", terms_for(by))):
        chosen = given.get(field)
        if chosen is not None and not known.filter(pk=chosen).exists():
            raise InvalidError(field, "is none of this centre")


@contextmanager
def _refused_if_taken(field: str, msg: str) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise InvalidError(field, _(msg)) from None


def _record(what: str, school_class: SchoolClass, by: Actor, **detail: int) -> None:
    record(
        what,
        centre_id=by.centre_id,
        by=by.user_id,
        subject=f"class:{school_class.pk}",
        detail=detail,
    )
