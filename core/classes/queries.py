"""All that reads classes. Another centre's things do not exist here."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from core.classes.models import Course, Enrolment, SchoolClass, Teaching
from core.people.actor import Actor
from core.people.models import Guardianship, Role, User
from core.refusals import ConflictError, NotFoundError

SEE_ALL = (Role.STAFF, Role.HEAD, Role.ADMIN)
MANAGE = (Role.STAFF, Role.ADMIN)  # as core/permissions/ says for the routes


def wards_of(by: Actor) -> QuerySet[Guardianship]:
    return Guardianship.objects.filter(
        centre_id=by.centre_id, guardian_id=by.user_id, custody_blocked=False
    )


def own_classes(by: Actor) -> tuple[set[int], set[int]]:
    """The classes that the actor teaches, and those they or a ward attend now; one query.

    For a statement that asks for them several times: there a list of them costs less.
    """
    students = Q(student_id=by.user_id) | Q(student_id__in=wards_of(by).values("student_id"))
    present = Enrolment.objects.filter(students, centre_id=by.centre_id, until=None)
    attended = present.values_list("school_class_id", Value(value=False))
    found = taught_by(by).values_list("pk", Value(value=True)).union(attended)
    rows = set(found)
    return {pk for pk, taught in rows if taught}, {pk for pk, taught in rows if not taught}


def attended_by(by: Actor) -> Exists:
    """Whether a class (the outer row) is attended now by the actor or by a ward of theirs.

    Who has left sees nothing of the class any more; what they did there, staff see.
    """
    return Exists(
        Enrolment.objects.filter(school_class=OuterRef("pk"), until=None).filter(
            Q(student_id=by.user_id) | Q(student_id__in=wards_of(by).values("student_id"))
        )
    )


def classes_for(by: Actor) -> QuerySet[SchoolClass]:
    """The classes that the actor teaches, attends, has a child in, or oversees; archived too."""
    classes = SchoolClass.objects.filter(centre_id=by.centre_id)
    if by.is_any(*SEE_ALL):
        return classes
    return classes.filter(Q(attended_by(by)) | Q(pk__in=taught_by(by)))


def visible_among(class_ids: Iterable[int], *, by: Actor) -> set[int]:
    """Those of the classes that are among `classes_for`; one query."""
    return set(classes_for(by).filter(pk__in=class_ids).values_list("pk", flat=True))


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
    """The present students of a class by name."""
    present = User.objects.filter(enrolments__school_class=school_class, enrolments__until=None)
    return present.order_by("name", "pk")


def teachers_of(school_class: SchoolClass) -> QuerySet[User]:
    """The teachers of a class by name."""
    return User.objects.filter(teachings__school_class=school_class).order_by("name", "pk")


def may_teach(school_class: SchoolClass, by: Actor) -> bool:
    """Whether the actor may set homework for the class: its teachers, and centre admins."""
    return by.is_any(Role.ADMIN) or school_class.teachers.filter(pk=by.user_id).exists()


def may_oversee(school_class: SchoolClass, by: Actor) -> bool:
    """Whether the actor may see how its homework was told: its teachers, and the centre's staff."""
    return by.is_any(*SEE_ALL) or may_teach(school_class, by)


def check_not_archived(school_class: SchoolClass) -> None:
    """Refuse to change a class that is over, or anything in it."""
    if school_class.archived_at:
        raise ConflictError("The class is archived: it can be read, and not changed.")


def courses_for(by: Actor) -> QuerySet[Course]:
    """The courses of the actor's centre."""
    return Course.objects.filter(centre_id=by.centre_id)


def get_course(course_id: int, *, by: Actor) -> Course:
    """One of `courses_for`; NotFoundError otherwise."""
    found = courses_for(by).filter(pk=course_id).first()
    if found is None:
        raise NotFoundError("There is no such course.")
    return found


def members_with(role: Role, by: Actor) -> QuerySet[User]:
    """The active people of the actor's centre who have a role there."""
    return User.objects.filter(
        is_active=True,
        memberships__centre_id=by.centre_id,
        memberships__is_active=True,
        memberships__roles__contains=[role],
    )


def enrolments_of(school_class: SchoolClass) -> QuerySet[Enrolment]:
    """Who attends a class and who did."""
    return _told(Enrolment.objects.filter(school_class=school_class))


def history_of(student_id: int, *, by: Actor) -> QuerySet[Enrolment]:
    """A student's enrolments in the actor's centre, as far as the actor may know of them.

    Staff, the student and their guardians know of all; teachers of those in their own classes.
    NotFoundError for who is no student there, or none of theirs.
    """
    history = _told(Enrolment.objects.filter(centre_id=by.centre_id, student_id=student_id))
    knows_all = by.is_any(*SEE_ALL) or student_id == by.user_id
    knows_all = knows_all or wards_of(by).filter(student_id=student_id).exists()
    if not knows_all:
        history = history.filter(school_class__in=taught_by(by))
    is_student = knows_all and members_with(Role.STUDENT, by).filter(pk=student_id).exists()
    if not (is_student or history.exists()):
        raise NotFoundError("There is no such student.")
    return history


def learners_of(by: Actor) -> list[User]:
    """The students of whom the actor may know everything as one of the family: themselves first."""
    if not by.is_any(Role.STUDENT, Role.PARENT):
        return []
    own = Q(pk=by.user_id) if by.is_any(Role.STUDENT) else Q()
    wards = Q(pk__in=wards_of(by).values("student_id"))
    found = User.objects.filter(own | wards).order_by("name", "pk")
    return sorted(found, key=lambda each: each.pk != by.user_id)


def get_student(student_id: int, *, by: Actor) -> User:
    """Who has a `history_of`; NotFoundError otherwise."""
    history_of(student_id, by=by)
    return User.objects.get(pk=student_id)


def get_enrolment(enrolment_id: int, *, by: Actor) -> Enrolment:
    """An enrolment of the actor's centre; NotFoundError otherwise."""
    rows = _told(Enrolment.objects.filter(centre_id=by.centre_id))
    found = rows.filter(pk=enrolment_id).first()
    if found is None:
        raise NotFoundError("There is no such enrolment.")
    return found


def _told(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    return enrolments.select_related("student", "school_class")


def listed(by: Actor, *, text: str = "", archived: bool = False) -> QuerySet[SchoolClass]:
    """The actor's classes by name for a list, with teachers and the number of students."""
    attending = Enrolment.objects.filter(school_class=OuterRef("pk"), until=None)
    counted = attending.order_by().values("school_class").annotate(count=Count("pk"))
    return (
        classes_for(by)
        .filter(name__icontains=text, archived_at__isnull=not archived)
        .select_related("course", "term")
        .prefetch_related("teachers")
        .annotate(students=Coalesce(Subquery(counted.values("count")), 0))
        .order_by("name", "pk")
    )


def addable_to(school_class: SchoolClass, text: str, *, by: Actor) -> QuerySet[User]:
    """The centre's students with this in their name or email who do not attend the class."""
    attending = Enrolment.objects.filter(
        school_class=school_class, student=OuterRef("pk"), until=None
    )
    named = Q(name__icontains=text) | Q(email__icontains=text)
    return members_with(Role.STUDENT, by).filter(named, ~Exists(attending)).order_by("name", "pk")


def assignable_to(school_class: SchoolClass, *, by: Actor) -> QuerySet[User]:
    """The centre's teachers who do not teach the class."""
    teaching = Teaching.objects.filter(school_class=school_class, teacher=OuterRef("pk"))
    return members_with(Role.TEACHER, by).filter(~Exists(teaching)).order_by("name", "pk")
