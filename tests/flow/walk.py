"""Walking the permission table: every route with something real in the place of its parameters."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import uuid4

from django.test import Client

from core.calendar.models import ClosedDay, Term
from core.classes.models import Course, Enrolment
from core.events.models import EventRecord
from core.imports.actions import upload_import
from core.imports.columns import SAMPLE
from core.people.invitations import invite_person
from core.people.models import Guardianship, Role
from core.permissions import RULES
from core.permissions.rule import Rule
from core.reports.actions import request_report
from core.reports.kind import Format
from core.reports.models import Every
from core.reports.recurring import save_recurring
from core.reports.rhythm import Rhythm
from core.submissions.actions import hand_in
from tests.clock import in_a_week
from tests.flow.boards import Boards
from tests.flow.conftest import School
from tests.flow.desk import Desk
from tests.flow.pages import tell_class
from tests.flow.rooms import Rooms
from tests.flow.uploads import kept
from tests.remembered import as_once

OWN, FOREIGN = "oakwood", "riverside"
MISSING: Final = 987_654_321
WHO: Final[dict[Role, str]] = {
    Role.STUDENT: "student1",
    Role.PARENT: "parent1",
    Role.TEACHER: "teacher",
    Role.STAFF: "staff",
    Role.HEAD: "head",
    Role.ADMIN: "admin",
}
PARAMETER: Final = re.compile(r"<[^>]+>")


class Things:
    """One of everything that a route may name, in one centre."""

    def __init__(self, school: School, centre: str) -> None:
        self.homework = tell_class(school, centre=centre)
        self.ticket = Desk(school).open(by=f"student1@{centre}.example")
        self.school_class = school.class_7a(centre)
        self.submission = hand_in(
            homework_id=self.homework.pk,
            body="One half.",
            by=school.actor(f"student1@{centre}.example"),
        )
        self.file = kept(
            school.actor(f"teacher@{centre}.example"), subject=f"homework:{self.homework.pk}"
        )
        self.event = EventRecord.objects.get(
            kind="HomeworkPublished", centre_id=self.homework.centre_id
        )
        of_centre = {"centre_id": self.homework.centre_id}
        self.term = Term.objects.get(**of_centre)
        self.closed_day = ClosedDay.objects.filter(**of_centre).earliest("day")
        self.course = Course.objects.get(**of_centre)
        self.enrolment = Enrolment.objects.filter(**of_centre).earliest("pk")
        self.report = request_report(
            kind="class_progress",
            params={
                "classes": [str(self.school_class.pk)],
                "since": str(self.term.begins),
                "until": str(self.term.ends),
            },
            into=Format.CSV,
            by=school.actor(f"staff@{centre}.example"),
        )
        self.recurring = save_recurring(
            kind="homework_completion",
            params={"classes": [str(self.school_class.pk)]},
            into=Format.CSV,
            rhythm=Rhythm(every=Every.WEEK, first_on=self.term.ends, hour=7),
            readers=[school.user(f"staff@{centre}.example").pk],
            by=school.actor(f"staff@{centre}.example"),
        )
        # rooms
        self.room = Rooms(school, centre).open()
        self.said = Rooms(school, centre).say(self.room, "Hello")
        self.board = Boards(school, centre).open(self.room)
        self.stroke = Boards(school, centre).draw(self.board)
        # people of a centre
        self.upload = upload_import(
            file_name="people.csv",
            content=SAMPLE.encode(),
            by=school.actor(f"admin@{centre}.example"),
        )
        self.guardianship = Guardianship.objects.get(guardian__email=f"parent3@{centre}.example")
        self.person = school.user(f"student2@{centre}.example")
        self.invitation = invite_person(
            email=f"new@{centre}.example",
            name="Nia New",
            roles=[Role.PARENT],
            by=school.actor(f"admin@{centre}.example"),
        )


def things_of(school: School, centre: str) -> Things:
    """The same, made once: nothing that a test made before is left (tests/remembered.py)."""
    return as_once(f"things of {centre}", lambda: Things(school, centre))


# TABLE: what a parameter of a route is, and what there is of it nowhere.
PARAMETERS: Final[dict[str, tuple[Callable[[Things], object], object]]] = {
    "<int:class_id>": (lambda things: things.school_class.pk, MISSING),
    "<int:homework_id>": (lambda things: things.homework.pk, MISSING),
    "<int:submission_id>": (lambda things: things.submission.pk, MISSING),
    # tickets
    "<int:ticket_id>": (lambda things: things.ticket.pk, MISSING),
    "<int:category_id>": (lambda things: things.ticket.category_id, MISSING),
    # rooms
    "<int:room_id>": (lambda things: things.room.pk, MISSING),
    "<uuidstr:said_id>": (lambda things: things.said.pk, uuid4()),
    "<int:board_id>": (lambda things: things.board.pk, MISSING),
    "<uuidstr:stroke_id>": (lambda things: things.stroke.pk, uuid4()),
    "<int:file_id>": (lambda things: things.file.pk, MISSING),
    "<uuidstr:event_id>": (lambda things: things.event.pk, uuid4()),
    "<int:delivery_id>": (
        lambda things: things.event.deliveries.exclude(key="").first().pk,  # type: ignore[union-attr]
        MISSING,
    ),
    "<int:term_id>": (lambda things: things.term.pk, MISSING),
    "<int:closed_day_id>": (lambda things: things.closed_day.pk, MISSING),
    "<int:course_id>": (lambda things: things.course.pk, MISSING),
    "<int:enrolment_id>": (lambda things: things.enrolment.pk, MISSING),
    "<int:student_id>": (lambda things: things.enrolment.student_id, MISSING),
    # reports
    "<int:report_id>": (lambda things: things.report.pk, MISSING),
    "<int:recurring_id>": (lambda things: things.recurring.pk, MISSING),
    "<int:page>": (lambda _things: 1, 1),  # of a report
    # people of a centre
    "<int:person_id>": (lambda things: things.person.pk, MISSING),
    "<int:guardianship_id>": (lambda things: things.guardianship.pk, MISSING),
    "<int:import_id>": (lambda things: things.upload.pk, MISSING),
    "<int:invitation_id>": (lambda things: things.invitation.pk, MISSING),
}
WHY: Final = {"reason": "A court said so."}
# TABLE: a body that a route accepts; {} where it takes none.
BODIES: Final[dict[str, dict[str, Any]]] = {
    "POST api/classes/<int:class_id>/homework": {
        "title": "Walk",
        "body": "",
        "due_at": in_a_week().isoformat(),
    },
    "POST api/homework/<int:homework_id>/submissions": {"body": "One half."},
    "POST api/submissions/<int:submission_id>/grade": {"score": 87.5},
    "PUT api/classes/<int:class_id>/students/<int:student_id>/remark": {
        "term_id": "1",
        "text": "Walks well.",
    },
    "POST classes/<int:class_id>/students/<int:student_id>/remark": {
        "term_id": "1",
        "text": "Walks well.",
    },
    # reports
    "POST api/reports": {"kind": "class_progress", "params": {}, "format": "csv"},
    "POST api/reports/preview": {"kind": "class_progress", "params": {}},
    "POST api/reports/<int:report_id>/review": {"decision": "approve"},
    "POST api/reports/<int:report_id>/release": {"audience": "staff"},
    "POST reports/<int:report_id>/review": {"decision": "approve"},
    "POST reports/<int:report_id>/release": {"audience": "staff"},
    "POST api/homework/<int:homework_id>/grades": {"student_id": "1", "score": 87.5},
    # tickets
    "POST api/tickets": {"category_id": "0", "subject": "Walk"},
    "PATCH api/tickets/<int:ticket_id>": {"subject": "Walk"},
    "POST api/tickets/<int:ticket_id>/comments": {"body": "Walk"},
    "POST api/tickets/<int:ticket_id>/assign": {"assignee_id": None},
    "POST api/ticket-categories": {"name": "Walk"},
    "PATCH api/ticket-categories/<int:category_id>": {"name": "Walk on"},
    "POST tickets/<int:ticket_id>": {"body": "Walk", "then": "comment"},
    # rooms
    "PATCH api/rooms/<int:room_id>": {"name": "Walk"},
    "POST api/rooms/<int:room_id>/read": {"up_to": 1},
    "POST api/rooms/<int:room_id>/messages": {"body": "Walk"},
    "PATCH api/messages/<uuidstr:said_id>": {"body": "Walk on"},
    "POST api/rooms/<int:room_id>/boards": {"name": "Walk"},
    "POST api/boards/<int:board_id>/strokes": {
        "points": [[10, 20]],
        "colour": "ink",
        "width": 4,
    },
    "POST rooms/new": {
        "new_topic": "Walks",
        "name": "Walk",
        "audience": "class",
        "class_id": "1",
    },
    "POST rooms/<int:room_id>": {"body": "Walk"},
    "POST rooms/<int:room_id>/edit": {"new_topic": "Walks", "name": "Walk"},
    "POST messages/<uuidstr:said_id>": {"body": "Walk on"},
    "POST api/terms": {"name": "Walk", "begins": "2031-01-01", "ends": "2031-03-31"},
    "POST api/holidays": {"name": "Walk", "day": "2031-01-01"},
    "POST api/courses": {"name": "Walk", "code": "W1"},
    "POST api/classes": {"name": "Walk"},
    "POST api/classes/<int:class_id>/teachers": {"person_id": "1"},
    "POST api/classes/<int:class_id>/enrolments": {"student_id": "1"},
    "POST api/enrolments/<int:enrolment_id>/move": {"class_id": "1"},
    # people of a centre
    "PUT api/people/<int:person_id>/roles": {"roles": ["student"]},
    "POST api/guardianships/<int:guardianship_id>/block": WHY,
    "POST api/guardianships/<int:guardianship_id>/unblock": WHY,
    "POST guardianships/<int:guardianship_id>/block": WHY,
    "POST guardianships/<int:guardianship_id>/unblock": WHY,
}
# TABLE: the query without which a route answers nothing.
QUERIES: Final[dict[str, str]] = {
    "GET api/reports/<int:report_id>/differences": "?before=1&after=1",
}
# TABLE: routes with a parameter that names no thing of a centre, each with its reason.
OF_NO_CENTRE: Final[dict[str, str]] = {
    "<str:queue>": "queues are the system's; operators and viewers only",
    "<str:group_id>": "dead letters are the system's; operators and viewers only",
    "<str:schedule>": "schedules are the system's; operators only",
    "<str:part>": "a part of the operations page; operators and viewers only",
    "<uuidstr:job_id>": "a job is its requester's, whatever the centre; tests/flow/test_jobs.py",
    "<int:notice_id>": "a notice is its person's; tests/flow/test_notices_api.py",
    "<str:token>": "whoever holds a mail: test_unsubscribe.py, test_invitations.py",
    "<str:message_id>": "a mail's id leads to its event; tests/flow/test_trace.py",
    "<int:centre_id>": "operators open and change centres; tests/flow/test_centres.py",
    "<str:name>": "a panel of the first page; shows what is one's own",
    "<str:sign_in_id>": "a sign-in is its person's; tests/flow/test_account.py",
    "<str:mail_id>": "the catching mailbox, for development only",
}


def lines(*, of_a_centre: bool) -> Iterator[tuple[str, Rule]]:
    """The table's lines for signed-in people: with a thing of a centre in the route, or without."""
    for line, rule in RULES.items():
        names = PARAMETER.findall(line)
        if rule.signed_in and not set(names) & set(OF_NO_CENTRE) and bool(names) == of_a_centre:
            yield line, rule


def call(client: Client, line: str, named: Callable[[str], object]) -> Any:
    """The answer to a line of the table, its parameters filled in."""
    method, _, route = line.partition(" ")
    path = "/" + PARAMETER.sub(lambda found: str(named(found[0])), route)
    if method == "GET":
        return client.get(path + QUERIES.get(line, ""))
    if path.startswith("/api/"):
        body = json.dumps(BODIES.get(line, {}))
        return client.generic(method, path, body, content_type="application/json")
    return client.post(path, BODIES.get(line, {}))


def may(rule: Rule, role: Role) -> bool:
    """Whether the table lets a role of a centre in."""
    return not (rule.operator or rule.viewer) and (not rule.member or role in rule.roles)
