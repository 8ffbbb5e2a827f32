"""TABLE: what routes name by id, so that reaching for another centre's things is written down."""

from typing import Any, Final

from django.db import models
from django.http import HttpRequest

from core.audit.actions import record
from core.boards.models import Board, Stroke
from core.calendar.models import ClosedDay, Term
from core.classes.models import Course, Enrolment, SchoolClass
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.files.models import File
from core.homework.models import Homework
from core.imports.models import PeopleImport
from core.isolation.scope import everywhere
from core.notices.models import Notice
from core.people.acting import HEADER
from core.people.actor import Actor
from core.people.models import Guardianship, Invitation, Membership
from core.reports.models import RecurringReport, Report
from core.rooms.models import Message, Room
from core.submissions.models import Submission
from core.tickets.models import Ticket, TicketCategory

THINGS: Final[dict[str, type[models.Model]]] = {
    "class_id": SchoolClass,
    "homework_id": Homework,
    # tickets
    "ticket_id": Ticket,
    "category_id": TicketCategory,
    # rooms
    "room_id": Room,
    "said_id": Message,
    "board_id": Board,
    "stroke_id": Stroke,
    "file_id": File,
    "event_id": EventRecord,
    "delivery_id": Delivery,
    "term_id": Term,
    "closed_day_id": ClosedDay,
    "course_id": Course,
    "enrolment_id": Enrolment,
    "guardianship_id": Guardianship,
    "import_id": PeopleImport,
    "invitation_id": Invitation,
    "submission_id": Submission,
    "notice_id": Notice,
    "report_id": Report,
    "recurring_id": RecurringReport,
    # people of a centre
}
PEOPLE: Final = frozenset({"student_id", "person_id"})  # who may belong to several centres


def note_trespass(request: HttpRequest, actor: Actor | None) -> None:
    """Write down that somebody asked for a thing which another centre has.

    The answer is the same as for a thing that is nowhere. For requests that were answered 404.
    """
    match = request.resolver_match
    if match is None or actor is None:
        return
    for name, ident in match.kwargs.items():
        if _is_elsewhere(name, ident, actor):
            record(
                "centre.refused",
                centre_id=actor.centre_id,
                by=actor.user_id,
                subject=f"{name.removesuffix('_id')}:{ident}",
                detail={"method": request.method, "route": match.route},
            )
            return


def note_wrong_centre(request: HttpRequest) -> None:
    """Write down that somebody named a centre which is not theirs."""
    record(
        "centre.refused",
        centre_id=NO_CENTRE,
        by=request.user.pk,
        subject=f"centre:{request.headers.get(HEADER, '')}"[:100],
        detail={"method": request.method, "path": request.path[:200]},
    )


def _is_elsewhere(name: str, ident: Any, actor: Actor) -> bool:
    with everywhere():
        if name in PEOPLE:
            memberships = Membership.objects.filter(user_id=ident)
            return memberships.exists() and not memberships.filter(centre=actor.centre_id).exists()
        if name not in THINGS:
            return False
        found = THINGS[name]._default_manager.filter(pk=ident)  # noqa: SLF001 - its public name
        return found.exclude(centre_id__in=[actor.centre_id, NO_CENTRE]).exists()
