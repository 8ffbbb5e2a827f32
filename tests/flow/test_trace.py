"""From any event to its cause and its consequences; and who was told of a homework, or why not."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.classes.models import Enrolment
from core.events.context import IdsInLogs
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.events.publish import publish
from core.homework.actions import withdraw_homework
from core.homework.audience import audience_of
from core.homework.events import HomeworkEdited, HomeworkPublished
from core.homework.models import Homework
from core.jobs.models import Job
from core.mail.models import Mail
from core.notices.actions import read_notices
from core.notices.events import NoticesRead
from core.notices.models import NoticeKind, NoticePreference
from core.people.models import Guardianship, Membership, Role, User
from tasks.drain import drain
from tasks.handler import Batch, Handler
from tasks.notices.homework import notify_class
from tests.flow.conftest import School
from tests.flow.pages import OPERATOR, STAFF, shown
from tests.flow.people import PARENT, STRANGER, STUDENT, TEACHER, assert_problem, client_of, post

WorkOff = Callable[[], int]

NOBODYS = "01a1fcf4-0000-7000-8000-000000000000"


def event_id(kind: str = "HomeworkPublished") -> UUID:
    return EventRecord.objects.get(kind=kind).pk


def trace(client: Client, of: UUID | None = None, **wanted: str) -> dict[str, Any]:
    answer = client.get(f"/api/trace/{of or event_id()}", wanted)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def delivery_of(email: str, channel: str, told: dict[str, Any]) -> dict[str, Any]:
    """What a trace says of one person over one channel."""
    person = str(User.objects.get(email=email).pk)
    [found] = [
        each
        for each in told["deliveries"]["items"]
        if each["channel"] == channel and each["recipient"] and each["recipient"]["id"] == person
    ]
    return dict(found)


def states_of(user: User) -> set[tuple[str, str]]:
    return set(Delivery.objects.filter(key=str(user.pk)).values_list("state", "detail"))


# What is asked again when a handler runs.


@pytest.fixture
def spread(school: School) -> School:
    """A published homework of which everyone has a delivery, and nobody was told."""
    homework = school.publish()
    people = [str(each.person_id) for each in audience_of(homework.pk)]
    for first in Delivery.objects.filter(key=""):
        common = {"event_id": first.event_id, "centre_id": first.centre_id}
        Delivery.objects.bulk_create(
            Delivery(handler=first.handler, key=key, **common) for key in people
        )
    Delivery.objects.filter(key="").update(state="done")
    return school


def test_who_is_blocked_by_custody_meanwhile_is_not_told(spread: School, work_off: WorkOff) -> None:
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    work_off()
    assert states_of(spread.user(PARENT)) == {("skipped", "custody block")}
    assert Delivery.objects.filter(state="done").exclude(key="").count() == 118
    assert Mail.objects.count() == 59


def test_who_was_deactivated_meanwhile_is_not_told(spread: School, work_off: WorkOff) -> None:
    User.objects.filter(email=STUDENT).update(is_active=False)
    work_off()
    assert states_of(spread.user(STUDENT)) == {("skipped", "account is not active")}


def test_who_left_the_class_meanwhile_is_not_told(spread: School, work_off: WorkOff) -> None:
    Enrolment.objects.filter(student__email=STUDENT).delete()
    work_off()
    for email in (STUDENT, PARENT):
        assert states_of(spread.user(email)) == {("skipped", "no longer of the class")}
    assert Mail.objects.count() == 58


def test_who_chose_no_mail_meanwhile_gets_the_notice_alone(
    spread: School, work_off: WorkOff
) -> None:
    student = spread.user(STUDENT)
    NoticePreference.objects.create(person=student, kind=NoticeKind.HOMEWORK, email=False)
    work_off()
    assert states_of(student) == {("done", ""), ("skipped", "does not want mail about homework")}


def test_a_guardian_of_two_is_told_as_long_as_one_may_be_known(
    spread: School, work_off: WorkOff
) -> None:
    parent, second = spread.user(PARENT), spread.user("student2@oakwood.example")
    Guardianship.objects.filter(guardian=parent).update(custody_blocked=True)
    centre = spread.class_7a().centre
    Guardianship.objects.create(centre=centre, guardian=parent, student=second)
    work_off()
    assert states_of(parent) == {("done", "")}


def test_asking_again_costs_one_query_per_batch(
    spread: School, django_assert_max_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    with django_assert_max_num_queries(20):
        drain(notify_class)
    assert Delivery.objects.filter(handler=notify_class.name, state="done").count() == 61


def test_who_was_blocked_since_does_not_hear_of_the_withdrawal(
    school: School, work_off: WorkOff
) -> None:
    homework = school.told()
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    withdraw_homework(homework_id=homework.pk, by=school.actor(TEACHER))
    work_off()
    told = Delivery.objects.filter(handler="notices.notify_withdrawn").exclude(key="")
    assert told.filter(state="done").count() == 59
    assert told.get(state="skipped").detail == "custody block"


# The trace of an event.


def test_staff_see_who_was_told_how_and_when(school: School, work_off: WorkOff) -> None:
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    school.publish()
    work_off()
    read_notices(user_id=school.user(STUDENT).pk, up_to=1)

    told = trace(client_of(STAFF), limit="200")
    assert told["event"]["kind"] == "HomeworkPublished"
    assert told["event"]["subject"] == f"homework:{Homework.objects.get().pk}"
    handlers = {each["channel"]: each for each in told["handlers"]}
    assert handlers["portal"]["counts"] == {"told": 58, "read": 1, "skipped": 1}
    assert handlers["email"]["counts"] == {"mailed": 59, "skipped": 1}
    assert handlers["portal"]["fate"] == "done"
    assert len(told["deliveries"]["items"]) == 122
    read = delivery_of(STUDENT, "portal", told)
    assert (read["fate"], bool(read["read_at"])) == ("read", True)
    assert read["recipient"]["name"] == school.user(STUDENT).name
    mailed = delivery_of(STUDENT, "email", told)
    assert (mailed["fate"], mailed["mail"]["state"]) == ("mailed", "sent")
    assert mailed["mail"]["message_id"].startswith("<")
    assert mailed["finished_at"]
    skipped = delivery_of(PARENT, "email", told)
    assert (skipped["fate"], skipped["why"], skipped["mail"]) == ("skipped", "custody block", None)


def test_the_header_of_a_mail_leads_to_its_trace(school: School) -> None:
    school.told()
    mail = Mail.objects.select_related("delivery").earliest("pk")
    told = trace(client_of(STAFF), mail.delivery.event_id, limit="200")
    by_delivery = client_of(STAFF).get(f"/api/trace/deliveries/{mail.delivery_id}?limit=200")
    assert by_delivery.json() == told
    by_mail = client_of(STAFF).get(f"/api/trace/mails/{mail.message_id}?limit=200")
    assert by_mail.json() == told
    [found] = [each for each in told["deliveries"]["items"] if each["id"] == str(mail.delivery_id)]
    assert found["mail"]["message_id"] == mail.message_id


def test_deliveries_come_page_by_page_and_counts_are_of_all(school: School) -> None:
    school.told()
    seen: list[str] = []
    wanted = {"limit": "50"}
    while True:
        told = trace(client_of(STAFF), None, **wanted)
        assert {sum(each["counts"].values()) for each in told["handlers"]} == {60}
        seen += [each["id"] for each in told["deliveries"]["items"]]
        if told["deliveries"]["next"] is None:
            break
        wanted["cursor"] = told["deliveries"]["next"]
    assert len(seen) == len(set(seen)) == 122


def test_what_waits_and_what_failed_say_so(school: School) -> None:
    school.publish()
    drain(notify_class)
    first = Delivery.objects.filter(handler="notices.notify_class").exclude(key="").earliest("pk")
    detail = "OSError: no answer from jo@oakwood.example"
    Delivery.objects.filter(pk=first.pk).update(state="dead", detail=detail, attempt=9)

    told = trace(client_of(STAFF))
    [failed] = [each for each in told["deliveries"]["items"] if each["id"] == str(first.pk)]
    assert (failed["fate"], failed["why"], failed["attempts"]) == ("failed", detail, 9)
    handlers = {each["handler"]: each for each in told["handlers"]}
    assert handlers["email.mail_class"]["counts"] == {"waiting": 1}
    assert handlers["notices.notify_class"]["counts"] == {"told": 59, "failed": 1}


def test_a_job_leads_to_the_event_that_asked_for_it(school: School) -> None:
    school.publish()
    delivery = Delivery.objects.earliest("pk")
    job = Job.objects.create(
        id=uuid4(),
        delivery=delivery,
        kind=delivery.handler,
        centre_id=delivery.centre_id,
        requested_at=clock.now(),
        stage="counting",
    )
    answer = client_of(STAFF).get(f"/api/trace/jobs/{job.pk}").json()
    assert answer == trace(client_of(STAFF))
    told = {"id": str(job.pk), "state": "requested", "stage": "counting", "progress": 0.0}
    assert [each["job"] for each in answer["deliveries"]["items"]] == [told, None]


def test_causes_and_effects_are_linked(school: School) -> None:
    made: list[UUID] = []

    def edit(batch: Batch[HomeworkPublished]) -> None:
        event = batch.claimed[0].event
        edited = HomeworkEdited(centre_id=event.centre_id, homework_id=event.homework_id)
        made.append(publish(edited))

    post(client_of(TEACHER), f"/api/homework/{school.draft().pk}/publish")
    drain(Handler(name="notices.notify_class", event=HomeworkPublished, run=edit))

    effect = EventRecord.objects.get(pk=made[0])
    assert effect.cause_id == event_id()
    assert effect.request_id == EventRecord.objects.get(kind="HomeworkPublished").request_id != ""
    told = trace(client_of(STAFF))
    assert [each["id"] for each in told["effects"]] == [str(effect.pk)]
    assert told["causes"] == []
    assert told["event"]["actor"]["name"] == school.user(TEACHER).name
    below = trace(client_of(STAFF), effect.pk)
    assert below["event"]["cause_id"] == str(event_id())
    assert [each["kind"] for each in below["causes"]] == ["HomeworkPublished"]


def test_log_lines_of_a_handler_carry_the_ids(
    school: School, caplog: pytest.LogCaptureFixture
) -> None:
    post(client_of(TEACHER), f"/api/homework/{school.draft().pk}/publish")
    event = EventRecord.objects.get(kind="HomeworkPublished")
    caplog.handler.addFilter(IdsInLogs())

    def speak(batch: Batch[HomeworkPublished]) -> None:
        logging.getLogger("schoolbell.test").warning("I ran for %d", len(batch.claimed))

    drain(Handler(name="notices.notify_class", event=HomeworkPublished, run=speak))
    [line] = [each for each in caplog.records if each.name == "schoolbell.test"]
    delivery = Delivery.objects.get(handler="notices.notify_class")
    expected = f"[request={event.request_id} event={event.pk} delivery={delivery.pk}] "
    assert line.__dict__["ids"] == expected


def test_a_chain_of_causes_ends(school: School) -> None:
    centre, first = school.class_7a().centre_id, uuid4()
    common = {"kind": "HomeworkEdited", "version": 1, "centre_id": centre, "payload": {}}
    ids = [first, *(uuid4() for _ in range(30))]
    EventRecord.objects.bulk_create(
        EventRecord(id=each, cause_id=cause, **common)
        for each, cause in zip(ids, [ids[-1], *ids], strict=False)
    )
    told = trace(client_of(STAFF), first)  # in a circle, which only a mistake could make
    assert len(told["causes"]) == 20


# Who may see it.


def test_operators_see_neither_names_nor_addresses(school: School) -> None:
    school.told()
    Delivery.objects.filter(key=str(school.user(STUDENT).pk)).update(
        state="dead", detail="RefusedError: 550 <student1@oakwood.example> is unknown"
    )
    Mail.objects.update(reply="250 taken for student1@oakwood.example")
    answer = client_of(OPERATOR).get(f"/api/trace/{event_id()}?limit=200")
    text = answer.content.decode()
    assert answer.json()["handlers"][0]["counts"] == {"mailed": 59, "failed": 1}
    assert "@oakwood.example" not in text
    assert not any(f'"{name}"' in text for name in User.objects.values_list("name", flat=True))
    assert "550 <(address)> is unknown" in text


def test_a_teacher_sees_the_traces_of_what_they_did(school: School) -> None:
    post(client_of(TEACHER), f"/api/homework/{school.draft().pk}/publish")
    assert trace(client_of(TEACHER))["event"]["actor"]["id"] == str(school.user(TEACHER).pk)
    EventRecord.objects.update(actor_id=school.user(STAFF).pk)
    assert_problem(client_of(TEACHER).get(f"/api/trace/{event_id()}"), 404)


@pytest.mark.parametrize("email", [STUDENT, PARENT, STRANGER, "staff@riverside.example"])
def test_for_others_there_is_no_such_event(school: School, email: str) -> None:
    post(client_of(TEACHER), f"/api/homework/{school.draft().pk}/publish")
    delivery = Delivery.objects.earliest("pk")
    assert_problem(client_of(email).get(f"/api/trace/{event_id()}"), 404)
    assert_problem(client_of(email).get(f"/api/trace/deliveries/{delivery.pk}"), 404)


@pytest.mark.parametrize(
    "path",
    [NOBODYS, "deliveries/0", f"deliveries/{2**63}", f"jobs/{NOBODYS}", "mails/x", "nonsense"],
)
def test_what_is_not_there_is_not_found(school: School, path: str) -> None:
    assert_problem(client_of(STAFF).get(f"/api/trace/{path}"), 404)


def test_events_of_no_centre_are_for_operators(school: School) -> None:
    with transaction.atomic():
        of_nobody = publish(NoticesRead(centre_id=NO_CENTRE, person_id=1, up_to=1))
    assert trace(client_of(OPERATOR), of_nobody)["handlers"] == []
    assert_problem(client_of(STAFF).get(f"/api/trace/{of_nobody}"), 404)


def test_staff_of_two_centres_need_not_choose_one(school: School) -> None:
    school.publish()
    riverside = school.class_7a("riverside").centre
    Membership.objects.create(user=school.user(STAFF), centre=riverside, roles=[Role.STUDENT])
    assert trace(client_of(STAFF))["event"]["kind"] == "HomeworkPublished"


# Who was told of a homework.


def reach(client: Client, homework: Homework, **wanted: str) -> dict[str, Any]:
    answer = client.get(f"/api/homework/{homework.pk}/deliveries", wanted)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_row_per_person_with_both_channels(school: School, work_off: WorkOff) -> None:
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    student = school.user(STUDENT)
    NoticePreference.objects.create(person=student, kind=NoticeKind.HOMEWORK, email=False)
    homework = school.publish()
    work_off()
    read_notices(user_id=student.pk, up_to=1)

    told = reach(client_of(TEACHER), homework, limit="200")
    names = [each["name"] for each in told["items"]]
    assert len(names) == 60
    assert names == sorted(names)
    by_id = {each["id"]: each for each in told["items"]}
    row = by_id[str(student.pk)]
    assert (row["part"], row["portal"]["fate"], row["email"]["fate"]) == (
        "student",
        "read",
        "skipped",
    )
    assert row["email"]["why"] == "does not want mail about homework"
    parent = by_id[str(school.user(PARENT).pk)]
    assert (parent["part"], parent["portal"]["why"]) == ("guardian", "custody block")
    assert {each["channel"] for each in told["handlers"]} == {"portal", "email"}
    part = reach(client_of(TEACHER), homework, limit="40")
    rest = reach(client_of(TEACHER), homework, limit="40", cursor=part["next"])
    assert part["items"] + rest["items"] == told["items"]
    assert rest["next"] is None


def test_of_a_draft_nobody_was_told(school: School) -> None:
    told = reach(client_of(TEACHER), school.draft())
    assert told == {"event_id": None, "handlers": [], "items": [], "next": None}


def test_what_was_withdrawn_in_time_says_so(school: School, work_off: WorkOff) -> None:
    homework = school.publish()
    withdraw_homework(homework_id=homework.pk, by=school.actor(TEACHER))
    work_off()
    told = reach(client_of(STAFF), homework)
    assert told["items"] == []
    assert {(each["fate"], each["why"]) for each in told["handlers"]} == {
        ("skipped", "the homework was withdrawn")
    }


@pytest.mark.parametrize(
    ("email", "status"), [(STAFF, 200), (STUDENT, 403), (PARENT, 403), (STRANGER, 404)]
)
def test_who_may_see_who_was_told(school: School, email: str, status: int) -> None:
    homework = school.publish()
    for path in (f"/api/homework/{homework.pk}/deliveries", f"/homework/{homework.pk}/told"):
        assert client_of(email).get(path).status_code == status


def test_a_teacher_who_is_only_a_parent_there_may_not(school: School) -> None:
    homework = school.publish()
    parent = school.user(PARENT)
    Membership.objects.filter(user=parent).update(roles=[Role.PARENT, Role.TEACHER])
    assert_problem(client_of(PARENT).get(f"/api/homework/{homework.pk}/deliveries"), 403)


def test_the_page_shows_who_was_told(school: School) -> None:
    homework = school.told()
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    assert f"/homework/{homework.pk}/told" in shown(client_of(TEACHER), f"/homework/{homework.pk}")
    assert "/told" not in shown(client_of(STUDENT), f"/homework/{homework.pk}")
    page = shown(client_of(STAFF), f"/homework/{homework.pk}/told")
    assert school.user(STUDENT).name in page
    assert "Who was told" in page
