"""What teachers are told in the portal about who comes into their classes and who goes."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.classes.events import StudentEnrolled, StudentMoved
from core.classes.models import Enrolment, SchoolClass, Teaching
from core.events.claims import Claimed
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from core.people.models import User
from tasks.handler import Batch, Recipients, on

INACTIVE = "account is not active"
TEACHES_NO_MORE = "does not teach the class any more"
LEFT_SINCE = "the student has left the class since"


def teachers_of_class(event: StudentEnrolled) -> Recipients:
    """Who teaches the class that the student came into."""
    return _teachers_of([event.class_id])


def teachers_of_both(event: StudentMoved) -> Recipients:
    """Who teaches the class that the student left, or the one they came into."""
    return _teachers_of([event.from_class_id, event.class_id])


@on(StudentEnrolled, to=teachers_of_class)
def tell_teachers_of_newcomer(batch: Batch[StudentEnrolled]) -> None:
    """Tell each teacher of the class who has come, if the student is still there."""
    facts = _Facts(batch)
    tell(
        [
            _note(
                each,
                _("%(student)s is in %(class)s now")
                % {"student": facts.students[event.student_id], "class": name},
                event.class_id,
            )
            for each in facts.still_due()
            for event in [each.event]
            for name in [facts.classes[event.class_id]]
        ]
    )


@on(StudentMoved, to=teachers_of_both)
def tell_teachers_of_move(batch: Batch[StudentMoved]) -> None:
    """Tell each teacher of the two classes who has moved, if the student is still there."""
    facts = _Facts(batch)
    tell(
        [
            _note(
                each,
                _("%(student)s moved from %(old)s to %(new)s")
                % {
                    "student": facts.students[event.student_id],
                    "old": facts.classes[event.from_class_id],
                    "new": facts.classes[event.class_id],
                },
                facts.taught_by(each),
            )
            for each in facts.still_due()
            for event in [each.event]
        ]
    )


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

    def still_due(self) -> list[Claimed[Any]]:
        """What is not skipped, after skipping what is not so any more."""
        for each in self._batch.claimed:
            if each.event.enrolment_id not in self._present:
                self._batch.skip(each, LEFT_SINCE)
            elif not self.taught_by(each):
                self._batch.skip(each, TEACHES_NO_MORE)
        return [each for each in self._batch.claimed if each.id not in self._batch.skipped]

    def taught_by(self, delivery: Claimed[Any]) -> int:
        """The class of the event that the recipient teaches, the new one first; 0 for none."""
        taught = (
            of for of in _classes_of(delivery.event) if (of, int(delivery.key)) in self._teachings
        )
        return next(taught, 0)


def _classes_of(event: StudentEnrolled | StudentMoved) -> list[int]:
    return [event.class_id, *([event.from_class_id] if isinstance(event, StudentMoved) else [])]


def _teachers_of(class_ids: Iterable[int]) -> Recipients:
    teachers = User.objects.filter(teachings__school_class__in=class_ids).distinct()
    found = teachers.order_by("pk").values_list("pk", "is_active")
    return [(str(pk), "" if is_active else INACTIVE) for pk, is_active in found]


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
