"""Every address of the portal: the pages, and where the API begins (core/api.py)."""

from django.conf import settings
from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from core.access import account, at_proxy
from core.access import pages as access_pages
from core.api import api
from core.backups import pages as backup_pages
from core.boards import pages as board_pages
from core.calendar import pages as calendar_pages
from core.centres import ops_pages as centre_ops_pages
from core.centres import pages as centre_pages
from core.classes import enrolment_pages, history_pages
from core.classes import pages as classes_pages
from core.files import pages as file_pages
from core.home import calendar as home_calendar
from core.home import pages as home_pages
from core.homework import pages as homework_pages
from core.imports import pages as import_pages
from core.mail import pages as mail_pages
from core.notices import pages as notice_pages
from core.notices import preferences_pages, unsubscribe_pages
from core.office import audit_pages, guardian_pages, invitation_pages, joining
from core.office import pages as office_pages
from core.ops import letter_pages
from core.ops import pages as ops_pages
from core.ops.probes import healthz, readyz
from core.people import pages as people_pages
from core.remarks import pages as remark_pages
from core.reports import document_pages, recurring_pages, report_pages
from core.reports import pages as reports_pages
from core.rooms import message_pages, room_pages
from core.rooms import pages as rooms_pages
from core.scrape.pages import metrics
from core.submissions import class_pages, paper_pages
from core.submissions import pages as submission_pages
from core.tickets import category_pages as ticket_category_pages
from core.tickets import pages as ticket_pages
from core.trace import ops_pages as trace_ops_pages
from core.trace import pages as trace_pages

urlpatterns = [
    # running the system
    path("ops/", ops_pages.operations, name="ops"),
    path("ops/access", at_proxy.access, name="ops-access"),
    path("ops/parts/<str:part>", ops_pages.part, name="ops-part"),
    path("ops/queues/<str:queue>", ops_pages.queue, name="ops-queue"),
    path("ops/queues/<str:queue>/pause", ops_pages.pause, name="ops-pause"),
    path("ops/queues/<str:queue>/resume", ops_pages.resume, name="ops-resume"),
    path("ops/dead-letters/<str:group_id>", letter_pages.group, name="ops-letters"),
    path("ops/dead-letters/<str:group_id>/redrive", letter_pages.redrive, name="ops-redrive"),
    path("ops/dead-letters/<str:group_id>/discard", letter_pages.discard, name="ops-discard"),
    path("ops/schedules/<str:schedule>/run", ops_pages.run_schedule, name="ops-run"),
    path("ops/backups", backup_pages.panel, name="ops-backups"),
    path("ops/backups/make", backup_pages.make, name="make-backup"),
    path("ops/audit", ops_pages.audit, name="ops-audit"),
    path("ops/trace", trace_ops_pages.trace, name="ops-trace"),
    # centres, calendar, classes
    path("centre.css", centre_pages.stylesheet, name="centre-css"),
    path("centre-settings", centre_pages.settings, name="centre-settings"),
    path("ops/centres", centre_ops_pages.centres, name="ops-centres"),
    path("ops/centres/new", centre_ops_pages.open_centre, name="open-centre"),
    path("ops/centres/<int:centre_id>", centre_ops_pages.centre, name="ops-centre"),
    path("ops/centres/<int:centre_id>/admins", centre_ops_pages.invite_admin, name="invite-admin"),
    path("calendar", home_calendar.calendar, name="calendar"),
    path("calendar/terms/new", calendar_pages.add_term, name="add-term"),
    path("calendar/terms/<int:term_id>", calendar_pages.edit_term, name="edit-term"),
    path("calendar/terms/<int:term_id>/remove", calendar_pages.remove_term, name="remove-term"),
    path("calendar/holidays/new", calendar_pages.add_holidays, name="add-holidays"),
    path("calendar/holidays/<int:closed_day_id>", calendar_pages.edit_holiday, name="edit-holiday"),
    path(
        "calendar/holidays/<int:closed_day_id>/remove",
        calendar_pages.remove_holiday,
        name="remove-holiday",
    ),
    path("classes", classes_pages.classes, name="classes"),
    path("classes/new", classes_pages.open_class, name="open-class"),
    path("classes/<int:class_id>/manage", enrolment_pages.manage, name="manage-class"),
    path("classes/<int:class_id>/edit", classes_pages.edit_class, name="edit-class"),
    path("classes/<int:class_id>/archive", classes_pages.archive_class, name="archive-class"),
    path("classes/<int:class_id>/unarchive", classes_pages.unarchive_class, name="unarchive-class"),
    path("classes/<int:class_id>/enrol", enrolment_pages.enrol, name="enrol-student"),
    path("classes/<int:class_id>/teachers", enrolment_pages.assign, name="assign-teacher"),
    path(
        "classes/<int:class_id>/teachers/<int:person_id>/remove",
        enrolment_pages.remove,
        name="remove-teacher",
    ),
    path("enrolments/<int:enrolment_id>/move", enrolment_pages.move, name="move-student"),
    path("enrolments/<int:enrolment_id>/end", enrolment_pages.end, name="end-enrolment"),
    path("students/<int:student_id>/enrolments", history_pages.history, name="student-history"),
    path("courses", classes_pages.courses, name="courses"),
    path("courses/new", classes_pages.add_course, name="add-course"),
    path("courses/<int:course_id>", classes_pages.edit_course, name="edit-course"),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("api/", api.urls),
    # Signing in there would know neither limits nor a second factor.
    path("admin/login/", RedirectView.as_view(pattern_name="sign-in", query_string=True)),
    path("admin/password_change/", RedirectView.as_view(url="/account")),
    path("admin/", admin.site.urls),
    path("", home_pages.home, name="home"),
    path("panels/<str:name>", home_pages.panel, name="panel"),
    path("homework-list", home_pages.homework_list, name="homework-list"),
    path("sign-in", access_pages.sign_in, name="sign-in"),
    path("sign-in/code", access_pages.enter_code, name="sign-in-code"),
    path("sign-out", access_pages.sign_out, name="sign-out"),
    path("password/forgotten", access_pages.forgotten, name="forgotten-password"),
    path("password/new", access_pages.new_password, name="new-password"),
    path("account", account.account, name="account"),
    path("account/password", account.password, name="account-password"),
    path("account/second-factor", account.second_factor_page, name="second-factor"),
    path(
        "account/second-factor/confirm", account.confirm_second_factor, name="confirm-second-factor"
    ),
    path(
        "account/second-factor/off", account.turn_off_second_factor, name="turn-off-second-factor"
    ),
    path("account/second-factor/codes", account.renew_recovery_codes, name="renew-recovery-codes"),
    path("account/sign-ins/<str:sign_in_id>/end", account.end_sign_in, name="end-sign-in"),
    path("account/sign-out-everywhere", account.sign_out_everywhere, name="sign-out-everywhere"),
    path("centre", people_pages.choose_centre, name="choose-centre"),
    path("language", people_pages.choose_language, name="choose-language"),
    path("classes/<int:class_id>/homework/new", homework_pages.write, name="write-homework"),
    path("homework/<int:homework_id>", submission_pages.homework, name="homework"),
    path("homework/<int:homework_id>/work", submission_pages.work, name="homework-work"),
    path("homework/<int:homework_id>/hand-in", submission_pages.hand_in, name="hand-in"),
    path(
        "homework/<int:homework_id>/grades/<int:student_id>",
        paper_pages.grade_unsubmitted,
        name="grade-unsubmitted",
    ),
    path("submissions/<int:submission_id>", submission_pages.submission, name="submission"),
    path("submissions/<int:submission_id>/grade", submission_pages.grade, name="grade"),
    path("submissions/<int:submission_id>/return", submission_pages.give_back, name="give-back"),
    path("classes/<int:class_id>", class_pages.school_class, name="class"),
    path("classes/<int:class_id>/grade-book", class_pages.grade_book, name="grade-book"),
    path("classes/<int:class_id>/grade-book.csv", class_pages.download, name="grade-book-csv"),
    path("classes/<int:class_id>/remarks", remark_pages.remarks, name="remarks"),
    path(
        "classes/<int:class_id>/students/<int:student_id>/remark",
        remark_pages.write,
        name="write-remark",
    ),
    path("homework/<int:homework_id>/told", trace_pages.told, name="homework-told"),
    path("homework/<int:homework_id>/edit", homework_pages.edit, name="edit-homework"),
    path("homework/<int:homework_id>/publish", homework_pages.publish, name="publish-homework"),
    path("homework/<int:homework_id>/schedule", homework_pages.schedule, name="schedule-homework"),
    path(
        "homework/<int:homework_id>/unschedule",
        homework_pages.unschedule,
        name="unschedule-homework",
    ),
    path("homework/<int:homework_id>/recall", homework_pages.recall, name="recall-homework"),
    path("homework/<int:homework_id>/withdraw", homework_pages.withdraw, name="withdraw-homework"),
    # reports
    path("reports", reports_pages.reports, name="reports"),
    path("reports/new", reports_pages.ask, name="ask-report"),
    path("reports/review", reports_pages.review_desk, name="review-desk"),
    path("reports/released", document_pages.released, name="released-reports"),
    path("reports/recurring", recurring_pages.recurring, name="recurring-reports"),
    path("reports/recurring/new", recurring_pages.recur, name="recur-report"),
    path(
        "reports/recurring/<int:recurring_id>/end",
        recurring_pages.end,
        name="end-recurring-report",
    ),
    path(
        "reports/released/<int:report_id>", document_pages.released_report, name="released-report"
    ),
    path("reports/<int:report_id>", report_pages.report, name="report"),
    path("reports/<int:report_id>/cancel", report_pages.cancel, name="cancel-report"),
    path("reports/<int:report_id>/remake", report_pages.remake, name="remake-report"),
    path("reports/<int:report_id>/submit", report_pages.submit, name="submit-report"),
    path("reports/<int:report_id>/review", report_pages.review, name="review-report"),
    path("reports/<int:report_id>/release", report_pages.release, name="release-report"),
    path("reports/<int:report_id>/recall", report_pages.recall, name="recall-report"),
    path("reports/<int:report_id>/recipients", report_pages.recipients, name="report-recipients"),
    path(
        "reports/<int:report_id>/differences", report_pages.differences, name="report-differences"
    ),
    path("reports/<int:report_id>/file", document_pages.save_file, name="report-file"),
    path("reports/<int:report_id>/view", document_pages.view, name="report-view"),
    path(
        "reports/<int:report_id>/pages/<int:page>.png",
        document_pages.picture,
        name="report-picture",
    ),
    # tickets
    path("tickets", ticket_pages.tickets, name="tickets"),
    path("tickets/new", ticket_pages.write, name="write-ticket"),
    path("tickets/<int:ticket_id>", ticket_pages.ticket, name="ticket"),
    path("tickets/<int:ticket_id>/assign", ticket_pages.assign, name="assign-ticket"),
    path("tickets/<int:ticket_id>/edit", ticket_pages.edit, name="edit-ticket"),
    path("tickets/categories", ticket_category_pages.categories, name="ticket-categories"),
    path(
        "tickets/categories/<int:category_id>",
        ticket_category_pages.change,
        name="change-ticket-category",
    ),
    # rooms
    path("rooms", rooms_pages.rooms, name="rooms"),
    path("rooms/new", rooms_pages.open_room, name="open-room"),
    path("rooms/<int:room_id>", room_pages.room, name="room"),
    path("rooms/<int:room_id>/news", room_pages.news, name="room-news"),
    path("rooms/<int:room_id>/edit", rooms_pages.edit_room, name="edit-room"),
    path("rooms/<int:room_id>/close", rooms_pages.close_room, name="close-room"),
    path("rooms/<int:room_id>/reopen", rooms_pages.reopen_room, name="reopen-room"),
    path("messages/<uuidstr:said_id>", message_pages.change, name="change-message"),
    path("messages/<uuidstr:said_id>/remove", message_pages.remove, name="remove-message"),
    # boards
    path("rooms/<int:room_id>/boards", board_pages.boards, name="boards"),
    path("boards/<int:board_id>", board_pages.board, name="board"),
    path("boards/<int:board_id>/clear", board_pages.clear, name="clear-board"),
    path("boards/<int:board_id>/picture.svg", board_pages.picture, name="board-picture"),
    path("files/<int:file_id>", file_pages.content, name="file"),
    path("files/<int:file_id>/thumbnail", file_pages.thumbnail, name="file-thumbnail"),
    path("files/<int:file_id>/picture", file_pages.picture, name="file-picture"),
    path("notices", notice_pages.notices, name="notices"),
    # people of a centre
    path("people", office_pages.people, name="people"),
    path("people/invite", invitation_pages.invite, name="invite"),
    path("people/<int:person_id>", office_pages.person, name="person"),
    path("people/<int:person_id>/roles", office_pages.roles, name="change-roles"),
    path("people/<int:person_id>/deactivate", office_pages.deactivate, name="deactivate-person"),
    path("people/<int:person_id>/reactivate", office_pages.reactivate, name="reactivate-person"),
    path("people/<int:person_id>/guardians", guardian_pages.link, name="link-guardian"),
    path("guardianships/<int:guardianship_id>", guardian_pages.change, name="change-guardian"),
    path("guardianships/<int:guardianship_id>/end", guardian_pages.end, name="end-guardian"),
    path("guardianships/<int:guardianship_id>/block", guardian_pages.block, name="block-guardian"),
    path(
        "guardianships/<int:guardianship_id>/unblock",
        guardian_pages.unblock,
        name="unblock-guardian",
    ),
    path(
        "invitations/<int:invitation_id>/resend", invitation_pages.resend, name="resend-invitation"
    ),
    path(
        "invitations/<int:invitation_id>/revoke", invitation_pages.revoke, name="revoke-invitation"
    ),
    path("join/<str:token>", joining.join, name="join"),
    path("account/email", joining.change_address, name="change-address"),
    path("confirm-email/<str:token>", joining.confirm_address, name="confirm-address"),
    path("imports", import_pages.imports, name="imports"),
    path("imports/sample.csv", import_pages.sample, name="import-sample"),
    path("imports/<int:import_id>", import_pages.one_import, name="import"),
    path("imports/<int:import_id>/run", import_pages.run, name="run-import"),
    path("imports/<int:import_id>/cancel", import_pages.cancel, name="cancel-import"),
    path("imports/<int:import_id>/report.csv", import_pages.report, name="import-report"),
    path("audit", audit_pages.audit, name="audit"),
    path("notices/read", notice_pages.read, name="read-notices"),
    path("notices/<int:notice_id>/mark", notice_pages.mark, name="mark-notice"),
    path("notices/<int:notice_id>/why", trace_pages.why, name="notice-why"),
    path("events/<uuidstr:event_id>/recipients", trace_pages.recipients, name="recipients"),
    path(
        "events/<uuidstr:event_id>/recipients.csv",
        trace_pages.recipients_csv,
        name="recipients-csv",
    ),
    path("events/<uuidstr:event_id>/send-now", trace_pages.send_now, name="send-now"),
    path("preferences", preferences_pages.choose, name="preferences"),
    path("quiet-hours", preferences_pages.quiet_hours, name="quiet-hours"),
    path("unsubscribe/<str:token>", unsubscribe_pages.unsubscribe, name="unsubscribe"),
    path("unsubscribe/<str:token>/undo", unsubscribe_pages.resubscribe, name="resubscribe"),
]
if settings.DEBUG and settings.MAILBOX_DIR:
    urlpatterns += [
        path("mailbox", mail_pages.mailbox, name="mailbox"),
        path("mailbox/<str:mail_id>", mail_pages.mail, name="mailbox-mail"),
        path("mailbox/<str:mail_id>/html", mail_pages.mail_html, name="mailbox-mail-html"),
    ]

handler400 = "core.http.problems.bad_request"
handler403 = "core.http.problems.forbidden"
handler404 = "core.http.problems.not_found"
handler500 = "core.http.problems.server_error"
