"""A published homework reaches everyone it concerns, once."""

from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from django.db import transaction

from core.events.models import Delivery, EventRecord
from core.events.publish import NoTransactionError, publish
from core.homework.actions import publish_homework, withdraw_homework
from core.homework.events import HomeworkPublished
from core.live.models import Entry
from core.mail.models import Mail
from core.notices.models import Notice, NoticePreference
from core.people.models import Guardianship, User
from tests.flow.conftest import School
from tests.servers import Servers

WorkOff = Callable[[], int]


def mailbox(servers: Servers) -> list[EmailMessage]:
    """The mails caught so far."""
    files = servers.stack.home.mailbox.glob("*.eml")
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def test_class_and_guardians_get_one_notice_and_one_mail_each(
    school: School, work_off: WorkOff, servers: Servers
) -> None:
    homework = school.publish("Fractions")
    work_off()

    assert Notice.objects.count() == 60
    assert set(Notice.objects.values_list("seq", flat=True)) == {1}
    assert Entry.objects.filter(type="notice").count() == 60
    assert Mail.objects.filter(state="sent").count() == 60
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
    mails = mailbox(servers)
    assert Counter(mail["To"].addresses[0].domain for mail in mails) == {"oakwood.example": 60}
    assert len({mail["To"].addresses[0].addr_spec for mail in mails}) == 60
    event = EventRecord.objects.get(kind="HomeworkPublished")
    assert {mail["X-Schoolbell-Event"] for mail in mails} == {str(event.pk)}
    text, html = (mails[0].get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    assert "Fractions" in text.get_content()
    assert f"/homework/{homework.pk}" in html.get_content()


def test_nothing_follows_a_rolled_back_action(school: School, work_off: WorkOff) -> None:
    with transaction.atomic():
        school.publish()
        transaction.set_rollback(True)

    assert work_off() == 0
    assert not EventRecord.objects.exists()
    assert not Delivery.objects.exists()


def test_publishing_twice_tells_once(school: School, work_off: WorkOff) -> None:
    homework = school.publish()
    publish_homework(homework_id=homework.pk, by=school.actor("teacher@oakwood.example"))
    work_off()

    assert EventRecord.objects.filter(kind="HomeworkPublished").count() == 1
    assert Notice.objects.count() == 60


def test_an_event_needs_its_actions_transaction(school: School) -> None:
    with pytest.raises(NoTransactionError):
        publish(HomeworkPublished(centre_id=1, homework_id=1))


def test_a_blocked_guardian_is_not_told_and_the_reason_is_kept(
    school: School, work_off: WorkOff
) -> None:
    parent = school.user("parent1@oakwood.example")
    Guardianship.objects.filter(guardian=parent).update(custody_blocked=True)
    school.publish()
    work_off()

    assert not Notice.objects.filter(person=parent).exists()
    skipped = Delivery.objects.filter(key=str(parent.pk)).values_list("state", "detail")
    assert list(skipped) == [("skipped", "custody block")] * 2


def test_who_wants_no_mail_still_gets_the_notice(
    school: School, work_off: WorkOff, servers: Servers
) -> None:
    student = school.user("student1@oakwood.example")
    NoticePreference.objects.create(person=student, kind="homework", email=False)
    school.publish()
    work_off()

    assert Notice.objects.filter(person=student).count() == 1
    assert len(mailbox(servers)) == 59


def test_what_is_withdrawn_before_it_ran_leaves_nothing(school: School, work_off: WorkOff) -> None:
    homework = school.publish()
    withdraw_homework(homework_id=homework.pk, by=school.actor("teacher@oakwood.example"))
    work_off()

    assert not Notice.objects.exists()
    assert not Mail.objects.exists()
    told = Delivery.objects.filter(event__kind="HomeworkPublished")
    assert set(told.values_list("state", "detail")) == {("skipped", "the homework was withdrawn")}


def test_those_who_were_told_hear_of_the_withdrawal(school: School, work_off: WorkOff) -> None:
    homework = school.told()
    withdraw_homework(homework_id=homework.pk, by=school.actor("teacher@oakwood.example"))
    work_off()

    student = User.objects.get(email="student1@oakwood.example")
    notices = Notice.objects.filter(person=student).order_by("seq")
    assert list(notices.values_list("seq", "title")) == [
        (1, "New homework: Fractions"),
        (2, "Homework withdrawn: Fractions"),
    ]
