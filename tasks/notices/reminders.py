"""Students are reminded in the portal of what is due within a day."""

from typing import Final

from django.utils.translation import gettext_noop, ngettext

from core import clock
from core.events.claims import Claimed
from core.homework.models import Homework
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from core.submissions.events import HomeworkRemindersDue, RemindersDue
from core.submissions.reminder_actions import open_days
from core.submissions.reminders import Missing, missing_work
from tasks.handler import Batch, Recipients, on

NOTHING_MISSING: Final = gettext_noop("nothing is missing any more")


@on(RemindersDue)
def open_reminder_days(batch: Batch[RemindersDue]) -> None:
    """Have those centres' students reminded where it is nine o'clock."""
    del batch  # it says only that it is time
    open_days(at=clock.now())


def students(event: HomeworkRemindersDue) -> Recipients:
    """Those who have not handed in what is due within a day."""
    return [(str(student), "") for student in missing_work(event.centre_id, event.at)]


@on(HomeworkRemindersDue, to=students, batch=500)
def remind_students(batch: Batch[HomeworkRemindersDue]) -> None:
    """Give each student one notice of all that is missing, if it still is."""
    missing = missing_now(batch)
    for each in batch.claimed:
        if each.id not in missing:
            batch.skip(each, NOTHING_MISSING)
    tell([_note(each, missing[each.id]) for each in batch.claimed if each.id not in batch.skipped])


def missing_now(batch: Batch[HomeworkRemindersDue]) -> Missing:
    """By delivery what its student has not handed in; one look per event of the batch."""
    found: Missing = {}
    for event in {each.event_id: each.event for each in batch.claimed}.values():
        mine = [each for each in batch.claimed if each.event == event]
        missing = missing_work(event.centre_id, event.at, [int(each.key) for each in mine])
        found |= {each.id: missing[int(each.key)] for each in mine if int(each.key) in missing}
    return found


def headline(homework: list[Homework]) -> str:
    """What is due, in one line."""
    titles = ", ".join(each.title for each in homework)
    words = ngettext(
        "Due within a day: %(titles)s", "%(count)d are due within a day: %(titles)s", len(homework)
    )
    return words % {"count": len(homework), "titles": titles}


def path_to(homework: list[Homework]) -> str:
    """The page on which it can be handed in."""
    return f"/homework/{homework[0].pk}" if len(homework) == 1 else "/"


def _note(delivery: Claimed[HomeworkRemindersDue], homework: list[Homework]) -> Note:
    return Note(
        person_id=int(delivery.key),
        centre_id=delivery.centre_id,
        event_id=delivery.event_id,
        kind=NoticeKind.HOMEWORK,
        title=headline(homework)[:300],
        body="",
        url=path_to(homework),
    )
