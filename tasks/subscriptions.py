"""TABLE: which handlers run for which event."""

from typing import Any, Final

from core.calendar.events import (
    HolidayChanged,
    HolidayRemoved,
    HolidaysAdded,
    TermAdded,
    TermChanged,
    TermRemoved,
)
from core.canary.events import CanaryDue
from core.centres.events import CentreChanged, CentreOpened
from core.classes.events import (
    ClassArchived,
    ClassChanged,
    ClassOpened,
    CourseAdded,
    CourseChanged,
    StudentEnrolled,
    StudentLeft,
    StudentMoved,
    TeacherAssigned,
    TeacherRemoved,
)
from core.events.event import Event
from core.homework.events import (
    HomeworkDrafted,
    HomeworkEdited,
    HomeworkPublished,
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
from tasks.email.homework import mail_class
from tasks.handler import Handler
from tasks.notices import canary as notices_canary
from tasks.notices import tickets as ticket_notices
from tasks.notices.classes import tell_teachers_of_move, tell_teachers_of_newcomer
from tasks.notices.homework import notify_class, notify_withdrawn

# Recorded, and followed by nothing: each with its reason.
SILENT: Final[dict[type[Event], str]] = {
    HomeworkDrafted: "a draft concerns only its author",
    HomeworkEdited: "the next reader sees the change; telling of it is not built yet",
    NoticesRead: "concerns only the reader, whose page shows it at once",
    NoticePreferencesChanged: "asked for when the next mail is due",
    # tickets
    TicketChanged: "the ticket's page shows it at once to who follows it; it asks nothing of them",
    TicketReleased: "the desk's page shows it at once; its requester waits as before",
    TicketCategoryAdded: "whoever opens a ticket next can choose it",
    TicketCategoryChanged: "whoever opens a ticket next sees it so",
    DeadLettersDiscarded: "nothing follows from what was given up; the audit has it",
    QueuePaused: "each claim looks for the pause itself",
    # centres, calendar, classes
    CentreOpened: "a new centre has nobody in it who could be told",
    CentreChanged: "each page and each time shown reads the centre anew",
    TermAdded: "concerns only who looks at the calendar",
    TermChanged: "concerns only who looks at the calendar",
    TermRemoved: "concerns only who looks at the calendar",
    HolidaysAdded: "concerns only who looks at the calendar, and what runs on school days",
    HolidayChanged: "concerns only who looks at the calendar, and what runs on school days",
    HolidayRemoved: "concerns only who looks at the calendar, and what runs on school days",
    CourseAdded: "a course concerns nobody before it has classes",
    CourseChanged: "the next reader sees the change",
    ClassOpened: "a new class has nobody in it who could be told",
    ClassChanged: "the next reader sees the change",
    ClassArchived: "what was there can still be read; nothing new comes of it",
    TeacherAssigned: "the class appears among the teacher's; who assigns has agreed it with them",
    TeacherRemoved: "the class is gone from the teacher's; who removes has agreed it with them",
    StudentLeft: "the office that takes a student out speaks with the family and the teachers",
    QueueResumed: "the action wakes the workers itself, and the relay does",
}

SUBSCRIPTIONS: Final[dict[type[Event], tuple[Handler[Any], ...]]] = {
    HomeworkPublished: (notify_class, mail_class),
    HomeworkWithdrawn: (notify_withdrawn,),
    # tickets
    TicketOpened: (ticket_notices.notify_opened, ticket_mails.mail_opened),
    TicketAssigned: (ticket_notices.notify_assigned, ticket_mails.mail_assigned),
    TicketCommented: (ticket_notices.notify_commented, ticket_mails.mail_commented),
    TicketResolved: (ticket_notices.notify_resolved, ticket_mails.mail_resolved),
    TicketReopened: (ticket_notices.notify_reopened, ticket_mails.mail_reopened),
    StudentEnrolled: (tell_teachers_of_newcomer,),
    StudentMoved: (tell_teachers_of_move,),
    CleanupDue: (clear_sessions,),
    HousekeepingDue: (keep_house,),
    CanaryDue: (
        notices_canary.answer_canary,
        email_canary.answer_canary,
        cleanup_canary.answer_canary,
    ),
    DeadLettersRedriven: (release_rest,),
    **dict.fromkeys(SILENT, ()),
}

HANDLERS: Final = tuple(handler for line in SUBSCRIPTIONS.values() for handler in line)
