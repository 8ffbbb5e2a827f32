"""A person sees why they got something."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from core import clock
from core.events.models import Delivery, EventRecord
from core.homework.actions import withdraw_homework
from core.mail.models import Mail
from core.notices.models import Notice, NoticePreference, QuietHours
from core.people.models import Guardianship
from tests.flow.conftest import School
from tests.flow.handing_in import graded, handed_in
from tests.flow.pages import shown
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of, post
from tests.remembered import as_once

WorkOff = Callable[[], int]


def why(email: str, *, nth: int = 0) -> dict[str, Any]:
    """What a person is told of why they got their nth notice."""
    notice = Notice.objects.filter(person__email=email).order_by("seq")[nth]
    answer = client_of(email).get(f"/api/notices/{notice.pk}/why")
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert found["notice_id"] == str(notice.pk)
    page = shown(client_of(email), f"/notices/{notice.pk}/why")
    assert found["because"] in page
    return dict(found)


def mail_words(email: str) -> str:
    (found,) = [each["words"] for each in why(email)["ways"] if each["channel"] == "email"]
    return str(found)


@pytest.fixture
def told(school: School, work_off: WorkOff) -> School:
    """A homework that was published in a request, so that it is known who did it."""

    def tell() -> None:
        post(client_of(TEACHER), f"/api/homework/{school.draft().pk}/publish")
        work_off()

    as_once("told in a request", tell)
    return school


def test_a_student_and_a_guardian_are_told_who_they_are_to_it(told: School) -> None:
    found = why(STUDENT)
    assert found["because"] == "You attend 7A."
    assert found["what_happened"] == "Taylor Thorne published “Fractions” for 7A."
    assert why(PARENT)["because"] == "You are guardian of Ada Ashby, who attends 7A."
    ways = {each["channel"]: each for each in found["ways"]}
    assert ways["portal"]["fate"] == "told"
    assert ways["portal"]["words"].endswith("not read yet.")
    assert ways["email"]["fate"] == "mailed"
    assert ways["email"]["words"].startswith("Sent ")


def test_a_guardian_of_two(told: School) -> None:
    second = told.user("student2@oakwood.example")
    centre = told.class_7a().centre
    Guardianship.objects.create(centre=centre, guardian=told.user(PARENT), student=second)
    expected = "You are guardian of Ada Ashby and Ben Ashby, who attend 7A."
    assert why(PARENT)["because"] == expected


def test_who_is_blocked_by_now_is_told_nothing(told: School) -> None:
    notice = Notice.objects.get(person__email=PARENT)
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    assert client_of(PARENT).get(f"/api/notices/{notice.pk}/why").status_code == 404


def test_what_was_withdrawn(told: School, work_off: WorkOff) -> None:
    homework = EventRecord.objects.get(kind="HomeworkPublished").payload["homework_id"]
    withdraw_homework(homework_id=homework, by=told.actor(TEACHER))
    work_off()
    found = why(STUDENT, nth=1)
    assert found["what_happened"] == "Taylor Thorne withdrew “Fractions” for 7A."
    (email,) = [each for each in found["ways"] if each["channel"] == "email"]
    assert (email["fate"], email["words"]) == (None, "No mail goes with this.")


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"email": False}, "Not sent: you switched it off."),
        (
            {"email": False, "by_link": True},
            "Not sent: you ended these mails by the link in one of them.",
        ),
        ({"digest": True}, "Not sent by itself: it comes in your next digest."),
    ],
)
def test_why_no_mail_was_sent(
    school: School, work_off: WorkOff, choice: dict[str, bool], words: str
) -> None:
    NoticePreference.objects.create(person=school.user(STUDENT), kind="homework", **choice)
    school.publish()
    work_off()
    assert mail_words(STUDENT) == words


def test_what_was_listed_without_calling(school: School, work_off: WorkOff) -> None:
    NoticePreference.objects.create(person=school.user(STUDENT), kind="homework", portal=False)
    school.publish()
    work_off()
    (portal,) = [each for each in why(STUDENT)["ways"] if each["channel"] == "portal"]
    assert portal["fate"] == "told"
    assert portal["words"].startswith("Listed ")
    assert portal["words"].endswith(" without calling you, as you chose.")
    assert mail_words(STUDENT).startswith("Sent ")
    Notice.objects.update(read_at=clock.now())
    (portal,) = [each for each in why(STUDENT)["ways"] if each["channel"] == "portal"]
    assert (portal["fate"], portal["words"][:5]) == ("read", "Read ")


def test_in_which_digest_it_is(school: School, work_off: WorkOff) -> None:
    NoticePreference.objects.create(person=school.user(STUDENT), kind="homework", digest=True)
    school.publish()
    work_off()
    Notice.objects.update(digest_on="2026-11-27")
    assert mail_words(STUDENT) == "Not sent by itself: it is in your digest of 27 November 2026."


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a Tuesday at noon."""
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2026-11-24T12:00:00+00:00"))


def test_what_waits_and_what_failed(school: School, work_off: WorkOff, noon: None) -> None:
    centre = school.class_7a().centre
    quiet = QuietHours.objects.create(centre=centre, begins="00:00", ends="23:59")
    school.publish()
    work_off()
    assert mail_words(STUDENT) == "It waits for the end of the quiet hours: 23:59."
    assert not Mail.objects.exists()
    quiet.delete()
    mails = Delivery.objects.filter(handler="email.mail_class").exclude(key="")
    mails.update(state="dead", detail="RefusedError: 550 student1@oakwood.example unknown")
    assert mail_words(STUDENT) == "Not sent: it could not be delivered to your address."


def test_what_is_known_of_no_kind_is_explained_by_its_kind(told: School) -> None:
    EventRecord.objects.update(subject="ticket:7", kind="TicketOpened")
    Notice.objects.update(kind="ticket")
    found = why(STUDENT)
    assert found["because"] == "You opened this ticket, or you see to tickets."
    assert "Taylor Thorne" in found["what_happened"]


def test_an_event_that_is_not_kept_any_more(told: School) -> None:
    Delivery.objects.all().delete()
    EventRecord.objects.all().delete()
    found = why(STUDENT)
    assert found["because"] == "You, or a child of yours, are in the class."
    assert found["what_happened"] == "Who did it is not kept any more."


def test_whose_work_it_is(school: School, work_off: WorkOff) -> None:
    homework = school.told()
    Notice.objects.all().delete()
    submission = handed_in(school, homework)
    work_off()
    assert why(TEACHER)["because"] == "You teach 7A."
    graded(school, submission)
    work_off()
    assert why(STUDENT)["because"] == "It is your own work."
    assert why(PARENT)["because"] == "You are guardian of Ada Ashby, whose work it is."
    assert why(PARENT)["what_happened"].endswith(" graded “Fractions”.")
