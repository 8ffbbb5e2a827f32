"""What people are told in the portal about homework."""

from typing import Any

from core.classes.audience import audience_of
from core.classes.events import HomeworkPublished, HomeworkWithdrawn
from core.classes.models import Homework, HomeworkState
from core.events.claims import Claimed
from core.events.models import Delivery, DeliveryState
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from tasks.handler import Batch, Recipients, SkipError, on

WITHDRAWN = "the homework was withdrawn"


def class_of(event: HomeworkPublished) -> Recipients:
    """The class's students and guardians, as long as the homework is still published."""
    if not Homework.objects.filter(pk=event.homework_id, state=HomeworkState.PUBLISHED).exists():
        raise SkipError(WITHDRAWN)
    return [(str(each.person_id), each.why_not) for each in audience_of(event.homework_id)]


@on(HomeworkPublished, to=class_of, batch=500)
def notify_class(batch: Batch[HomeworkPublished]) -> None:
    """Give each person of the class one notice."""
    found = _homework_of({each.event.homework_id for each in batch.claimed})
    notes = []
    for each in batch.claimed:
        homework = found[each.event.homework_id]
        if homework.state == HomeworkState.PUBLISHED:
            title = f"New homework: {homework.title}"
            notes.append(_note(homework, each, title, url=f"/homework/{homework.pk}"))
        else:
            batch.skip(each, WITHDRAWN)
    tell(notes)


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
    """Tell those who were told that the homework was taken back."""
    found = _homework_of({each.event.homework_id for each in batch.claimed})
    tell(
        [
            _note(homework, each, f"Homework withdrawn: {homework.title}", url="/")
            for each in batch.claimed
            for homework in [found[each.event.homework_id]]
        ]
    )


def _homework_of(ids: set[int]) -> dict[int, Homework]:
    return Homework.objects.select_related("school_class").in_bulk(ids)


def _note(homework: Homework, delivery: Claimed[Any], title: str, *, url: str) -> Note:
    return Note(
        person_id=int(delivery.key),
        centre_id=homework.centre_id,
        event_id=delivery.event_id,
        kind=NoticeKind.HOMEWORK,
        title=title,
        body=f"{homework.school_class.name}: {homework.body}"[:500],
        url=url,
    )
