"""What teachers are told in the portal about who comes into their classes and who goes."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from core.classes.events import StudentEnrolled, StudentMoved
from core.classes.models import Enrolment, SchoolClass, Teaching
from core.events.claims import Claimed
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from core.people.language import languages_of
from core.people.models import Centre, Membership, User
from tasks.handler import Batch, Recipients, on

INACTIVE: Final = gettext_noop("account is not active")
TEACHES_NO_MORE: Final = gettext_noop("no longer a teacher of the class")
LEFT_SINCE: Final = gettext_noop("the student has left the class since")


def teachers_of_class(event: StudentEnrolled) -> Recipients:
    """Who teaches the class that the student came into."""
    return _teachers_of([event.class_id], event.centre_id)


def teachers_of_both(event: StudentMoved) -> Recipients:
    """Who teaches the class that the student left, or the one they came into."""
    return _teachers_of([event.from_class_id, event.class_id], event.centre_id)


@on(StudentEnrolled, to=teachers_of_class)
def tell_teachers_of_newcomer(batch: Batch[StudentEnrolled]) -> None:
    """Tell each teacher of the class who has come, if the student is still there."""
    facts = _Facts(batch)
    notes = []
    for each in facts.still_due():
        said = {
            "student": facts.students[each.event.student_id],
            "class": facts.classes[each.event.class_id],
        }
        notes.append(_note(each, _("%(student)s is in %(class)s now") % said, each.event.class_id))
    tell(notes)


@on(StudentMoved, to=teachers_of_both)
def tell_teachers_of_move(batch: Batch[StudentMoved]) -> None:
    """Tell each teacher of the two classes who has moved, if the student is still there."""
    facts = _Facts(batch)
    notes = []
    for each in facts.still_due():
        said = {
            "student": facts.students[each.event.student_id],
            "old": facts.classes[each.event.from_class_id],
            "new": facts.classes[each.event.class_id],
        }
        title = _("%(student)s moved from %(old)s to %(new)s") % said
        notes.append(_note(each, title, facts.taught_by(each)))
    tell(notes)


class _Facts:
    """What a batch needs to know, asked once for all of it."""

    def __init__(self, batch: Batch[Any]) -> None:
        self._batch = batch
        events = [each.event for each in batch.claimed]
        class_ids = {of for event in events for of in _classes_of(event)}
        self.students = _names(User.objects.filter(pk__in={e.student_id for e in events}))
        self.classes = _names(SchoolClass.objects.filter(pk__in=class_ids))
        teachings = Teaching.objects.filter(school_class__in=class_ids)
        self._teachings = set(teachings.values_list("school_class_id", "teacher_id"))
        present = Enrolment.objects.filter(pk__in={e.enrolment_id for e in events}, until=None)
        self._present = set(present.values_list("pk", flat=True))

    def still_due(self) -> Iterator[Claimed[Any]]:
        """What is not to be skipped, while its reader's language is spoken."""
        due = [each for each in self._batch.claimed if not self._is_over(each)]
        if not due:
            return
        centre = Centre.objects.get(pk=due[0].event.centre_id)  # a batch is of one
        languages = languages_of((int(each.key) for each in due), centre)
        for each in due:
            with override(languages[int(each.key)]):
                yield each

    def _is_over(self, delivery: Claimed[Any]) -> bool:
        """Whether there is nothing to tell any more; skips it then."""
        if delivery.event.enrolment_id not in self._present:
            self._batch.skip(delivery, LEFT_SINCE)
        elif not self.taught_by(delivery):
            self._batch.skip(delivery, TEACHES_NO_MORE)
        return delivery.id in self._batch.skipped

    def taught_by(self, delivery: Claimed[Any]) -> int:
        """The class of the event that the recipient teaches, the new one first; 0 for none."""
        taught = (
            of for of in _classes_of(delivery.event) if (of, int(delivery.key)) in self._teachings
        )
        return next(taught, 0)


def _classes_of(event: StudentEnrolled | StudentMoved) -> list[int]:
    return [event.class_id, *([event.from_class_id] if isinstance(event, StudentMoved) else [])]


def _teachers_of(class_ids: Iterable[int], centre_id: int) -> Recipients:
    """Each teacher, with why they are not told, or ''."""
    ended = Membership.objects.filter(user=OuterRef("pk"), centre_id=centre_id, is_active=False)
    teachers = User.objects.filter(teachings__school_class__in=class_ids).distinct()
    found = teachers.annotate(ended=Exists(ended)).order_by("pk")
    return [
        (str(pk), "" if is_active and not has_ended else INACTIVE)
        for pk, is_active, has_ended in found.values_list("pk", "is_active", "ended")
    ]


def _names(rows: Any) -> dict[int, str]:
    return dict(rows.values_list("pk", "name"))


def _note(delivery: Claimed[Any], title: str, class_id: int) -> Note:
    return Note(
        person_id=int(delivery.key),
        centre_id=delivery.event.centre_id,
        event_id=delivery.event_id,
        kind=NoticeKind.ACCOUNT,
        title=title[:300],
        body="",
        url=f"/classes/{class_id}",
    )
