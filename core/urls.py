"""Every address of the portal: the API's routers and the pages."""

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView
from ninja import NinjaAPI
from ninja.security import django_auth

from core.access import account
from core.access import pages as access_pages
from core.access.api import router as access
from core.access.bearer import BearerAuth
from core.access.factor_api import router as second_factor
from core.classes.api import router as classes
from core.files import pages as file_pages
from core.files.api import router as files
from core.home import pages as home_pages
from core.homework import pages as homework_pages
from core.homework.api import router as homework
from core.http.policies import DOCS_POLICY
from core.http.problems import answer_problems
from core.jobs.api import router as jobs
from core.mail import pages as mail_pages
from core.notices import pages as notice_pages
from core.notices.api import router as notices
from core.ops.api import router as ops
from core.ops.probes import healthz, readyz
from core.people import pages as people_pages
from core.people.api import router as people
from core.submissions import class_pages
from core.submissions import pages as submission_pages
from core.submissions.api import router as submissions
from core.tickets import category_pages as ticket_category_pages
from core.tickets import pages as ticket_pages
from core.tickets.api import router as tickets
from core.tickets.category_api import router as ticket_categories
from core.trace import pages as trace_pages
from core.trace.api import router as trace

api = NinjaAPI(
    title="Schoolbell",
    version="1",
    auth=[BearerAuth(), django_auth],
    docs_url="/docs",
    docs_decorator=csp_replace(DOCS_POLICY),
)
answer_problems(api)
for router in (ops, access, second_factor, people, classes, homework, files, notices, jobs, trace):
for router in (ops, people, classes, homework, submissions, files, notices, jobs, trace):
    api.add_router("", router)
api.add_router("", tickets)
api.add_router("", ticket_categories)

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
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
    path("submissions/<int:submission_id>", submission_pages.submission, name="submission"),
    path("submissions/<int:submission_id>/grade", submission_pages.grade, name="grade"),
    path("submissions/<int:submission_id>/return", submission_pages.give_back, name="give-back"),
    path("classes/<int:class_id>", class_pages.school_class, name="class"),
    path("classes/<int:class_id>/grade-book", class_pages.grade_book, name="grade-book"),
    path("classes/<int:class_id>/grade-book.csv", class_pages.download, name="grade-book-csv"),
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
    path("files/<int:file_id>", file_pages.content, name="file"),
    path("files/<int:file_id>/thumbnail", file_pages.thumbnail, name="file-thumbnail"),
    path("notices", notice_pages.notices, name="notices"),
    path("notices/read", notice_pages.read, name="read-notices"),
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
