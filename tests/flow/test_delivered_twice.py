"""Every handler, delivered twice and to two workers at once, has its effect once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection, transaction

from core import clock
from core.access.actions import Change, change_password, request_reset
from core.access.caller import Caller
from core.access.models import BrowserSession
from core.backups.events import BackupDue
from core.backups.models import Backup
from core.canary.events import CanaryDue
from core.canary.models import QueueCanary
from core.classes.actions import archive_class, open_class, unarchive_class
from core.classes.enrolment_actions import enrol_student, move_student
from core.classes.models import Enrolment
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.events.publish import publish
from core.files.actions import remove_file
from core.files.models import File
from core.homework.actions import (
    edit_homework,
    recall_homework,
    schedule_homework,
    withdraw_homework,
)
from core.homework.models import Homework
from core.http.models import IdempotentAnswer
from core.imports.actions import start_import, upload_import
from core.imports.columns import SAMPLE
from core.imports.models import ImportRow, PeopleImport
from core.jobs.events import HousekeepingDue
from core.live.models import Entry
from core.mail.models import Mail
from core.notices.events import CentreDigestsDue, DigestsDue
from core.notices.models import Notice, NoticePreference
from core.ops.actions import redrive_letters
from core.ops.events import CleanupDue
from core.ops.orders import LetterFilter, RedriveOrder
from core.people.actions import change_roles
from core.people.addresses import ask_for_address
from core.people.guardians import link_guardian
from core.people.invitations import accept_invitation, invite_person
from core.people.invitations import issue_link as issue_invitation_link
from core.people.models import Centre, Invitation, Role, User
from core.submissions.events import HomeworkRemindersDue, RemindersDue
from core.submissions.models import Submission
from tasks.drain import drain
from tasks.handler import Handler
from tasks.imports.people import check_import, run_import
from tasks.notices.homework import notify_class
from tasks.notices.homework_changed import settle
from tasks.subscriptions import HANDLERS
from tests.flow.conftest import School, work_all_off
from tests.flow.desk import ADMIN, a_desk
from tests.flow.handing_in import graded, handed_in, returned
from tests.flow.people import STUDENT, TEACHER
from tests.flow.report_stories import REPORT_STORIES
from tests.flow.rooms import Rooms
from tests.flow.uploads import kept, on_disk, picture

pytestmark = pytest.mark.usefixtures("media")

Story = Callable[[School], None]
Effect = Callable[[], int]


def publish_homework(school: School) -> None:
    school.publish()


def publish_and_withdraw(school: School) -> None:
    homework = school.told()
    Notice.objects.all().delete()
    withdraw_homework(homework_id=homework.pk, by=school.actor("teacher@oakwood.example"))


def in_time() -> None:
    """The time has come of all that waits for one; the rest is worked off."""
    while Delivery.objects.filter(state="pending").update(due_at=clock.now()):
        work_all_off()


def schedule(school: School) -> None:
    at, by = clock.now() + timedelta(days=1), school.actor(TEACHER)
    schedule_homework(homework_id=school.draft().pk, at=at, by=by)
    Delivery.objects.update(due_at=clock.now())


def miss_a_publication(school: School) -> None:
    homework, by = school.draft(), school.actor(ADMIN)
    at = clock.now() + timedelta(days=1)
    schedule_homework(homework_id=homework.pk, at=at, by=school.actor(TEACHER))
    archive_class(class_id=homework.school_class_id, by=by)
    Homework.objects.update(publish_at=clock.now())
    unarchive_class(class_id=homework.school_class_id, by=by)


def publish_and_recall(school: School) -> None:
    homework = school.told()
    recall_homework(homework_id=homework.pk, by=school.actor(TEACHER))


def publish_and_change(school: School) -> None:
    homework = school.told()
    due_at = homework.due_at + timedelta(days=1)
    edit_homework(homework_id=homework.pk, due_at=due_at, by=school.actor(TEACHER))
    Delivery.objects.filter(state="pending").update(due_at=clock.now())


def publish_change_and_settle(school: School) -> None:
    publish_and_change(school)
    drain(settle)


def hand_in_work(school: School) -> None:
    homework = school.told()
    handed_in(school, homework)


def hand_in_and_grade(school: School) -> None:
    hand_in_work(school)
    in_time()
    graded(school, Submission.objects.get())


def hand_in_and_give_back(school: School) -> None:
    hand_in_work(school)
    in_time()
    returned(school, Submission.objects.get())


def remind(school: School) -> None:
    school.told()
    Homework.objects.update(due_at=clock.now() + timedelta(hours=20))
    for centre in Centre.objects.filter(slug="oakwood"):
        due = HomeworkRemindersDue(centre_id=centre.pk, day=clock.now().date(), at=clock.now())
        with transaction.atomic():
            publish(due)


def open_days_everywhere(_school: School) -> None:
    zone = next(
        name
        for name in ("UTC", "Asia/Tokyo", "America/Los_Angeles", "Asia/Karachi")
        if 9 <= clock.now().astimezone(ZoneInfo(name)).hour < 19
    )
    Centre.objects.update(timezone=zone)
    with transaction.atomic():
        publish(RemindersDue(centre_id=NO_CENTRE))


def let_things_pile_up(_school: School) -> None:
    long_ago = clock.now() - timedelta(days=30)
    BrowserSession.objects.create(session_key="old", expire_date=long_ago)
    BrowserSession.objects.create(session_key="new", expire_date=clock.now() + timedelta(days=1))
    IdempotentAnswer.objects.create(user_id=1, key="old", created_at=long_ago)
    IdempotentAnswer.objects.create(user_id=1, key="new", created_at=clock.now())
    with transaction.atomic():
        publish(CleanupDue(centre_id=NO_CENTRE))
        publish(HousekeepingDue(centre_id=NO_CENTRE))


def want_a_backup(_school: School) -> None:
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        publish(BackupDue(centre_id=NO_CENTRE))


def send_a_canary(_school: School) -> None:
    with transaction.atomic():
        publish(CanaryDue(centre_id=NO_CENTRE))


def forget_a_password(school: School) -> None:
    caller = Caller("192.0.2.1", "")
    request_reset(email="teacher@oakwood.example", caller=caller)


def change_a_password(school: School) -> None:
    teacher = school.user("teacher@oakwood.example")
    change_password(change=Change("correct-horse-battery"), by=teacher)


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


def mention_two(school: School) -> None:
    rooms = Rooms(school)
    rooms.say(rooms.open(), "@Ada Ashby and @Ben Ashby, who has page 12?", by="teacher")


def give_a_picture(school: School) -> None:
    kept(school.actor("teacher@oakwood.example"), picture(), "red.png")


def take_a_file_back(school: School) -> None:
    give_a_picture(school)
    kept(school.actor("teacher@oakwood.example"))
    by = school.actor("teacher@oakwood.example")
    remove_file(file_id=File.objects.latest("id").pk, by=by)


def strike_the_clock(school: School) -> None:
    with transaction.atomic():
        publish(DigestsDue(centre_id=NO_CENTRE))


def leave_to_the_digest(school: School) -> None:
    people = [
        school.user(email) for email in ("student1@oakwood.example", "parent1@oakwood.example")
    ]
    NoticePreference.objects.bulk_create(
        NoticePreference(person=each, kind="homework", digest=True) for each in people
    )
    school.publish()
    work_all_off()
    with transaction.atomic():
        day = clock.now().date()
        publish(CentreDigestsDue(centre_id=school.class_7a().centre_id, day=day))


def of_type(name: str) -> Effect:
    return Entry.objects.filter(type=name).count


def of_kind(name: str) -> Effect:
    return EventRecord.objects.filter(kind=name).count


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


# people of a centre


def invite_somebody(school: School) -> None:
    invite_person(
        email="nia@mail.example",
        name="Nia New",
        roles=[Role.PARENT],
        by=school.actor("admin@oakwood.example"),
    )


def have_somebody_join(school: School) -> None:
    invite_somebody(school)
    token = issue_invitation_link(Invitation.objects.get())
    accept_invitation(token=token, account=None, name="Nia", password="correct horse battery")


def ask_for_another_address(school: School) -> None:
    teacher = school.user("teacher@oakwood.example")
    ask_for_address(email="taylor@mail.example", by=teacher)


def change_somebodys_roles(school: School) -> None:
    teacher, by = school.user("teacher@oakwood.example"), school.actor("admin@oakwood.example")
    change_roles(person_id=teacher.pk, roles=[Role.HEAD], by=by)


def link_somebody(school: School) -> None:
    parent, student = (school.user(f"{who}@oakwood.example") for who in ("parent1", "student2"))
    by = school.actor("admin@oakwood.example")
    link_guardian(guardian_id=parent.pk, student_id=student.pk, by=by)


# files of people


def upload_people(school: School) -> None:
    by = school.actor("admin@oakwood.example")
    upload_import(file_name="people.csv", content=SAMPLE.encode(), by=by)


def start_importing(school: School) -> None:
    upload_people(school)
    drain(check_import)
    by = school.actor("admin@oakwood.example")
    start_import(import_id=PeopleImport.objects.get().pk, invites=False, by=by)


def finish_importing(school: School) -> None:
    start_importing(school)
    drain(run_import)


# What sets each handler off, how its effect is counted, and how often it must be there.
STORIES: Final[dict[str, tuple[Story, Effect, int]]] = {
    "notices.notify_class": (publish_homework, Notice.objects.count, 60),
    "notices.notify_withdrawn": (publish_and_withdraw, Notice.objects.count, 60),
    "notices.tell_teachers_of_newcomer": (enrol_a_newcomer, Notice.objects.count, 1),
    "notices.tell_teachers_of_move": (move_a_student, Notice.objects.count, 1),
    "notices.call_centre_digests": (
        strike_the_clock,
        EventRecord.objects.filter(kind="CentreDigestsDue").count,
        2,
    ),
    "email.mail_digest": (
        leave_to_the_digest,
        Mail.objects.filter(state="sent", delivery__handler="email.mail_digest").count,
        2,
    ),
    "email.mail_class": (publish_homework, Mail.objects.filter(state="sent").count, 60),
    "notices.publish_on_time": (schedule, Homework.objects.exclude(published_at=None).count, 1),
    "notices.return_missed_to_drafts": (miss_a_publication, of_kind("HomeworkUnscheduled"), 1),
    "notices.take_back_notices": (publish_and_recall, of_type("notice_taken_back"), 60),
    "notices.settle": (publish_and_change, of_kind("HomeworkChanged"), 1),
    "notices.notify_changed": (publish_change_and_settle, Notice.objects.count, 120),
    "email.mail_changed": (publish_change_and_settle, Mail.objects.filter(state="sent").count, 120),
    # submissions and grades: sixty notices and mails are those of the homework itself
    "notices.notify_teachers": (hand_in_work, Notice.objects.count, 61),
    "notices.notify_graded": (hand_in_and_grade, Notice.objects.count, 63),
    "email.mail_graded": (hand_in_and_grade, Mail.objects.filter(state="sent").count, 62),
    "notices.notify_returned": (hand_in_and_give_back, Notice.objects.count, 63),
    "notices.open_reminder_days": (open_days_everywhere, of_kind("HomeworkRemindersDue"), 2),
    "notices.remind_students": (remind, Notice.objects.count, 90),
    "email.mail_reminders": (remind, Mail.objects.filter(state="sent").count, 90),
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
    # rooms
    "notices.notify_mentioned": (mention_two, Notice.objects.count, 2),
    "email.mail_mentioned": (mention_two, Mail.objects.filter(state="sent").count, 2),
    "email.mail_reset_code": (forget_a_password, Mail.objects.filter(state="sent").count, 1),
    "email.mail_password_changed": (
        change_a_password,
        Mail.objects.filter(state="sent").count,
        1,
    ),
    # people of a centre
    "email.mail_invitation": (invite_somebody, Mail.objects.filter(state="sent").count, 1),
    "email.mail_new_address": (ask_for_another_address, Mail.objects.count, 1),
    "email.mail_old_address": (ask_for_another_address, Mail.objects.count, 1),
    "notices.notify_joined": (have_somebody_join, Notice.objects.count, 1),
    "notices.notify_roles": (change_somebodys_roles, Notice.objects.count, 1),
    "notices.notify_linked": (link_somebody, Notice.objects.count, 1),
    # files of people
    "imports.check_import": (upload_people, ImportRow.objects.count, 2),
    "imports.run_import": (
        start_importing,
        User.objects.filter(email__endswith="@pupils.example").count,
        2,
    ),
    "notices.notify_import": (finish_importing, Notice.objects.count, 1),
    "imports.answer_canary": (send_a_canary, QueueCanary.objects.count, 1),
    "cleanup.make_backup": (want_a_backup, Backup.objects.filter(state="good").count, 1),
    "cleanup.release_rest": (
        redrive_behind_a_canary,
        Delivery.objects.filter(state="pending", forgiven=1).count,
        59,
    ),
    "cleanup.clear_sessions": (let_things_pile_up, BrowserSession.objects.count, 1),
    "cleanup.keep_house": (let_things_pile_up, IdempotentAnswer.objects.count, 1),
    "files.make_thumbnail": (
        give_a_picture,
        File.objects.filter(thumbnail="ready").count,
        1,
    ),
    "files.drop_bytes": (take_a_file_back, lambda: len(on_disk()), 1),
    **REPORT_STORIES,
    "reports.answer_canary": (send_a_canary, QueueCanary.objects.count, 1),
    "files.answer_canary": (send_a_canary, QueueCanary.objects.count, 1),
    "notices.answer_canary": (send_a_canary, QueueCanary.objects.count, 1),
    "email.answer_canary": (send_a_canary, QueueCanary.objects.count, 1),
    "cleanup.answer_canary": (send_a_canary, QueueCanary.objects.count, 1),
}


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.name)
def test_twice_is_once(
    handler: Handler,  # type: ignore[type-arg]
    school: School,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story, effect, times = STORIES[handler.name]
    if handler.event is DigestsDue:  # somewhere it must be time
        evening = datetime(2026, 11, 25, 20, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: evening)
    story(school)

    workers = [threading.Thread(target=_work, args=(handler,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert drain(handler) == 0
    assert effect() == times
    waiting_for_their_time = {"state": "pending", "attempt": 0}
    deliveries = Delivery.objects.filter(handler=handler.name).exclude(**waiting_for_their_time)
    assert set(deliveries.values_list("state", "attempt")) == {("done", 1)}


def _work(handler: Handler) -> None:  # type: ignore[type-arg]
    while drain(handler):  # a turn may end before the work does
        pass
    connection.close()
