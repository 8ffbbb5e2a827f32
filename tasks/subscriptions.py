"""TABLE: which handlers run for which event."""

from typing import Any, Final

from core.access.events import PasswordChanged, PasswordResetRequested
from core.canary.events import CanaryDue
from core.events.event import Event
from core.files.events import FileRemoved, FileUploaded
from core.homework.events import (
    HomeworkChanged,
    HomeworkChangesNoted,
    HomeworkDrafted,
    HomeworkEdited,
    HomeworkPublished,
    HomeworkRecalled,
    HomeworkScheduled,
    HomeworkUnscheduled,
    HomeworkWithdrawn,
)
from core.jobs.events import HousekeepingDue
from core.notices.events import NoticePreferencesChanged, NoticesRead
from core.ops.events import (
    CleanupDue,
    DeadLettersDiscarded,
    DeadLettersRedriven,
    QueuePaused,
    QueueResumed,
)
from core.submissions.events import (
    HomeworkRemindersDue,
    RemindersDue,
    SubmissionGraded,
    SubmissionHandedIn,
    SubmissionReturned,
)
from core.tickets.events import (
    TicketAssigned,
    TicketCategoryAdded,
    TicketCategoryChanged,
    TicketChanged,
    TicketCommented,
    TicketOpened,
    TicketReleased,
    TicketReopened,
    TicketResolved,
)
from tasks.cleanup import canary as cleanup_canary
from tasks.cleanup.housekeeping import keep_house
from tasks.cleanup.redrive import release_rest
from tasks.cleanup.sessions import clear_sessions
from tasks.email import canary as email_canary
from tasks.email import tickets as ticket_mails
from tasks.email.account import mail_password_changed, mail_reset_code
from tasks.email.homework import mail_class
from tasks.email.homework_changed import mail_changed
from tasks.email.reminders import mail_reminders
from tasks.email.submissions import mail_graded
from tasks.files import canary as files_canary
from tasks.files.storage import drop_bytes
from tasks.files.thumbnails import make_thumbnail
from tasks.handler import Handler
from tasks.notices import canary as notices_canary
from tasks.notices import tickets as ticket_notices
from tasks.notices.homework import notify_class, notify_withdrawn
from tasks.notices.homework_changed import notify_changed, settle
from tasks.notices.homework_timed import publish_on_time, take_back_notices
from tasks.notices.reminders import open_reminder_days, remind_students
from tasks.notices.submissions import notify_graded, notify_returned, notify_teachers

# Recorded, and followed by nothing: each with its reason.
SILENT: Final[dict[type[Event], str]] = {
    HomeworkDrafted: "a draft concerns only its author",
    HomeworkEdited: "the next reader sees it; what was told otherwise follows HomeworkChangesNoted",
    HomeworkUnscheduled: "the delivery that waits for its time looks for the schedule itself",
    NoticesRead: "concerns only the reader, whose page shows it at once",
    NoticePreferencesChanged: "asked for when the next mail is due",
    # tickets
    TicketChanged: "the ticket's page shows it at once to who follows it; it asks nothing of them",
    TicketReleased: "the desk's page shows it at once; its requester waits as before",
    TicketCategoryAdded: "whoever opens a ticket next can choose it",
    TicketCategoryChanged: "whoever opens a ticket next sees it so",
    DeadLettersDiscarded: "nothing follows from what was given up; the audit has it",
    QueuePaused: "each claim looks for the pause itself",
    QueueResumed: "the action wakes the workers itself, and the relay does",
}

SUBSCRIPTIONS: Final[dict[type[Event], tuple[Handler[Any], ...]]] = {
    HomeworkPublished: (notify_class, mail_class),
    HomeworkWithdrawn: (notify_withdrawn,),
    HomeworkScheduled: (publish_on_time,),
    HomeworkRecalled: (take_back_notices,),
    HomeworkChangesNoted: (settle,),
    HomeworkChanged: (notify_changed, mail_changed),
    # submissions and grades
    SubmissionHandedIn: (notify_teachers,),
    SubmissionGraded: (notify_graded, mail_graded),
    SubmissionReturned: (notify_returned,),
    RemindersDue: (open_reminder_days,),
    HomeworkRemindersDue: (remind_students, mail_reminders),
    # tickets
    TicketOpened: (ticket_notices.notify_opened, ticket_mails.mail_opened),
    TicketAssigned: (ticket_notices.notify_assigned, ticket_mails.mail_assigned),
    TicketCommented: (ticket_notices.notify_commented, ticket_mails.mail_commented),
    TicketResolved: (ticket_notices.notify_resolved, ticket_mails.mail_resolved),
    TicketReopened: (ticket_notices.notify_reopened, ticket_mails.mail_reopened),
    CleanupDue: (clear_sessions,),
    HousekeepingDue: (keep_house,),
    CanaryDue: (
        notices_canary.answer_canary,
        email_canary.answer_canary,
        files_canary.answer_canary,
        cleanup_canary.answer_canary,
    ),
    DeadLettersRedriven: (release_rest,),
    # files
    FileUploaded: (make_thumbnail,),
    FileRemoved: (drop_bytes,),
    PasswordResetRequested: (mail_reset_code,),
    PasswordChanged: (mail_password_changed,),
    **dict.fromkeys(SILENT, ()),
}

HANDLERS: Final = tuple(handler for line in SUBSCRIPTIONS.values() for handler in line)
