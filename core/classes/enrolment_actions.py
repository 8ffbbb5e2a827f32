"""Actions by which students come into classes, move and leave. What was is kept.

Locks are taken in one order, so that none waits in a circle: classes by id, then the enrolment.
"""

from datetime import date

from django.db import IntegrityError, transaction

from core.audit.actions import record
from core.calendar.queries import today_of
from core.classes import queries
from core.classes.actions import lock_class
from core.classes.events import StudentEnrolled, StudentLeft, StudentMoved
from core.classes.models import Enrolment, SchoolClass
from core.events.publish import publish
from core.live.doorbell import look_again
from core.people.actor import Actor
from core.people.models import Guardianship, Role
from core.refusals import ConflictError, InvalidError, NotFoundError


@transaction.atomic
def enrol_student(*, class_id: int, student_id: int, by: Actor) -> Enrolment:
    """Have a student of the centre attend a class from today; ConflictError when they do."""
    school_class = lock_class(class_id, by=by)
    if not queries.members_with(Role.STUDENT, by).filter(pk=student_id).exists():
        raise InvalidError("student_id", "is no student of this centre")
    enrolment = _begin(school_class, student_id)
    publish(
        StudentEnrolled(
            centre_id=by.centre_id,
            student_id=student_id,
            class_id=class_id,
            enrolment_id=enrolment.pk,
        )
    )
    _record("student.enrolled", student_id, by, {"class": class_id})
    return enrolment


@transaction.atomic
def move_student(*, enrolment_id: int, class_id: int, by: Actor) -> Enrolment:
    """End an enrolment today and begin one in another class; returns the new one.

    ConflictError when it has ended, a class is archived, or the student attends the other already.
    """
    present = queries.get_enrolment(enrolment_id, by=by)
    old, new = _lock_both(present.school_class_id, class_id, by)
    _end(enrolment_id, today_of(old.centre))
    _look_again(present)
    enrolment = _begin(new, present.student_id)
    publish(
        StudentMoved(
            centre_id=by.centre_id,
            student_id=present.student_id,
            from_class_id=old.pk,
            class_id=new.pk,
            enrolment_id=enrolment.pk,
        )
    )
    _record("student.moved", present.student_id, by, {"from": old.pk, "class": new.pk})
    return enrolment


@transaction.atomic
def end_enrolment(*, enrolment_id: int, by: Actor) -> Enrolment:
    """Have a student leave a class today; ConflictError when they have, or it is archived."""
    present = queries.get_enrolment(enrolment_id, by=by)
    school_class = lock_class(present.school_class_id, by=by)
    _end(enrolment_id, today_of(school_class.centre))
    _look_again(present)
    publish(
        StudentLeft(
            centre_id=by.centre_id,
            student_id=present.student_id,
            class_id=school_class.pk,
            enrolment_id=enrolment_id,
        )
    )
    _record("student.left", present.student_id, by, {"class": school_class.pk})
    return queries.get_enrolment(enrolment_id, by=by)


def _lock_both(old_id: int, new_id: int, by: Actor) -> tuple[SchoolClass, SchoolClass]:
    if old_id == new_id:
        raise InvalidError("class_id", "is the class that the student moves from")
    if not queries.classes_for(by).filter(pk=new_id).exists():
        raise InvalidError("class_id", "is no class of this centre")
    locked = {each: lock_class(each, by=by) for each in sorted((old_id, new_id))}
    return locked[old_id], locked[new_id]


def _begin(school_class: SchoolClass, student_id: int) -> Enrolment:
    """A new present enrolment; of two at once, the second is refused by the database."""
    try:
        with transaction.atomic():
            made = Enrolment.objects.create(
                centre_id=school_class.centre_id,
                school_class=school_class,
                student_id=student_id,
                since=today_of(school_class.centre),
            )
    except IntegrityError:
        raise ConflictError("The student attends this class already.") from None
    return made


def _end(enrolment_id: int, today: date) -> None:
    enrolment = Enrolment.objects.select_for_update(no_key=True).filter(pk=enrolment_id).first()
    if enrolment is None:
        raise NotFoundError("There is no such enrolment.")
    if enrolment.until:
        raise ConflictError("The student has left this class already.")
    # The day may begin later here than where the row got its first day from.
    enrolment.until = max(today, enrolment.since)
    enrolment.save(update_fields=["until"])


def _record(what: str, student_id: int, by: Actor, detail: dict[str, int]) -> None:
    record(
        what,
        centre_id=by.centre_id,
        by=by.user_id,
        subject=f"user:{student_id}",
        detail=detail,
    )


def _look_again(left: Enrolment) -> None:
    """Those in the class's rooms have them no more: the student, and who was there as guardian."""
    guardians = Guardianship.objects.filter(centre_id=left.centre_id, student_id=left.student_id)
    look_again([left.student_id, *guardians.values_list("guardian_id", flat=True)])
