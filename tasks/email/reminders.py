"""Mails that remind students of what is due within a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from core.events.claims import Claimed
from core.notices.models import NoticeKind
from core.notices.wanted import why_unwanted
from core.people.language import speaking_to
from core.people.models import Centre, User
from core.submissions.events import HomeworkRemindersDue
from core.submissions.reminders import Missing
from tasks.email.addressees import addressees
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.handler import Batch, Recipients, SkipError, on
from tasks.notices.reminders import NOTHING_MISSING, headline, missing_now, path_to, students


def students_less_unwanted(event: HomeworkRemindersDue) -> Recipients:
    """Those who have not handed in, less those who want no mail about homework."""
    keys = [key for key, _ in students(event)]
    unwanted = why_unwanted(NoticeKind.HOMEWORK, dict.fromkeys(map(int, keys)))
    return [(key, unwanted.get(int(key), "")) for key in keys]


@on(HomeworkRemindersDue, to=students_less_unwanted, batch=10, outside=True, waits=True)
def mail_reminders(batch: Batch[HomeworkRemindersDue]) -> None:
    """Mail each student what is missing, if it still is."""
    centre = Centre.objects.get(pk=batch.claimed[0].centre_id)
    send_each(
        batch, partial(reminder_letter, Reminded(centre, addressees(batch), missing_now(batch)))
    )


@dataclass(frozen=True, slots=True)
class Reminded:
    """Whom a batch reminds, and of what; asked once for the batch."""

    centre: Centre
    people: Mapping[str, User]  # by key
    missing: Missing


def reminder_letter(reminded: Reminded, delivery: Claimed[HomeworkRemindersDue]) -> Letter:
    """The mail that reminds one student."""
    homework = reminded.missing.get(delivery.id)
    if not homework:
        raise SkipError(NOTHING_MISSING)
    person, centre = reminded.people[delivery.key], reminded.centre
    with speaking_to(person, centre):
        subject = headline(homework)[:250]
    return write(
        "homework_reminder",
        to=person,
        subject=subject,
        centre=centre,
        path=path_to(homework),
        kind=NoticeKind.HOMEWORK,
        homework=homework,
    )
