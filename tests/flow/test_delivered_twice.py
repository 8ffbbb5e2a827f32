"""Every handler, delivered twice and to two workers at once, has its effect once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from core import clock
from core.canary.events import CanaryDue
from core.canary.models import QueueCanary
from core.classes.actions import open_class
from core.classes.enrolment_actions import enrol_student, move_student
from core.classes.models import Enrolment
from core.events.event import NO_CENTRE
from core.events.models import Delivery
from core.events.publish import publish
from core.homework.actions import withdraw_homework
from core.http.models import IdempotentAnswer
from core.jobs.events import HousekeepingDue
from core.mail.models import Mail
from core.notices.models import Notice
from core.ops.actions import redrive_letters
from core.ops.events import CleanupDue
from core.ops.orders import LetterFilter, RedriveOrder
from tasks.drain import drain
from tasks.handler import Handler
from tasks.notices.homework import notify_class
from tasks.subscriptions import HANDLERS
from tests.flow.conftest import School
from tests.flow.desk import ADMIN, a_desk
from tests.flow.people import STUDENT

Story = Callable[[School], None]
Effect = Callable[[], int]


def publish_homework(school: School) -> None:
    school.publish()


def publish_and_withdraw(school: School) -> None:
    homework = school.publish()
    for handler in HANDLERS:
        while drain(handler):
            pass
    Notice.objects.all().delete()
    withdraw_homework(homework_id=homework.pk, by=school.actor("teacher@oakwood.example"))


def let_things_pile_up(_school: School) -> None:
    long_ago = clock.now() - timedelta(days=30)
    Session.objects.create(session_key="old", expire_date=long_ago)
    Session.objects.create(session_key="new", expire_date=clock.now() + timedelta(days=1))
    IdempotentAnswer.objects.create(user_id=1, key="old", created_at=long_ago)
    IdempotentAnswer.objects.create(user_id=1, key="new", created_at=clock.now())
    with transaction.atomic():
        publish(CleanupDue(centre_id=NO_CENTRE))
        publish(HousekeepingDue(centre_id=NO_CENTRE))


def send_a_canary(_school: School) -> None:
    with transaction.atomic():
        publish(CanaryDue(centre_id=NO_CENTRE))


def redrive_behind_a_canary(school: School) -> None:
    school.publish()
    while drain(notify_class):
        pass
    told = Delivery.objects.filter(handler=notify_class.name).exclude(key="")
    told.update(state="dead", finished_at=clock.now())
    order = RedriveOrder(filter=LetterFilter(handler=notify_class.name))
    redrive_letters(order=order, by=None)
    told.filter(state="pending").update(state="done")  # the canary


def open_ticket(school: School) -> None:
    a_desk(school).open()


def assign_ticket(school: School) -> None:
    desk = a_desk(school)
    desk.assign(desk.open(), by=ADMIN)


def comment_ticket(school: School) -> None:
    desk = a_desk(school)
    desk.say(desk.open(), by=STUDENT)


def resolve_ticket(school: School) -> None:
    desk = a_desk(school)
    desk.resolve(desk.open())


def reopen_ticket(school: School) -> None:
    desk = a_desk(school)
    desk.reopen(desk.resolve(desk.open()))


def enrol_a_newcomer(school: School) -> None:
    enrolment = Enrolment.objects.get(student__email="student1@oakwood.example")
    student_id, class_id = enrolment.student_id, enrolment.school_class_id
    enrolment.delete()
    by = school.actor("staff@oakwood.example")
    enrol_student(class_id=class_id, student_id=student_id, by=by)


def move_a_student(school: School) -> None:
    by = school.actor("staff@oakwood.example")
    other = open_class(name="7B", by=by)
    enrolment = Enrolment.objects.get(student__email="student1@oakwood.example")
    move_student(enrolment_id=enrolment.pk, class_id=other.pk, by=by)


# What sets each handler off, how its effect is counted, and how often it must be there.
STORIES: Final[dict[str, tuple[Story, Effect, int]]] = {
    "notices.notify_class": (publish_homework, Notice.objects.count, 60),
    "notices.notify_withdrawn": (publish_and_withdraw, Notice.objects.count, 60),
    "notices.tell_teachers_of_newcomer": (enrol_a_newcomer, Notice.objects.count, 1),
    "notices.tell_teachers_of_move": (move_a_student, Notice.objects.count, 1),
    "email.mail_class": (publish_homework, Mail.objects.filter(state="sent").count, 60),
    # tickets
    "notices.notify_opened": (open_ticket, Notice.objects.count, 3),
    "notices.notify_assigned": (assign_ticket, Notice.objects.count, 2),
    "notices.notify_commented": (comment_ticket, Notice.objects.count, 3),
    "notices.notify_resolved": (resolve_ticket, Notice.objects.count, 1),
    "notices.notify_reopened": (reopen_ticket, Notice.objects.count, 3),
    "email.mail_opened": (open_ticket, Mail.objects.filter(state="sent").count, 3),
    "email.mail_assigned": (assign_ticket, Mail.objects.filter(state="sent").count, 2),
    "email.mail_commented": (comment_ticket, Mail.objects.filter(state="sent").count, 3),
    "email.mail_resolved": (resolve_ticket, Mail.objects.filter(state="sent").count, 1),
    "email.mail_reopened": (reopen_ticket, Mail.objects.filter(state="sent").count, 3),
    "cleanup.release_rest": (
        redrive_behind_a_canary,
        Delivery.objects.filter(state="pending", forgiven=1).count,
        59,
    ),
    "cleanup.clear_sessions": (let_things_pile_up, Session.objects.count, 1),
    "cleanup.keep_house": (let_things_pile_up, IdempotentAnswer.objects.count, 1),
    "notices.answer_canary": (send_a_canary, QueueCanary.objects.count, 1),
    "email.answer_canary": (send_a_canary, QueueCanary.objects.count, 1),
    "cleanup.answer_canary": (send_a_canary, QueueCanary.objects.count, 1),
}


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.name)
def test_twice_is_once(handler: Handler, school: School) -> None:  # type: ignore[type-arg]
    story, effect, times = STORIES[handler.name]
    story(school)

    workers = [threading.Thread(target=_work, args=(handler,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert drain(handler) == 0
    assert effect() == times
    deliveries = Delivery.objects.filter(handler=handler.name)
    assert set(deliveries.values_list("state", "attempt")) == {("done", 1)}


def _work(handler: Handler) -> None:  # type: ignore[type-arg]
    while drain(handler):  # a turn may end before the work does
        pass
    connection.close()
