"""TABLE: events that are recorded and followed by nothing, each with its reason."""

from typing import Final

from core.backups.events import BackupFailed, BackupMade
from core.boards.events import BoardCleared, BoardOpened, StrokeDrawn, StrokeRemoved
from core.calendar.events import (
    HolidayChanged,
    HolidayRemoved,
    HolidaysAdded,
    TermAdded,
    TermChanged,
    TermRemoved,
)
from core.centres.events import CentreChanged, CentreOpened
from core.classes.events import (
    ClassArchived,
    ClassChanged,
    ClassOpened,
    CourseAdded,
    CourseChanged,
    StudentLeft,
    TeacherAssigned,
    TeacherRemoved,
)
from core.events.event import Event
from core.homework.events import (
    HomeworkDrafted,
    HomeworkEdited,
    HomeworkUnscheduled,
)
from core.notices.events import (
    NoticeMarked,
    NoticePreferencesChanged,
    NoticesRead,
    QuietHoursBypassed,
    QuietHoursChanged,
)
from core.ops.events import (
    DeadLettersDiscarded,
    QueuePaused,
    QueueResumed,
)
from core.people.events import (
    EmailChanged,
    GuardianBlocked,
    GuardianChanged,
    GuardianUnblocked,
    GuardianUnlinked,
    InvitationRevoked,
    MemberDeactivated,
    MemberReactivated,
)
from core.reports.events import (
    RecurringReportEnded,
    ReportBegun,
    ReportCancelled,
    ReportRecalled,
)
from core.rooms.events import (
    MessageEdited,
    MessageRemoved,
    RoomChanged,
    RoomClosed,
    RoomOpened,
    RoomRead,
    RoomReopened,
    TopicAdded,
)
from core.tickets.events import (
    TicketCategoryAdded,
    TicketCategoryChanged,
    TicketChanged,
    TicketReleased,
)

SILENT: Final[dict[type[Event], str]] = {
    HomeworkDrafted: "a draft concerns only its author",
    HomeworkEdited: "the next reader sees it; what was told otherwise follows HomeworkChangesNoted",
    HomeworkUnscheduled: "the delivery that waits for its time looks for the schedule itself",
    NoticesRead: "concerns only the reader, whose page shows it at once",
    NoticeMarked: "concerns only the reader, whose page shows it at once",
    NoticePreferencesChanged: "asked for when the next mail is due",
    # tickets
    TicketChanged: "the ticket's page shows it at once to who follows it; it asks nothing of them",
    TicketReleased: "the desk's page shows it at once; its requester waits as before",
    TicketCategoryAdded: "whoever opens a ticket next can choose it",
    TicketCategoryChanged: "whoever opens a ticket next sees it so",
    # rooms
    TopicAdded: "whoever opens a room next can choose it",
    RoomOpened: "it is among the rooms of whose it is; its first message is what they are told of",
    RoomChanged: "the room's page shows it at once to who is in it",
    RoomClosed: "the room's page shows it at once to who is in it",
    RoomReopened: "the room's page shows it at once to who is in it",
    RoomRead: "concerns only the reader",
    MessageEdited: "the room shows it at once; who was named has been told where to look",
    MessageRemoved: "the room shows it at once; mails that have not left look for it first",
    BoardOpened: "the room's pages show it at once to who is in it",
    StrokeDrawn: "the board shows it at once to who looks at it, and later to who comes",
    StrokeRemoved: "the board shows it at once to who looks at it",
    BoardCleared: "the board shows it at once to who looks at it; the audit has who did it",
    QuietHoursChanged: "the action lets what waits be looked at anew",
    QuietHoursBypassed: "the action releases what waits; the audit has the reason",
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
    # people
    MemberDeactivated: "counts from the commit on, in requests and at sockets; the audit has it",
    MemberReactivated: "the office tells the person itself; the audit has it",
    InvitationRevoked: "its link is dead; who was invited is not bothered again",
    EmailChanged: "the old address was told when the change was asked for",
    GuardianChanged: "looked up when the next thing is told; the audit has it",
    GuardianUnlinked: "looked up when the next thing is told; the audit has it",
    GuardianBlocked: "the action takes back what was told; a court tells the guardian, not we",
    GuardianUnblocked: "looked up when the next thing is told; the audit has it",
    # reports
    ReportBegun: "the report's page shows it at once to who waits for it",
    ReportCancelled: "concerns only who cancels it, whose page shows it at once",
    RecurringReportEnded: "concerns only who ends it; what is planned looks first",
    ReportRecalled: "its links are dead from the commit on; the audit has it",
    QueueResumed: "the action wakes the workers itself, and the relay does",
    BackupMade: "concerns only operators, who see the table of backups",
    BackupFailed: "operators see it in the table of backups; a job's failure is a dead letter too",
}
