"""What people are told in the portal about homework."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from core.events.claims import Claimed
from core.events.context import current
from core.events.models import Delivery, DeliveryState
from core.homework.audience import Concerned, audience_of, standing_of
from core.homework.events import HomeworkPublished, HomeworkWithdrawn
from core.homework.models import Homework
from core.homework.queries import hold_homework
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from core.people.language import languages_of
from tasks.handler import Batch, Recipients, SkipError, on


def check_stands(event: HomeworkPublished) -> None:
    """SkipError unless the publication that is being handled is the one that stands."""
    homework = Homework.objects.get(pk=event.homework_id)
    if why_not := homework.why_not_told(current().event_id or homework.publication_id):
        raise SkipError(why_not)


def class_of(event: HomeworkPublished) -> Recipients:
    """The class's students and guardians, as long as the homework is still published."""
    check_stands(event)
    return [(str(each.person_id), each.why_not) for each in audience_of(event.homework_id)]


@on(HomeworkPublished, to=class_of, batch=500)
def notify_class(batch: Batch[HomeworkPublished]) -> None:
    """Give each person of the class one notice, if they are still to know."""
    found = _homework_of(batch)
    for each in batch.claimed:
        if why_not := found[each.event.homework_id].why_not_told(each.event_id):
            batch.skip(each, why_not)
    tell(
        [
            _note(
                homework,
                each,
                person,
                title=_("New homework: %(title)s"),
                url=f"/homework/{homework.pk}",
            )
            for each, person, homework in _in_their_languages(batch, found)
        ]
    )


def told_before(event: HomeworkWithdrawn) -> Recipients:
    """Only those who were told of the homework."""
    told = Delivery.objects.filter(
        centre_id=event.centre_id,
        event__kind=HomeworkPublished.kind(),
        event__subject=event.subject(),
        handler=notify_class.name,
        state=DeliveryState.DONE,
    ).exclude(key="")
    return [(key, "") for key in told.values_list("key", flat=True)]


@on(HomeworkWithdrawn, to=told_before, batch=500)
def notify_withdrawn(batch: Batch[HomeworkWithdrawn]) -> None:
    """Tell those who were told, and may still know, that the homework was taken back."""
    found = _homework_of(batch)
    tell(
        [
            _note(homework, each, person, title=_("Homework withdrawn: %(title)s"), url="/")
            for each, person, homework in _in_their_languages(batch, found)
        ]
    )


def _homework_of(batch: Batch[Any]) -> dict[int, Homework]:
    ids = {each.event.homework_id for each in batch.claimed}
    hold_homework(ids)
    return Homework.objects.select_related("school_class", "centre").in_bulk(ids)


def _in_their_languages(
    batch: Batch[Any], found: dict[int, Homework]
) -> Iterator[tuple[Claimed[Any], Concerned, Homework]]:
    """Each person who is to be told, with the homework, while their language is spoken."""
    concerned = _still_concerned(batch)
    if not concerned:
        return
    centre = found[concerned[0][0].event.homework_id].centre  # a batch is of one
    languages = languages_of((int(each.key) for each, _ in concerned), centre)
    for each, person in concerned:
        with override(languages[int(each.key)]):
            yield each, person, found[each.event.homework_id]


def _still_concerned(batch: Batch[Any]) -> list[tuple[Claimed[Any], Concerned]]:
    """What is not skipped, after skipping those who left or may not know any more."""
    pairs = {each.id: (each.event.homework_id, int(each.key)) for each in batch.claimed}
    standing = standing_of(pairs.values())
    for each in batch.claimed:
        if each.id not in batch.skipped and (why_not := standing[pairs[each.id]].why_not):
            batch.skip(each, why_not)
    kept = [each for each in batch.claimed if each.id not in batch.skipped]
    return [(each, standing[pairs[each.id]]) for each in kept]


def _note(
    homework: Homework, delivery: Claimed[Any], person: Concerned, *, title: str, url: str
) -> Note:
    return Note(
        person_id=int(delivery.key),
        centre_id=homework.centre_id,
        event_id=delivery.event_id,
        kind=NoticeKind.HOMEWORK,
        title=title % {"title": homework.title},
        body=f"{homework.school_class.name}: {homework.body}"[:500],
        url=url,
        student_ids=person.students,
    )
