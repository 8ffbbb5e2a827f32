"""The API: the routers of all areas, who is let in, how problems are answered."""

from csp.decorators import csp_replace
from ninja import NinjaAPI
from ninja.security import django_auth

from core.access.api import router as access
from core.access.bearer import BearerAuth
from core.access.factor_api import router as second_factor
from core.backups.api import router as backups
from core.boards.api import router as boards
from core.calendar.api import router as calendar
from core.centres.api import router as centres
from core.classes.api import router as classes
from core.classes.enrolment_api import router as enrolments
from core.files.api import router as files
from core.homework.api import router as homework
from core.http.policies import DOCS_POLICY
from core.http.problems import answer_problems
from core.imports.api import router as imports
from core.jobs.api import router as jobs
from core.notices.api import router as notices
from core.notices.preferences_api import router as preferences
from core.office.address_api import router as addresses
from core.office.api import router as office
from core.ops.api import router as ops
from core.ops.watch_api import router as watching
from core.people.api import router as people
from core.remarks.api import router as remarks
from core.reports.api import router as reports
from core.reports.recurring_api import router as recurring_reports
from core.rooms.api import router as rooms
from core.rooms.message_api import router as messages
from core.submissions.api import router as submissions
from core.tickets.api import router as tickets
from core.tickets.category_api import router as ticket_categories
from core.trace.api import router as trace

api = NinjaAPI(
    title="Schoolbell",
    version="1",
    auth=[BearerAuth(), django_auth],
    docs_url="/docs",
    docs_decorator=csp_replace(DOCS_POLICY),
)
answer_problems(api)
for router in (
    ops,
    backups,
    watching,
    access,
    second_factor,
    people,
    centres,
    calendar,
    classes,
    enrolments,
    homework,
    submissions,
    remarks,
    reports,
    recurring_reports,
    office,
    addresses,
    imports,
    tickets,
    ticket_categories,
    rooms,
    messages,
    boards,
    files,
    notices,
    preferences,
    jobs,
    trace,
):
    api.add_router("", router)
