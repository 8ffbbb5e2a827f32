"""Mails about homework."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext

from core.events.claims import Claimed
from core.homework.audience import Concerned, audience_of, standing_of
from core.homework.events import HomeworkPublished
from core.homework.models import Homework
from core.notices.models import NoticeKind
from core.notices.wanted import why_unwanted
from core.people.language import speaking_to
from core.people.models import User
from tasks.email.addressees import addressees
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.handler import Batch, Recipients, SkipError, on
from tasks.notices.homework import check_stands

# Of a homework while it is being told. Its class, centre and author are asked once for a batch:
# joining them is most of what reading it costs.
MAY_CHANGE: Final = ("state", "publication_id", "title", "body", "due_at")


def class_of(event: HomeworkPublished) -> Recipients:
    """The class's students and guardians, less those who want no mail about homework."""
    check_stands(event)
    return less_unwanted(audience_of(event.homework_id))


def less_unwanted(people: Iterable[Concerned]) -> Recipients:
    """Each person with the reason to leave them out, or ''."""
    concerned = list(people)
    unwanted = why_unwanted(
        NoticeKind.HOMEWORK, {each.person_id: each.students or None for each in concerned}
    )
    return [
        (str(each.person_id), each.why_not or unwanted.get(each.person_id, ""))
        for each in concerned
    ]


@on(HomeworkPublished, to=class_of, batch=10, outside=True, waits=True)
def mail_class(batch: Batch[HomeworkPublished]) -> None:
    """Mail each person of the class once, if they are still to know."""
    send_each(batch, partial(homework_letter, told_by(batch)))


@dataclass(frozen=True, slots=True)
class Told:
    """What the letters of a batch tell, and to whom; asked once for the batch."""

    homework: Mapping[int, Homework]
    people: Mapping[str, User]  # by key
    why_not: Mapping[tuple[int, str], str]  # by homework and key: why they are not mailed any more

    def as_it_is(self, homework_id: int) -> Homework:
        """A homework as it is now: it may have been changed or taken back a moment ago."""
        homework = self.homework.get(homework_id)
        if homework is None:
            raise Homework.DoesNotExist
        homework.refresh_from_db(fields=MAY_CHANGE)
        return homework


def told_by(batch: Batch[Any]) -> Told:
    """What a batch tells of homework."""
    asked = []
    for each in batch.claimed:
        with suppress(ValueError):  # an event that cannot be read fails with its own letter
            asked.append((each.event.homework_id, int(each.key)))
    ids = {homework_id for homework_id, _ in asked}
    homework = Homework.objects.select_related("school_class", "centre", "author").in_bulk(ids)
    return Told(homework, addressees(batch), why_not_now(asked))


def why_not_now(asked: list[tuple[int, int]]) -> dict[tuple[int, str], str]:
    """Why some are not to be mailed any more, by homework and key."""
    standing = standing_of(asked)
    return {
        (homework_id, key): why_not
        for homework_id in {homework_id for homework_id, _ in asked}
        for key, why_not in less_unwanted(
            person for (of, _), person in standing.items() if of == homework_id
        )
    }


def homework_letter(told: Told, delivery: Claimed[HomeworkPublished]) -> Letter:
    """The mail that tells one person of a new homework.

    SkipError when it was taken back, even a moment ago, or the person is not to be told any more.
    """
    if reason := told.why_not[delivery.event.homework_id, delivery.key]:
        raise SkipError(reason)
    homework = told.as_it_is(delivery.event.homework_id)
    if reason := homework.why_not_told(delivery.event_id):
        raise SkipError(reason)
    person = told.people[delivery.key]
    with speaking_to(person, homework.centre):
        subject = gettext("New homework for %(name)s: %(title)s") % {
            "name": homework.school_class.name,
            "title": homework.title,
        }
    return write(
        "homework_published",
        to=person,
        subject=subject,
        centre=homework.centre,
        path=f"/homework/{homework.pk}",
        kind=NoticeKind.HOMEWORK,
        homework=homework,
    )
