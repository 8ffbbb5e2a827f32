"""Students are reminded, once a day at nine o'clock there, of what they have not handed in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core import clock
from core.events.models import Delivery, EventRecord
from core.homework.models import Homework
from core.mail.models import Mail
from core.notices.models import Notice, NoticePreference
from core.people.models import Centre
from core.submissions.models import ReminderDay
from core.submissions.reminder_actions import open_days
from tests.flow.conftest import School
from tests.flow.handing_in import graded, handed_in, returned
from tests.flow.people import STUDENT

WorkOff = Callable[[], int]
OTHER = "student2@oakwood.example"


def at(hour: int, zone: str = "Europe/London") -> datetime:
    return datetime(2030, 6, 3, hour, 30, tzinfo=ZoneInfo(zone))


def due_soon(
    school: School, work_off: WorkOff, title: str = "Fractions", hours: int = 20
) -> Homework:
    homework = school.publish(title)
    work_off()
    Notice.objects.all().delete()
    Mail.objects.all().delete()
    Homework.objects.filter(pk=homework.pk).update(due_at=clock.now() + timedelta(hours=hours))
    return homework


def zone_at(hour: int) -> str:
    """A time zone in which it is this hour now."""
    west = clock.now().hour - hour
    return f"Etc/GMT{west - 24 if west > 12 else west:+d}"


def open_now() -> None:
    """It is nine o'clock at Oakwood, and night elsewhere."""
    Centre.objects.update(timezone=zone_at(3))
    Centre.objects.filter(slug="oakwood").update(timezone=zone_at(9))
    assert open_days(at=clock.now()) == 1


def remind(work_off: WorkOff) -> None:
    open_now()
    work_off()


def titles(email: str) -> list[str]:
    return list(Notice.objects.filter(person__email=email).values_list("title", flat=True))


def test_each_centre_has_its_own_nine_o_clock_once_a_day(school: School) -> None:
    london, madrid = Centre.objects.order_by("pk")
    assert open_days(at=at(7)) == 0  # 8:30 in Madrid
    assert open_days(at=at(8)) == 1  # 9:30 in Madrid
    assert open_days(at=at(8)) == 0
    assert open_days(at=at(9)) == 1
    assert open_days(at=at(23)) == 0
    assert set(ReminderDay.objects.values_list("centre", "day")) == {
        (london.pk, at(9).date()),
        (madrid.pk, at(9).date()),
    }
    assert open_days(at=at(9) + timedelta(days=1)) == 2


def test_a_morning_without_beat_is_made_up_for_by_day(school: School) -> None:
    assert open_days(at=at(15)) == 2
    assert open_days(at=at(22) + timedelta(days=1)) == 0


def test_who_has_not_handed_in_is_reminded_of_all_that_is_due(
    school: School, work_off: WorkOff
) -> None:
    first, second = due_soon(school, work_off), due_soon(school, work_off, "Poem", 22)
    due_soon(school, work_off, "Far away", 40)
    handed_in(school, first)
    graded(school, handed_in(school, first, who=OTHER))
    handed_in(school, second, who=OTHER)
    returned(school, handed_in(school, second, who="student3@oakwood.example"))
    work_off()
    Notice.objects.all().delete()
    Mail.objects.all().delete()

    remind(work_off)
    assert titles(STUDENT) == ["Due within a day: Poem"]
    assert titles(OTHER) == []
    assert titles("student3@oakwood.example") == ["2 are due within a day: Fractions, Poem"]
    assert (Notice.objects.count(), Mail.objects.filter(state="sent").count()) == (29, 29)
    assert Notice.objects.get(person__email=STUDENT).url == f"/homework/{second.pk}"


def test_who_wants_no_mail_still_gets_the_notice(school: School, work_off: WorkOff) -> None:
    due_soon(school, work_off)
    NoticePreference.objects.create(person=school.user(STUDENT), kind="homework", email=False)
    remind(work_off)
    assert (Notice.objects.count(), Mail.objects.count()) == (30, 29)


def test_who_hands_in_meanwhile_is_left_alone(school: School, work_off: WorkOff) -> None:
    homework = due_soon(school, work_off)
    open_now()
    event = EventRecord.objects.get(kind="HomeworkRemindersDue")
    for handler in ("notices.remind_students", "email.mail_reminders"):
        key = str(school.user(STUDENT).pk)
        Delivery.objects.create(event=event, centre_id=event.centre_id, handler=handler, key=key)
    handed_in(school, homework)
    work_off()
    assert titles(STUDENT) == []
    assert (Notice.objects.filter(kind="homework").count(), Mail.objects.count()) == (29, 29)
    skipped = Delivery.objects.filter(state="skipped").values_list("detail", flat=True)
    assert list(skipped) == ["nothing is missing any more"] * 2
