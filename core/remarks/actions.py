"""All that changes remarks. Each action is one transaction that also publishes its event."""

from django.db import transaction

from core import clock
from core.calendar.queries import terms_for
from core.classes.actions import lock_class
from core.classes.queries import get_class, may_teach
from core.events.publish import publish
from core.people.actor import Actor
from core.refusals import InvalidError, NotAllowedError
from core.remarks import queries
from core.remarks.events import RemarkWritten
from core.remarks.models import LONGEST, Remark


@transaction.atomic
def write_remark(
    *, class_id: int, student_id: int, term_id: int, text: str, by: Actor
) -> Remark | None:
    """Say something of a student about a term, in place of what was said; empty text takes it back.

    Returns the remark as it stands. The same again changes nothing. For the class's teachers; the
    student attends it or did once. ConflictError for a class that is archived.
    """
    school_class = get_class(class_id, by=by)
    if not may_teach(school_class, by):
        raise NotAllowedError("Only a teacher of the class can do this.")
    student = queries.get_student(student_id, of=school_class)
    if not terms_for(by).filter(pk=term_id).exists():
        raise InvalidError("term_id", "is none of this centre")
    said = text.strip()
    if len(said) > LONGEST:
        raise InvalidError("text", f"must not be longer than {LONGEST} characters")
    school_class = lock_class(class_id, by=by)  # two who write at once do so one after the other
    of_term = Remark.objects.filter(school_class=school_class, student=student, term_id=term_id)
    before = of_term.select_related("by").first()
    if said == (before.text if before else ""):
        return before
    remark = before or Remark(school_class=school_class, student=student, term_id=term_id)
    after = _put(remark, said, by)
    publish(
        RemarkWritten(
            centre_id=by.centre_id, student_id=student.pk, class_id=class_id, term_id=term_id
        )
    )
    return after


def _put(remark: Remark, text: str, by: Actor) -> Remark | None:
    if not text:
        remark.delete()
        return None
    remark.centre_id, remark.by_id = by.centre_id, by.user_id
    remark.text, remark.at = text, clock.now()
    remark.save()
    return remark
