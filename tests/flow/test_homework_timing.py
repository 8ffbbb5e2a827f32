"""Homework published at a time, recalled within two minutes, and changed after it was told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from core import clock
from core.events.models import Delivery, EventRecord
from core.events.publish import publish
from core.homework.actions import edit_homework, publish_homework, recall_homework
from core.homework.events import HomeworkDrafted, HomeworkPublished
from core.homework.models import Homework
from core.live.models import Entry
from core.mail.models import Mail
from core.notices.models import Notice
from core.people.models import Guardianship
from tasks.drain import drain
from tasks.email.homework import mail_class
from tasks.notices.homework import notify_class
from tasks.notices.homework_changed import notify_changed, settle
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import PARENT, STRANGER, STUDENT, TEACHER, assert_problem, client_of, post

WorkOff = Callable[[], int]


def tomorrow() -> datetime:
    return clock.now() + timedelta(days=1)


def schedule(homework: Homework, at: datetime, who: str = TEACHER) -> Any:
    return post(client_of(who), f"/api/homework/{homework.pk}/publish", {"at": at.isoformat()})


def reasons() -> set[tuple[str, str]]:
    return set(Delivery.objects.exclude(detail="").values_list("handler", "detail"))


# At a time


def test_what_is_scheduled_publishes_itself_once_when_its_time_has_come(
    school: School, work_off: WorkOff, in_time: WorkOff
) -> None:
    homework, at = school.draft(), tomorrow()
    told = schedule(homework, at).json()
    assert (told["state"], told["published_at"]) == ("scheduled", None)
    assert abs(datetime.fromisoformat(told["publish_at"]) - at) < timedelta(seconds=1)
    assert work_off() == 0
    assert client_of(STUDENT).get(f"/api/homework/{homework.pk}").status_code == 404

    in_time()
    told = client_of(STUDENT).get(f"/api/homework/{homework.pk}").json()
    assert (told["state"], told["publish_at"]) == ("published", None)
    assert (Notice.objects.count(), Mail.objects.filter(state="sent").count()) == (60, 60)
    cause = EventRecord.objects.get(kind="HomeworkPublished").cause_id
    assert cause == EventRecord.objects.get(kind="HomeworkScheduled").pk


def test_only_the_last_schedule_counts(school: School, in_time: WorkOff) -> None:
    homework = school.draft()
    schedule(homework, tomorrow())
    schedule(homework, tomorrow() + timedelta(hours=1))
    in_time()
    assert EventRecord.objects.filter(kind="HomeworkPublished").count() == 1
    assert reasons() == {("notices.publish_on_time", "no longer scheduled for this time")}


def test_a_schedule_can_be_called_off(school: School, in_time: WorkOff) -> None:
    homework = school.draft()
    schedule(homework, tomorrow())
    for _ in range(2):
        told = post(client_of(TEACHER), f"/api/homework/{homework.pk}/unschedule").json()
        assert (told["state"], told["publish_at"]) == ("draft", None)
    in_time()
    assert not Notice.objects.exists()
    assert EventRecord.objects.filter(kind="HomeworkUnscheduled").count() == 1


def test_what_is_published_by_hand_meanwhile_is_not_published_again(
    school: School, in_time: WorkOff
) -> None:
    homework = school.draft()
    schedule(homework, tomorrow())
    publish_homework(homework_id=homework.pk, by=school.actor(TEACHER))
    in_time()
    assert Notice.objects.count() == 60
    assert_problem(post(client_of(TEACHER), f"/api/homework/{homework.pk}/unschedule"), 409)
    assert_problem(schedule(homework, tomorrow()), 409)


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "in the future"), (8, "before the homework is due"), (9999, "within")]
)
def test_a_time_that_cannot_be_is_refused(school: School, days: int, said: str) -> None:
    answer = schedule(school.draft(), clock.now() + timedelta(days=days))
    (error,) = assert_problem(answer, 422)["errors"]
    assert error["loc"][-1] == "at"
    assert said in error["msg"]


def test_what_is_scheduled_cannot_fall_due_before(school: School) -> None:
    homework = school.draft()
    schedule(homework, tomorrow())
    early = {"due_at": (tomorrow() - timedelta(hours=2)).isoformat()}
    answer = client_of(TEACHER).patch(
        f"/api/homework/{homework.pk}", early, content_type="application/json"
    )
    assert "after the time" in assert_problem(answer, 422)["errors"][0]["msg"]


def test_an_event_for_later_waits_for_its_time(school: School, work_off: WorkOff) -> None:
    homework = school.draft()
    later = clock.now() + timedelta(hours=1)
    with transaction.atomic():
        event = HomeworkPublished(centre_id=homework.centre_id, homework_id=homework.pk)
        event_id = publish(event, due_at=later)
        publish(HomeworkDrafted(centre_id=homework.centre_id, homework_id=1), due_at=later)
    waiting = Delivery.objects.filter(event_id=event_id)
    assert set(waiting.values_list("state", "due_at")) == {("pending", later)}
    assert waiting.count() == 2
    assert work_off() == 0


# Recall


def recall(homework: Homework, who: str = TEACHER) -> Any:
    return post(client_of(who), f"/api/homework/{homework.pk}/recall")


def test_what_is_recalled_before_it_left_reaches_nobody(school: School, work_off: WorkOff) -> None:
    homework = school.publish()
    for _ in range(2):
        assert recall(homework).json()["state"] == "draft"
    work_off()
    assert not Notice.objects.exists()
    assert not Mail.objects.exists()
    assert ("email.mail_class", "recalled") in reasons()
    assert EventRecord.objects.filter(kind="HomeworkRecalled").count() == 1


def test_what_was_told_already_is_taken_back_and_the_rest_not_told(
    school: School, work_off: WorkOff
) -> None:
    homework = school.publish("A secret")
    while drain(notify_class):
        pass
    drain(mail_class)  # fans out, and some leave
    left = Mail.objects.filter(state="sent").count()
    assert left < 60

    recall(homework)
    work_off()
    assert Mail.objects.count() == left
    assert set(Notice.objects.values_list("title", "body")) == {
        ("A homework was taken back by its teacher", "")
    }
    assert not Notice.objects.filter(read_at=None).exists()
    assert not Entry.objects.filter(data__icontains="secret").exists()
    assert Entry.objects.filter(type="notice_taken_back").count() == 60


def test_published_anew_it_is_told_anew_once(school: School, work_off: WorkOff) -> None:
    homework = school.publish()
    recall(homework)
    publish_homework(homework_id=homework.pk, by=school.actor(TEACHER))
    work_off()
    assert (Notice.objects.count(), Mail.objects.count()) == (60, 60)
    assert {reason for _, reason in reasons()} == {"recalled"}


def test_two_minutes_are_the_limit(school: School) -> None:
    homework = school.publish()
    Homework.objects.update(published_at=clock.now() - timedelta(minutes=2))
    assert "two minutes" in assert_problem(recall(homework), 409)["detail"]
    assert_problem(recall(school.draft("Other")), 409)


# Changes


def change(school: School, homework: Homework, **changes: Any) -> None:
    edit_homework(homework_id=homework.pk, by=school.actor(TEACHER), **changes)


def test_a_moved_due_date_is_told_to_those_who_know_the_old_one(
    school: School, work_off: WorkOff, in_time: WorkOff
) -> None:
    block = Guardianship.objects.filter(guardian__email=PARENT)
    block.update(custody_blocked=True)
    homework = school.publish()
    work_off()
    block.update(custody_blocked=False)
    change(school, homework, due_at=homework.due_at + timedelta(days=1))
    assert work_off() == 0  # it settles first

    in_time()
    new = Notice.objects.filter(title__startswith="Due date moved to ")
    assert new.count() == 59
    assert not new.filter(person__email=PARENT).exists()
    subjects = Mail.objects.filter(subject__startswith="Due date moved to ")
    assert subjects.count() == 59


def test_several_changes_make_one_notice(school: School, in_time: WorkOff) -> None:
    homework = school.told()
    change(school, homework, title="Fractons")
    change(school, homework, title="Fractions!", body="Page 13.")
    in_time()
    assert Notice.objects.filter(title="Homework changed: Fractions!").count() == 60
    assert Notice.objects.count() == 120
    assert Mail.objects.count() == 60
    assert ("email.mail_changed", "only a moved due date is mailed") in reasons()


def test_what_is_changed_back_is_not_told(school: School, in_time: WorkOff) -> None:
    homework = school.told()
    change(school, homework, title="Wrong")
    change(school, homework, title="Fractions", body=homework.body + "\r\n", max_score=20)
    in_time()
    assert Notice.objects.count() == 60
    assert reasons() == {("notices.settle", "nothing is other than was told")}


def test_who_was_not_told_yet_gets_it_as_it_is(school: School, in_time: WorkOff) -> None:
    homework = school.publish()
    change(school, homework, title="Decimals")
    Delivery.objects.filter(handler="notices.settle").update(due_at=clock.now())
    drain(settle)
    drain(notify_changed)
    in_time()
    assert set(Notice.objects.values_list("title", flat=True)) == {"New homework: Decimals"}


def test_a_draft_changes_in_silence(school: School, in_time: WorkOff) -> None:
    change(school, school.draft(), title="Decimals")
    in_time()
    assert not Delivery.objects.exists()


def test_a_recalled_change_is_not_told(school: School, in_time: WorkOff) -> None:
    homework = school.told()
    change(school, homework, title="Decimals")
    recall_homework(homework_id=homework.pk, by=school.actor(TEACHER))
    in_time()
    assert Notice.objects.count() == 60


# Who may


@pytest.mark.parametrize("verb", ["publish", "unschedule", "recall"])
def test_who_may_not(school: School, verb: str) -> None:
    homework = school.publish()
    path = f"/api/homework/{homework.pk}/{verb}"
    assert_problem(post(client_of(STUDENT), path), 403)
    theirs = assert_problem(post(client_of(STRANGER), path), 404)
    missing = assert_problem(post(client_of(STRANGER), f"/api/homework/999999/{verb}"), 404)
    assert {**theirs, "request_id": ""} == {**missing, "request_id": ""}


# Pages


def test_the_page_schedules_and_calls_off(school: School) -> None:
    homework = school.draft()
    client, path = client_of(TEACHER), f"/homework/{homework.pk}"
    at = f"{tomorrow():%Y-%m-%dT%H:%M}"
    html = checked(client.post(f"{path}/schedule", {"at": at}, follow=True))
    assert "This will publish itself" in html
    assert f'value="{at}"' in html
    assert "Scheduled" in shown(client, "/")
    html = checked(client.post(f"{path}/unschedule", follow=True))
    assert "This is a draft" in html
    assert "Say when" in checked(client.post(f"{path}/schedule", {"at": ""}, follow=True))


def test_the_page_recalls_and_says_what_had_left(school: School) -> None:
    homework = school.told()
    client, path = client_of(TEACHER), f"/homework/{homework.pk}"
    assert "Yes, recall" in shown(client, path)
    html = checked(client.post(f"{path}/recall", follow=True))
    assert "60 mails had left already" in html
    Homework.objects.update(state="published", published_at=clock.now() - timedelta(minutes=3))
    assert "Yes, recall" not in shown(client, path)
