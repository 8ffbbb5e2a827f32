"""TABLE: which handlers run for which event."""

from typing import Any, Final

from core.access.events import PasswordChanged, PasswordResetRequested
from core.backups.events import BackupDue
from core.canary.events import CanaryDue
from core.classes.events import (
    ClassUnarchived,
    StudentEnrolled,
    StudentMoved,
)
from core.events.event import Event
from core.files.events import FileRemoved, FileUploaded
from core.homework.events import (
    HomeworkChanged,
    HomeworkChangesNoted,
    HomeworkPublished,
    HomeworkRecalled,
    HomeworkScheduled,
    HomeworkWithdrawn,
)
from core.imports.events import ImportFinished, ImportStarted, ImportUploaded
from core.jobs.events import HousekeepingDue, JobCancelled, JobFailed
from core.notices.events import (
    CentreDigestsDue,
    DigestsDue,
)
from core.ops.events import (
    CleanupDue,
    DeadLettersRedriven,
)
from core.people.events import (
    EmailChangeAsked,
    GuardianLinked,
    InvitationAccepted,
    PersonInvited,
    RolesChanged,
)
from core.remarks.events import RemarkWritten
from core.reports.events import (
    RecurringReportPlanned,
    ReportApproved,
    ReportChangesAsked,
    ReportDoubted,
    ReportExpired,
    ReportFailed,
    ReportOutdated,
    ReportReady,
    ReportReleased,
    ReportReleaseScheduled,
    ReportRequested,
    ReportsExpiryDue,
    ReportSubmitted,
)
from core.rooms.events import (
    MessagePosted,
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
    TicketCommented,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from tasks.cleanup import canary as cleanup_canary
from tasks.cleanup.backups import make_backup
from tasks.cleanup.housekeeping import keep_house
from tasks.cleanup.redrive import release_rest
from tasks.cleanup.reports import (
    drop_report_files,
    end_reports,
    make_recurring,
    settle_doubts,
)
from tasks.cleanup.sessions import clear_sessions
from tasks.email import canary as email_canary
from tasks.email import tickets as ticket_mails
from tasks.email.account import mail_password_changed, mail_reset_code
from tasks.email.digest import mail_digest
from tasks.email.homework import mail_class
from tasks.email.homework_changed import mail_changed
from tasks.email.people import mail_invitation, mail_new_address, mail_old_address
from tasks.email.reminders import mail_reminders
from tasks.email.reports import mail_ready, mail_released, mail_submitted
from tasks.email.rooms import mail_mentioned
from tasks.email.submissions import mail_graded
from tasks.files import canary as files_canary
from tasks.files.storage import drop_bytes
from tasks.files.thumbnails import make_thumbnail
from tasks.handler import Handler
from tasks.imports import canary as imports_canary
from tasks.imports.people import check_import, run_import
from tasks.notices import canary as notices_canary
from tasks.notices import reports as report_notices
from tasks.notices import tickets as ticket_notices
from tasks.notices.classes import tell_teachers_of_move, tell_teachers_of_newcomer
from tasks.notices.digests import call_centre_digests
from tasks.notices.homework import notify_class, notify_withdrawn
from tasks.notices.homework_changed import notify_changed, settle
from tasks.notices.homework_timed import (
    publish_on_time,
    return_missed_to_drafts,
    take_back_notices,
)
from tasks.notices.imports import notify_import
from tasks.notices.people import notify_joined, notify_linked, notify_roles
from tasks.notices.reminders import open_reminder_days, remind_students
from tasks.notices.report_doubts import (
    doubt_after_grade,
    doubt_after_remark,
    doubt_after_return,
    doubt_after_work,
)
from tasks.notices.rooms import notify_mentioned
from tasks.notices.submissions import notify_graded, notify_returned, notify_teachers
from tasks.reports import canary as reports_canary
from tasks.reports.making import make_report
from tasks.silence import SILENT

SUBSCRIPTIONS: Final[dict[type[Event], tuple[Handler[Any], ...]]] = {
    HomeworkPublished: (notify_class, mail_class),
    HomeworkWithdrawn: (notify_withdrawn,),
    HomeworkScheduled: (publish_on_time,),
    HomeworkRecalled: (take_back_notices,),
    HomeworkChangesNoted: (settle,),
    HomeworkChanged: (notify_changed, mail_changed),
    # submissions and grades
    SubmissionHandedIn: (notify_teachers, doubt_after_work),
    SubmissionGraded: (notify_graded, mail_graded, doubt_after_grade),
    SubmissionReturned: (notify_returned, doubt_after_return),
    RemindersDue: (open_reminder_days,),
    HomeworkRemindersDue: (remind_students, mail_reminders),
    # tickets
    TicketOpened: (ticket_notices.notify_opened, ticket_mails.mail_opened),
    TicketAssigned: (ticket_notices.notify_assigned, ticket_mails.mail_assigned),
    TicketCommented: (ticket_notices.notify_commented, ticket_mails.mail_commented),
    TicketResolved: (ticket_notices.notify_resolved, ticket_mails.mail_resolved),
    TicketReopened: (ticket_notices.notify_reopened, ticket_mails.mail_reopened),
    # rooms
    MessagePosted: (notify_mentioned, mail_mentioned),
    ClassUnarchived: (return_missed_to_drafts,),
    StudentEnrolled: (tell_teachers_of_newcomer,),
    StudentMoved: (tell_teachers_of_move,),
    # people
    PersonInvited: (mail_invitation,),
    InvitationAccepted: (notify_joined,),
    EmailChangeAsked: (mail_new_address, mail_old_address),
    RolesChanged: (notify_roles,),
    GuardianLinked: (notify_linked,),
    ImportUploaded: (check_import,),
    ImportStarted: (run_import,),
    ImportFinished: (notify_import,),
    # digests
    DigestsDue: (call_centre_digests,),
    CentreDigestsDue: (mail_digest,),
    CleanupDue: (clear_sessions,),
    HousekeepingDue: (keep_house,),
    BackupDue: (make_backup,),
    CanaryDue: (
        notices_canary.answer_canary,
        email_canary.answer_canary,
        files_canary.answer_canary,
        cleanup_canary.answer_canary,
        imports_canary.answer_canary,
        reports_canary.answer_canary,
    ),
    DeadLettersRedriven: (release_rest,),
    # reports
    RemarkWritten: (doubt_after_remark,),
    ReportRequested: (make_report,),
    ReportReady: (report_notices.notify_ready, mail_ready),
    ReportFailed: (report_notices.notify_failed,),
    ReportSubmitted: (report_notices.notify_submitted, mail_submitted),
    ReportApproved: (report_notices.notify_approved,),
    ReportChangesAsked: (report_notices.notify_changes,),
    ReportOutdated: (report_notices.notify_outdated,),
    ReportDoubted: (settle_doubts,),
    ReportReleaseScheduled: (report_notices.release_when_due,),
    ReportReleased: (report_notices.notify_released, mail_released),
    ReportsExpiryDue: (end_reports,),
    RecurringReportPlanned: (make_recurring,),
    ReportExpired: (drop_report_files,),
    JobFailed: (report_notices.note_failed_report,),
    JobCancelled: (report_notices.note_cancelled_report,),
    # files
    FileUploaded: (make_thumbnail,),
    FileRemoved: (drop_bytes,),
    PasswordResetRequested: (mail_reset_code,),
    PasswordChanged: (mail_password_changed,),
    **dict.fromkeys(SILENT, ()),
}

HANDLERS: Final = tuple(handler for line in SUBSCRIPTIONS.values() for handler in line)
