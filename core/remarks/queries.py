"""All that reads remarks. Families read them in report cards alone, once these are released."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.calendar.models import Term
from core.calendar.queries import get_term, terms_for, today_of
from core.classes.models import Enrolment, SchoolClass
from core.classes.queries import get_class, may_oversee
from core.people.actor import Actor
from core.people.models import User
from core.refusals import NotAllowedError, NotFoundError
from core.remarks.models import Remark


def class_with_remarks(class_id: int, *, by: Actor) -> SchoolClass:
    """A class whose remarks the actor may read: its teachers, and the centre's staff."""
    school_class = get_class(class_id, by=by)
    if not may_oversee(school_class, by):
        raise NotAllowedError("Only those who teach or oversee the class can see this.")
    return school_class


def term_asked_for(term_id: int | None, *, of: SchoolClass, by: Actor) -> Term | None:
    """The term of that id; without one, that of today, else the last before or the first to come.

    None where the centre has no terms; NotFoundError for one that is not the centre's.
    """
    if term_id is not None:
        return get_term(term_id, by=by)
    begun = terms_for(by).filter(begins__lte=today_of(of.centre))
    return begun.order_by("-begins").first() or terms_for(by).order_by("begins").first()


def students_in(school_class: SchoolClass, term: Term) -> QuerySet[User]:
    """Who attended the class in the term, or has a remark for it, by name."""
    attended = Enrolment.objects.filter(
        Q(until=None) | Q(until__gte=term.begins),
        school_class=school_class,
        student=OuterRef("pk"),
        since__lte=term.ends,
    )
    said = Remark.objects.filter(school_class=school_class, term=term, student=OuterRef("pk"))
    return User.objects.filter(Exists(attended) | Exists(said)).order_by("name", "pk")


def get_student(student_id: int, *, of: SchoolClass) -> User:
    """Somebody who attends the class, or did once; NotFoundError otherwise."""
    attended = Enrolment.objects.filter(school_class=of, student=OuterRef("pk"))
    found = User.objects.filter(Exists(attended), pk=student_id).first()
    if found is None:
        raise NotFoundError("There is no such student of this class.")
    return found


def remarks_on(
    students: Iterable[User], *, school_class: SchoolClass, term: Term
) -> dict[int, Remark]:
    """By student what was said of them; one query for all that are asked."""
    found = Remark.objects.filter(school_class=school_class, term=term, student__in=list(students))
    return {each.student_id: each for each in found.select_related("by")}
