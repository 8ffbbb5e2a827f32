"""What waits for a person: work to hand in, reports to review or to read, tickets, talk."""

from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q

from core import clock
from core.classes.models import Enrolment
from core.homework.models import Homework, HomeworkState
from core.people.actor import Actor
from core.reports.models import Report, ReportRecipient
from core.reports.queries import unopened_by, waiting_for_review
from core.reports.words import title_of
from core.rooms.models import Room
from core.rooms.queries import OVER, own_rooms, with_news
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


def reports_to_review(by: Actor) -> list[tuple[Report, str]] | None:
    """The reports that wait for the actor to review them, the oldest first, with their titles."""
    waiting = waiting_for_review(by)[:MOST]
    return [(each, title_of(each)) for each in waiting] or None


def reports_for_me(by: Actor) -> list[tuple[ReportRecipient, str]] | None:
    """What was released to the actor and not opened yet, the latest first, with its titles."""
    new = unopened_by(by)[:MOST]
    return [(each, title_of(each.version.report)) for each in new] or None


def tickets_to_look_after(by: Actor) -> list[Ticket] | None:
    """The open tickets that are the actor's or nobody's; urgent ones first, then the oldest."""
    mine = Q(assignee_id=by.user_id) | Q(assignee=None)
    waiting = tickets_for(by).filter(mine).exclude(state=TicketState.RESOLVED)
    urgent = waiting.filter(priority=Priority.URGENT).order_by("pk")[:MOST]
    found = list(urgent)
    if len(found) < MOST:
        found += waiting.exclude(priority=Priority.URGENT).order_by("pk")[: MOST - len(found)]
    return found or None


def rooms_with_news(by: Actor) -> list[Room] | None:
    """The actor's own rooms in which others said something that they have not read, latest first.

    What the office reads besides is not there: it would be the whole school's talk.
    """
    rooms = with_news(own_rooms(by).exclude(OVER), by=by)
    new = rooms.filter(unread__gt=0).order_by("-last_at", "pk")  # type: ignore[misc]  # annotated
    return list(new[:MOST]) or None
