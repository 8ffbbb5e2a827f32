"""One mail a day, or on Sundays, in the place of several."""

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import transaction

from core import clock
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.events.publish import publish
from core.homework.actions import withdraw_homework
from core.mail.models import Mail
from core.notices.events import DigestsDue
from core.notices.models import DigestChoice, NoticePreference, QuietHours
from core.people.models import Guardianship
from tests.flow.conftest import School
from tests.flow.handing_in import graded, handed_in
from tests.flow.people import PARENT, STUDENT, TEACHER
from tests.flow.test_homework_published import mailbox
from tests.remembered import as_once
from tests.servers import Servers

WorkOff = Callable[[], int]
Strike = Callable[[str], None]


@pytest.fixture
def strike(monkeypatch: pytest.MonkeyPatch, work_off: WorkOff) -> Strike:
    """The clock strikes at a time in UTC, and what follows is done."""

    def at(moment: str) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(f"{moment}+00:00"))
        with transaction.atomic():
            publish(DigestsDue(centre_id=NO_CENTRE))
        work_off()

    return at


def collects(school: School, email: str, **choice: Any) -> None:
    NoticePreference.objects.create(
        person=school.user(email), kind="homework", digest=True, **choice
    )


def digests(servers: Servers, email: str = "") -> list[EmailMessage]:
    """The digests caught so far, by subject."""
    words = ("notice", "aviso")  # Riverside speaks Spanish
    found = [mail for mail in mailbox(servers) if any(word in mail["Subject"] for word in words)]
    return [mail for mail in found if email in str(mail["To"])]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


@pytest.fixture
def told(school: School, work_off: WorkOff) -> School:
    """PARENT collects mails about homework, and two were published."""

    def tell() -> None:
        collects(school, PARENT)
        school.publish("Fractions")
        school.publish("Decimals")
        work_off()

    as_once("told of two, one collects", tell)
    return school


def test_what_was_left_to_it_comes_in_one_mail(
    told: School, strike: Strike, servers: Servers
) -> None:
    assert Mail.objects.filter(state="sent").count() == 118
    strike("2026-11-25T17:45")
    assert digests(servers) == []
    strike("2026-11-25T18:00")
    (mail,) = digests(servers)
    assert mail["Subject"] == "2 notices from Oakwood School"
    assert mail["To"].addresses[0].addr_spec == PARENT
    text = text_of(mail)
    assert text.index("Ada Ashby") < text.index("Fractions") < text.index("Decimals")
    assert "For you" not in text
    part = mail.get_body(("html",))
    assert part
    assert "New homework: Decimals" in part.get_content()


def test_it_comes_once_a_day_and_lists_each_notice_once(
    told: School, strike: Strike, servers: Servers, work_off: WorkOff
) -> None:
    strike("2026-11-25T18:00")
    strike("2026-11-25T18:15")
    strike("2026-11-25T23:59")
    assert len(digests(servers)) == 1
    strike("2026-11-26T18:00")
    assert len(digests(servers)) == 1  # nothing is new
    told.publish("Percent")
    work_off()
    strike("2026-11-27T18:00")
    first, second = digests(servers)
    latest = min(first, second, key=lambda mail: mail["Subject"])
    assert latest["Subject"] == "1 notice from Oakwood School"
    assert "Fractions" not in text_of(latest)


def test_a_clock_that_was_late_makes_up_for_it(
    told: School, strike: Strike, servers: Servers
) -> None:
    strike("2026-11-25T23:30")
    assert len(digests(servers)) == 1


def test_each_centre_has_its_own_six_oclock(
    school: School, strike: Strike, servers: Servers, work_off: WorkOff
) -> None:
    collects(school, PARENT)
    collects(school, "parent1@riverside.example")
    school.publish()
    school.publish(centre="riverside")
    work_off()
    strike("2026-11-25T17:00")  # 18:00 in Madrid
    assert [mail["To"].addresses[0].addr_spec for mail in digests(servers)] == [
        "parent1@riverside.example"
    ]
    strike("2026-11-25T18:00")
    assert len(digests(servers)) == 2


def test_on_sundays(told: School, strike: Strike, servers: Servers) -> None:
    DigestChoice.objects.create(person=told.user(PARENT), frequency="weekly")
    strike("2026-11-28T18:00")  # a Saturday
    assert digests(servers) == []
    strike("2026-11-29T18:00")
    assert len(digests(servers)) == 1


def test_what_was_withdrawn_is_not_listed(
    told: School, strike: Strike, servers: Servers, work_off: WorkOff
) -> None:
    first, second = [
        EventRecord.objects.filter(kind="HomeworkPublished")
        .order_by("pk")[each]
        .payload["homework_id"]
        for each in range(2)
    ]
    withdraw_homework(homework_id=first, by=told.actor(TEACHER))
    strike("2026-11-25T18:00")
    (mail,) = digests(servers)
    assert "Fractions" not in text_of(mail)
    assert mail["Subject"] == "1 notice from Oakwood School"

    told.publish("Percent")
    work_off()
    third = EventRecord.objects.filter(kind="HomeworkPublished").latest("pk").payload["homework_id"]
    withdraw_homework(homework_id=third, by=told.actor(TEACHER))
    strike("2026-11-26T18:00")
    assert len(digests(servers)) == 1
    skipped = Delivery.objects.get(handler="email.mail_digest", state="skipped")
    assert skipped.detail == "nothing of it is left to tell"
    assert second


def test_who_was_blocked_meanwhile_is_told_nothing(
    told: School, strike: Strike, servers: Servers
) -> None:
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    strike("2026-11-25T18:00")
    assert digests(servers) == []


def test_who_switched_mail_off_meanwhile_gets_none(
    told: School, strike: Strike, servers: Servers
) -> None:
    NoticePreference.objects.update(email=False, digest=False)
    strike("2026-11-25T18:00")
    assert digests(servers) == []
    assert not Delivery.objects.filter(handler="email.mail_digest").exclude(key="").exists()


def test_who_wants_single_mails_again_still_gets_what_was_collected(
    told: School, strike: Strike, servers: Servers
) -> None:
    NoticePreference.objects.update(digest=False)
    strike("2026-11-25T18:00")
    assert len(digests(servers)) == 1


def test_a_student_reads_what_is_for_themselves(
    school: School, strike: Strike, servers: Servers, work_off: WorkOff
) -> None:
    collects(school, STUDENT)
    school.publish()
    work_off()
    strike("2026-11-25T18:00")
    (mail,) = digests(servers)
    assert "For you" in text_of(mail)


def test_one_that_concerns_two_children_stands_with_both(
    school: School, strike: Strike, servers: Servers, work_off: WorkOff
) -> None:
    centre, second = school.class_7a().centre, school.user("student2@oakwood.example")
    Guardianship.objects.create(centre=centre, guardian=school.user(PARENT), student=second)
    collects(school, PARENT)
    school.publish()
    work_off()
    strike("2026-11-25T18:00")
    (mail,) = digests(servers)
    assert mail["Subject"] == "1 notice from Oakwood School"
    text = text_of(mail)
    assert text.index("Ada Ashby") < text.index("Ben Ashby")
    assert text.count("New homework: Fractions") == 2


def test_it_waits_for_the_end_of_quiet_hours(
    told: School, strike: Strike, servers: Servers
) -> None:
    QuietHours.objects.create(centre=told.class_7a().centre, begins="17:00", ends="07:00")
    strike("2026-11-25T18:00")
    assert digests(servers) == []
    waiting = Delivery.objects.exclude(key="").get(handler="email.mail_digest")
    until = "quiet hours until 2026-11-26T07:00:00+00:00"
    assert (waiting.state, waiting.detail) == ("pending", until)


def test_a_grade_is_listed_as_its_teacher_last_gave_it(
    school: School, strike: Strike, servers: Servers, work_off: WorkOff
) -> None:
    for email in (PARENT, STUDENT):
        NoticePreference.objects.create(person=school.user(email), kind="grade", digest=True)
    homework = school.publish()
    work_off()
    submission = graded(school, handed_in(school, homework), "50")
    work_off()
    graded(school, submission, "80")
    work_off()
    strike("2026-11-25T18:00")
    (to_parent,) = digests(servers, PARENT)
    text = text_of(to_parent)
    assert text.index("Ada Ashby") < text.index("graded 80 of 100")
    assert "50 of 100" not in text
    (to_student,) = digests(servers, STUDENT)
    assert text_of(to_student).index("For you") < text_of(to_student).index("Graded 80 of 100")
