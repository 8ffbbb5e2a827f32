"""All that reads classes. Another centre's things do not exist here."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.classes.models import Enrolment, SchoolClass
from core.people.actor import Actor
from core.people.models import Guardianship, Role, User
from core.refusals import NotFoundError

SEE_ALL = (Role.STAFF, Role.HEAD, Role.ADMIN)


def _wards(by: Actor) -> QuerySet[Guardianship]:
    return Guardianship.objects.filter(
        centre_id=by.centre_id, guardian_id=by.user_id, custody_blocked=False
    )


def attended_by(by: Actor) -> Exists:
    """Whether a class (the outer row) is attended by the actor or by a ward of theirs."""
    return Exists(
        Enrolment.objects.filter(school_class=OuterRef("pk")).filter(
            Q(student_id=by.user_id) | Q(student_id__in=_wards(by).values("student_id"))
        )
    )


def classes_for(by: Actor) -> QuerySet[SchoolClass]:
    """The classes that the actor teaches, attends, has a child in, or oversees."""
    classes = SchoolClass.objects.filter(centre_id=by.centre_id)
    if by.is_any(*SEE_ALL):
        return classes
    return classes.filter(Q(attended_by(by)) | Q(pk__in=taught_by(by)))


def taught_by(by: Actor) -> QuerySet[SchoolClass]:
    """The classes that the actor teaches."""
    return SchoolClass.objects.filter(centre_id=by.centre_id, teachers=by.user_id)


def get_class(class_id: int, *, by: Actor) -> SchoolClass:
    """One of `classes_for`; NotFoundError otherwise."""
    found = classes_for(by).filter(pk=class_id).first()
    if found is None:
        raise NotFoundError("There is no such class.")
    return found


def students_of(school_class: SchoolClass) -> QuerySet[User]:
    """The students of a class by name."""
    return User.objects.filter(enrolments__school_class=school_class).order_by("name", "pk")


def may_teach(school_class: SchoolClass, by: Actor) -> bool:
    """Whether the actor may set homework for the class: its teachers, and centre admins."""
    return by.is_any(Role.ADMIN) or school_class.teachers.filter(pk=by.user_id).exists()


def may_oversee(school_class: SchoolClass, by: Actor) -> bool:
    """Whether the actor may see how its homework was told: its teachers, and the centre's staff."""
    return by.is_any(*SEE_ALL) or may_teach(school_class, by)
