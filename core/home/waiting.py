"""What waits for a person: work to hand in, tickets to look after."""

from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q

from core import clock
from core.classes.models import Enrolment
from core.homework.models import Homework, HomeworkState
from core.people.actor import Actor
from core.submissions.models import Submission, SubmissionState
from core.tickets.models import Priority, Ticket, TicketState
from core.tickets.queries import tickets_for

MOST: Final = 5
OVERDUE: Final = timedelta(days=14)  # what is longer past is no surprise any more


def to_hand_in(by: Actor) -> list[Homework] | None:
    """What the student has not handed in, or got back for another try; what is due first."""
    attends = Enrolment.objects.filter(
        school_class_id=OuterRef("school_class_id"), student_id=by.user_id, until=None
    )
    done = Submission.objects.filter(homework_id=OuterRef("pk"), student_id=by.user_id).exclude(
        state=SubmissionState.RETURNED
    )
    waiting = Homework.objects.filter(
        Exists(attends),
        ~Exists(done),
        centre_id=by.centre_id,
        school_class__archived_at=None,
        state=HomeworkState.PUBLISHED,
        due_at__gte=clock.now() - OVERDUE,
    )
    return list(waiting.select_related("school_class").order_by("due_at", "pk")[:MOST]) or None


def tickets_to_look_after(by: Actor) -> list[Ticket] | None:
    """The open tickets that are the actor's or nobody's; urgent ones first, then the oldest."""
    mine = Q(assignee_id=by.user_id) | Q(assignee=None)
    waiting = tickets_for(by).filter(mine).exclude(state=TicketState.RESOLVED)
    urgent = waiting.filter(priority=Priority.URGENT).order_by("pk")[:MOST]
    found = list(urgent)
    if len(found) < MOST:
        found += waiting.exclude(priority=Priority.URGENT).order_by("pk")[: MOST - len(found)]
    return found or None
