"""The mail that tells of a moved due date."""

from functools import partial

from core.events.claims import Claimed
from core.homework.audience import standing_of
from core.homework.events import HomeworkChanged
from core.notices.models import NoticeKind
from core.people.language import speaking_to
from tasks.email.homework import Told, less_unwanted, told_by
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.handler import Batch, Recipients, SkipError, on
from tasks.notices.homework_changed import headline, told_of


def told_before(event: HomeworkChanged) -> Recipients:
    """Who knows the old due date, less those who want no mail about homework."""
    if "due_at" not in event.changed:
        raise SkipError("only a moved due date is mailed")
    pairs = [(event.homework_id, int(key)) for key in told_of(event.homework_id)]
    return less_unwanted(standing_of(pairs).values())


@on(HomeworkChanged, to=told_before, batch=10, outside=True, waits=True)
def mail_changed(batch: Batch[HomeworkChanged]) -> None:
    """Mail each the new due date, if they are still to know."""
    send_each(batch, partial(changed_letter, told_by(batch)))


def changed_letter(told: Told, delivery: Claimed[HomeworkChanged]) -> Letter:
    """The mail with the due date as it is now."""
    homework = told.as_it_is(delivery.event.homework_id)
    gone = homework.why_not_told(homework.publication_id)
    if reason := gone or told.why_not[homework.pk, delivery.key]:
        raise SkipError(reason)
    person = told.people[delivery.key]
    with speaking_to(person, homework.centre):
        subject = headline(homework, delivery.event.changed)
    return write(
        "homework_changed",
        to=person,
        subject=subject,
        centre=homework.centre,
        path=f"/homework/{homework.pk}",
        kind=NoticeKind.HOMEWORK,
        homework=homework,
    )
