"""Mails about homework."""

from core.classes.audience import Concerned, audience_of
from core.classes.events import HomeworkPublished
from core.classes.models import Homework, HomeworkState
from core.events.claims import Claimed
from core.notices.models import NoticeKind, NoticePreference
from core.people.models import User
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.handler import Batch, Recipients, SkipError, on

WITHDRAWN = "the homework was withdrawn"
UNWANTED = "does not want mail about homework"


def class_of(event: HomeworkPublished) -> Recipients:
    """The class's students and guardians, less those who want no mail about homework."""
    if not Homework.objects.filter(pk=event.homework_id, state=HomeworkState.PUBLISHED).exists():
        raise SkipError(WITHDRAWN)
    audience = audience_of(event.homework_id)
    unwanted = set(
        NoticePreference.objects.filter(
            kind=NoticeKind.HOMEWORK,
            email=False,
            person_id__in=[each.person_id for each in audience],
        ).values_list("person_id", flat=True)
    )
    return [(str(each.person_id), _why_not(each, unwanted)) for each in audience]


def _why_not(person: Concerned, unwanted: set[int]) -> str:
    return person.why_not or (UNWANTED if person.person_id in unwanted else "")


@on(HomeworkPublished, to=class_of, batch=10, outside=True)
def mail_class(batch: Batch[HomeworkPublished]) -> None:
    """Mail each person of the class once."""
    send_each(batch, homework_letter)


def homework_letter(delivery: Claimed[HomeworkPublished]) -> Letter:
    """The mail that tells one person of a new homework; SkipError when it was withdrawn."""
    homework = Homework.objects.select_related("school_class", "centre", "author").get(
        pk=delivery.event.homework_id
    )
    if homework.state != HomeworkState.PUBLISHED:
        raise SkipError(WITHDRAWN)
    person = User.objects.get(pk=delivery.key)
    return write(
        "homework_published",
        to=person,
        subject=f"New homework for {homework.school_class.name}: {homework.title}",
        centre=homework.centre,
        path=f"/homework/{homework.pk}",
        homework=homework,
    )
