"""Mails that remind students of what is due within a day."""

from functools import partial

from core.events.claims import Claimed
from core.notices.models import NoticeKind
from core.notices.wanted import why_unwanted
from core.people.language import speaking_to
from core.people.models import Centre, User
from core.submissions.events import HomeworkRemindersDue
from core.submissions.reminders import Missing
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
    send_each(batch, partial(reminder_letter, missing_now(batch)))


def reminder_letter(missing: Missing, delivery: Claimed[HomeworkRemindersDue]) -> Letter:
    """The mail that reminds one student."""
    homework = missing.get(delivery.id)
    if not homework:
        raise SkipError(NOTHING_MISSING)
    person, centre = User.objects.get(pk=delivery.key), Centre.objects.get(pk=delivery.centre_id)
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
