"""What each kind of report says of a school whose figures are known."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.calendar.queries import today_of
from core.classes.actions import open_class
from core.classes.enrolment_actions import enrol_student
from core.classes.models import Enrolment
from core.events.models import Delivery
from core.homework.actions import withdraw_homework
from core.homework.models import Homework
from core.mail.models import Mail
from core.notices.actions import read_notices
from core.notices.models import NoticePreference
from core.people.invitations import invite_person
from core.people.models import Role
from core.remarks.actions import write_remark
from core.reports.content import Chart, Table, Text
from core.reports.kinds import kinds
from core.submissions.models import Submission
from tests.flow.conftest import School
from tests.flow.people import TEACHER
from tests.flow.reporting import (
    REMARK,
    Reported,
    facts,
    grade,
    lines,
    only,
    reported,
    sign_in,
    teach,
)

ADMIN = "admin@oakwood.example"


@pytest.fixture
def told(school: School, tmp_path: Path) -> Reported:
    return reported(school, tmp_path)


# Classes and homework


def test_progress_counts_by_student(told: Reported) -> None:
    parts = told.composed("class_progress")
    (table,) = only(parts, Table)
    found = {each["Student"]: tuple(each.values())[1:] for each in lines(table)}
    assert len(found) == 30
    assert found["Ada Ashby"] == ("7A", "2", "2", "1", "0", "2", "0.6875")
    assert found["Ben Ashby"] == ("7A", "2", "1", "0", "1", "0", "")
    assert found["Chloe Ashby"] == ("7A", "2", "0", "0", "1", "0", "")  # has it back
    assert found["Dev Ashby"] == ("7A", "2", "0", "0", "1", "0", "")
    assert facts(parts) == {
        "Students": "30",
        "Homework": "2",
        "Handed in": "3",
        "Late": "1",
        "Missing": "29",
        "Graded": "2",
        "Completion": "9.4%",  # 3 of 32
        "Average": "68.8%",
    }
    average, weeks = only(parts, Chart)
    assert [(each.label, each.value) for each in average.points] == [("7A", 68.8)]
    assert sum(each.value > 0 for each in weeks.points) == 2


def test_progress_follows_marks_and_who_attended_when(told: Reported) -> None:
    before = told.snapshot("class_progress").sha256
    submission = Submission.objects.get(student__email="student2@oakwood.example")
    grade(told.school, submission, "50")
    assert told.snapshot("class_progress").sha256 != before
    poem = Homework.objects.get(centre__slug="oakwood", title="Poem")
    today = today_of(told.centre())
    Enrolment.objects.filter(student__email="student4@oakwood.example").update(since=today)
    left = Enrolment.objects.filter(student__email="student5@oakwood.example")
    left.update(since=today - timedelta(days=40), until=today - timedelta(days=35))
    (table,) = only(told.composed("class_progress"), Table)
    found = {each["Student"]: each for each in lines(table)}
    assert found["Ben Ashby"]["Average"] == "0.5"
    assert (found["Dev Ashby"]["Homework due"], found["Dev Ashby"]["Missing"]) == ("1", "0")
    assert "Elif Ashby" not in found
    withdraw_homework(homework_id=poem.pk, by=told.school.actor(TEACHER))
    assert facts(told.composed("class_progress"))["Homework"] == "1"


def test_only_the_days_and_classes_that_were_asked_for(told: Reported) -> None:
    today = today_of(told.centre())
    other = open_class(name="7B", by=told.school.actor(ADMIN))
    enrol_student(
        class_id=other.pk,
        student_id=told.school.user("student9@oakwood.example").pk,
        by=told.school.actor(ADMIN),
    )
    assert facts(told.composed("class_progress", since=f"{today}"))["Homework"] == "1"
    parts = told.composed("class_progress", classes=[str(other.pk)])
    assert [each["Student"] for each in lines(only(parts, Table)[0])] == ["Ines Ashby"]
    assert only(parts, Chart) == []


def test_days_are_those_of_the_centre(told: Reported) -> None:
    zone = ZoneInfo(told.centre("riverside").timezone)
    today = today_of(told.centre("riverside"))
    poem = Homework.objects.filter(centre__slug="riverside", title="Poem")
    for at, counted in ((time(23, 59), "1"), (time(0, 0), "0")):
        there = datetime.combine(today + timedelta(days=at < time(12)), at, zone)
        poem.update(due_at=there)
        parts = told.composed("class_progress", "riverside", until=f"{today}")
        assert facts(parts)["Homework"] == counted


def test_completion_has_a_line_for_each_homework_and_student(told: Reported) -> None:
    parts = told.composed("homework_completion")
    (table,) = only(parts, Table)
    found = {(each["Homework"], each["Student"]): each for each in lines(table)}
    assert len(found) == 60
    states = [found["Fractions", f"{name} Ashby"]["State"] for name in ("Ada", "Ben", "Chloe")]
    assert states == ["graded", "handed in", "given back"]
    assert found["Fractions", "Dev Ashby"]["State"] == "open"
    assert found["Poem", "Dev Ashby"]["State"] == "missing"
    ada = found["Poem", "Ada Ashby"]
    assert (ada["Score"], ada["Best score"], ada["Late"]) == ("10", "20", "late")
    assert ada["Handed in"].startswith(f"{today_of(told.centre())}")
    (chart,) = only(parts, Chart)
    assert [(each.label, each.value) for each in chart.points] == [
        ("Poem", 3.3),
        ("Fractions", 100),
    ]
    assert chart.says == "Completion by homework: Poem 3.3%; Fractions 100%."
    assert facts(parts)["To be handed in"] == "60"


def test_who_leaves_and_comes_back_on_the_same_day_was_there_once(told: Reported) -> None:
    before = told.snapshot("homework_completion").sha256
    poem = Homework.objects.get(centre=told.centre(), title="Poem")
    day = poem.due_at.astimezone(ZoneInfo(told.centre().timezone)).date()
    there = Enrolment.objects.get(
        school_class=poem.school_class, student__name="Dev Ashby", until=None
    )
    Enrolment.objects.filter(pk=there.pk).update(until=day)
    for until in (day, None):
        Enrolment.objects.create(
            centre_id=there.centre_id,
            school_class_id=there.school_class_id,
            student_id=there.student_id,
            since=day,
            until=until,
        )
    assert told.snapshot("homework_completion").sha256 == before


# Report cards


def test_each_student_has_a_card_of_their_own(told: Reported) -> None:
    kind, data = kinds()["report_cards"], told.snapshot("report_cards")
    assert kind.cards
    cards = {each.name: each for each in kind.cards(data, told.setting(kind))}
    assert len(cards) == 30
    ada = cards["Ada Ashby"]
    assert ada.student_id == told.school.user("student1@oakwood.example").pk
    classes, grades = only(ada.parts, Table)
    assert list(classes.rows) == [
        ("7A", "Mathematics 7", "2", "2", "1", "0", "2", "0.6875"),
    ]
    assert [row[1:2] + row[3:] for row in grades.rows] == [
        ("Poem", "10", "20", "0.5"),
        ("Fractions", "87.5", "100", "0.875"),
    ]
    assert only(ada.parts, Text) == [Text("7A: Taylor Thorne", REMARK)]
    ben = cards["Ben Ashby"]
    assert only(ben.parts, Table)[1].count == 0
    assert only(ben.parts, Text) == []
    assert all("Ada" not in str(each.parts) for name, each in cards.items() if "Ada" not in name)


def test_cards_change_with_marks_and_remarks(told: Reported) -> None:
    seen = {told.snapshot("report_cards").sha256}
    write_remark(
        class_id=told.school.class_7a().pk,
        student_id=told.school.user("student2@oakwood.example").pk,
        term_id=told.school.class_7a().term_id or 0,
        text="Asks good questions.",
        by=told.school.actor(TEACHER),
    )
    seen.add(told.snapshot("report_cards").sha256)
    graded = Submission.objects.get(
        homework__title="Poem", student__email="student1@oakwood.example"
    )
    grade(told.school, graded, "12")
    seen.add(told.snapshot("report_cards").sha256)
    assert len(seen) == 3


def test_cards_of_several_classes_are_of_one_student_each(told: Reported) -> None:
    by = told.school.actor(ADMIN)
    other = open_class(name="6Z", by=by)
    for number in (1, 2):
        student = told.school.user(f"student{number}@oakwood.example")
        enrol_student(class_id=other.pk, student_id=student.pk, by=by)
    kind = kinds()["report_cards"]
    asked = [str(other.pk), str(told.school.class_7a().pk)]
    data = told.snapshot("report_cards", classes=asked)
    assert kind.cards
    cards = list(kind.cards(data, told.setting(kind, classes=asked)))
    assert len(cards) == 30
    assert data.count("rows") == 32
    assert [[row[0] for row in only(each.parts, Table)[0].rows] for each in cards[:4]].count(
        ["6Z", "7A"]
    ) >= 1
    by_name = {each.name: each for each in cards}
    assert only(by_name["Ada Ashby"].parts, Table)[1].count == 2


# People, deliveries, the centre


def test_activity_tells_who_never_came(told: Reported) -> None:
    sign_in("student1@oakwood.example")
    invite_person(
        email="new@oakwood.example",
        name="Nia New",
        roles=[Role.PARENT],
        by=told.school.actor(ADMIN),
    )
    parts = told.composed("account_activity")
    found = {each["Email"]: each for each in lines(only(parts, Table)[0])}
    assert len(found) == 65  # 30 students, 30 parents, 4 grown-ups, 1 invited
    ada = found["student1@oakwood.example"]
    assert (ada["Account"], ada["Sign-ins"], ada["Roles"]) == ("active", "2", "Student")
    assert ada["Last sign-in"].startswith(f"{today_of(told.centre())}")
    assert found["student2@oakwood.example"]["Account"] == "never signed in"
    assert found["new@oakwood.example"]["Account"] == "invited"
    assert facts(parts)["Never signed in"] == "63"
    assert facts(parts)["Signed in on these days"] == "1"
    assert facts(parts)["Invited, not joined yet"] == "1"


def test_activity_of_a_role_and_a_class(told: Reported) -> None:
    def names(**asked: Any) -> list[str]:
        (table,) = only(told.composed("account_activity", **asked), Table)
        return [each["Name"] for each in lines(table)]

    class_7a = [str(told.school.class_7a().pk)]
    assert names(role="teacher") == ["Taylor Thorne"]
    assert len(names(role="parent", classes=class_7a)) == 30
    assert len(names(classes=class_7a)) == 61
    assert names(role="head", classes=class_7a) == []
    before = f"{today_of(told.centre()) - timedelta(days=10)}"
    parts = told.composed("account_activity", role="student", until=before)
    assert facts(parts)["Signed in on these days"] == "0"
    assert facts(parts)["Never signed in"] == "29"  # in those days, or any other


def test_what_was_only_listed_is_told_and_not_read(
    school: School, tmp_path: Path, work_off: Callable[[], int]
) -> None:
    person = school.user("student1@oakwood.example")
    NoticePreference.objects.create(person=person, kind="homework", portal=False)
    school.publish()
    work_off()
    parts = Reported(school, tmp_path).composed("delivery_report")
    (ada,) = [each for each in lines(only(parts, Table)[0]) if each["Name"] == "Ada Ashby"]
    assert (ada["Portal"], ada["Read"]) == ("told", "")


def test_deliveries_tell_whom_what_did_not_reach(
    school: School, tmp_path: Path, work_off: Callable[[], int]
) -> None:
    school.user("parent2@oakwood.example").wards.update(custody_blocked=True)
    teach(school)
    told = Reported(school, tmp_path)
    work_off()
    read_notices(user_id=told.school.user("parent1@oakwood.example").pk, up_to=99)
    mails = Mail.objects.filter(recipient="student3@oakwood.example")
    Delivery.objects.filter(mail__in=mails).update(state="dead", detail="550 no such user")
    mails.update(state="bounced")
    parts = told.composed("delivery_report")
    found = {
        (each["What"], each["Name"]): each
        for each in lines(only(parts, Table)[0])
        if each["About"].endswith("Fractions")
    }
    published = "Homework published"
    ada = found[published, "Ada Ashby"]
    assert (ada["Portal"], ada["Email"], ada["Sign-in"]) == ("told", "mailed", "")
    parent = found[published, "Parent of Ada Ashby"]
    assert (parent["Portal"], parent["Sign-in"]) == ("read", "never signed in")
    blocked = found[published, "Parent of Ben Ashby"]
    assert (blocked["Portal"], blocked["Email"]) == ("left out", "left out")
    assert (blocked["Portal: why"], blocked["Email: why"]) == ("custody block", "custody block")
    chloe = found[published, "Chloe Ashby"]
    assert (chloe["Email"], chloe["Email: why"]) == ("bounced", "550 no such user")
    assert int(facts(parts)["Bounced"]) >= 1
    missed = only(told.composed("delivery_report", only_missed=True), Table)[0]
    fates = [{each["Portal"], each["Email"]} for each in lines(missed)]
    assert 0 < len(fates) < only(parts, Table)[0].count
    assert all(each & {"left out", "bounced", "failed"} for each in fates)


def test_the_overview_counts_the_centre(told: Reported) -> None:
    parts = told.composed("centre_overview")
    found = facts(parts)
    assert (found["Active people"], found["Student"], found["Teacher"]) == ("64", "30", "1")
    assert (found["Classes"], found["Homework"], found["Completion"]) == ("1", "2", "9.4%")
    assert found["Tickets opened"] == "4"  # three of the demo school
    assert (found["Tickets resolved"], found["Tickets to be resolved now"]) == ("1", "3")
    assert found["People who signed in"] == "1"
    weeks, classes = only(parts, Table)
    assert 9 <= weeks.count <= 10
    sums = [
        sum(int(each[title] or 0) for each in lines(weeks)) for title in ("Handed in", "Missing")
    ]
    assert sums == [3, 29]
    assert list(classes.rows) == [("7A", "30", "2", "3", "1", "29")]
    assert [len(each.points) for each in only(parts, Chart)][1:] == [2 * weeks.count, weeks.count]
    assert not any("Average" in each.title for table in (weeks, classes) for each in table.columns)
