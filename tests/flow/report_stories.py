"""Reports at each moment of their life, reached through the actions alone: for the handlers."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import clock
from core.calendar.models import Term
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.events.publish import publish
from core.jobs.actions import stop_job
from core.jobs.models import Job
from core.mail.models import Mail
from core.notices.models import Notice
from core.remarks.actions import write_remark
from core.reports.actions import request_report, review_report, submit_report
from core.reports.events import ReportsExpiryDue
from core.reports.expiry import expire_reports
from core.reports.freshness import outdate
from core.reports.kind import Audience, Format
from core.reports.models import (
    Decision,
    Every,
    RecurringReport,
    Report,
    ReportRecipient,
    ReportVersion,
)
from core.reports.recurring import save_recurring
from core.reports.releasing import release_report
from core.reports.rhythm import Rhythm
from core.reports.storage import ROOM, path_of
from core.submissions.models import Submission
from tasks.drain import drain
from tasks.notices.reports import note_failed_report
from tasks.reports.making import make_report
from tests.flow.conftest import School, work_all_off
from tests.flow.desk import HEAD, STAFF
from tests.flow.handing_in import graded, handed_in, returned
from tests.flow.people import STUDENT, TEACHER

Story = Callable[[School], None]
Effect = Callable[[], int]
ATTEMPTS: Final = 5  # of tasks/policies.py


def in_time() -> None:
    """The time has come of all that waits for one, and it is worked off."""
    while Delivery.objects.filter(state="pending").update(due_at=clock.now()):
        work_all_off()


def the_params(school: School, kind: str = "class_progress") -> dict[str, Any]:
    """The demo class, in the days around today or in its term."""
    classes = {"classes": [str(school.class_7a().pk)]}
    if kind == "report_cards":
        return classes | {"term": str(Term.objects.get(centre__slug="oakwood").pk)}
    today = timezone.localdate()
    days = {"since": today - timedelta(days=30), "until": today + timedelta(days=30)}
    return classes | {name: str(day) for name, day in days.items()}


def ask(school: School, kind: str = "class_progress", into: Format = Format.CSV) -> None:
    by = school.actor(STAFF)
    request_report(kind=kind, params=the_params(school, kind), into=into, by=by)


def make(school: School) -> None:
    ask(school)
    while drain(make_report):
        pass


def make_at_length(school: School) -> None:
    """So that who asked for it may have left meanwhile."""
    ask(school)
    ReportVersion.objects.update(requested_at=clock.now() - timedelta(minutes=2))
    while drain(make_report):
        pass


def submit(school: School) -> None:
    make(school)
    in_time()
    submit_report(report_id=Report.objects.get().pk, by=school.actor(STAFF))


def review(school: School, decision: Decision = Decision.APPROVE) -> None:
    submit(school)
    in_time()
    report_id, by = Report.objects.get().pk, school.actor(HEAD)
    review_report(report_id=report_id, decision=decision, comment="All of it.", by=by)


def ask_for_changes(school: School) -> None:
    review(school, Decision.CHANGES)


def put_out_of_date(school: School) -> None:
    make(school)
    in_time()
    report = Report.objects.get()
    assert outdate(report.pk, report.number)


def release(school: School, **more: Any) -> None:
    review(school)
    in_time()
    report_id, by = Report.objects.get().pk, school.actor(STAFF)
    release_report(report_id=report_id, audience=[Audience.STAFF], by=by, **more)


def release_at_a_time(school: School) -> None:
    release(school, at=clock.now() + timedelta(days=1))
    Delivery.objects.filter(state="pending").update(due_at=clock.now())


def fail(school: School) -> None:
    """There is a file where its folder should be, until its attempts are spent."""
    in_the_way = Path(settings.MEDIA_ROOT) / ROOM
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.touch()
    ask(school)
    for _ in range(ATTEMPTS):
        Delivery.objects.filter(handler=make_report.name).update(due_at=clock.now())
        drain(make_report)
    in_the_way.unlink()


def fail_and_note_it(school: School) -> None:
    fail(school)
    while drain(note_failed_report):
        pass


def stop_among_jobs(school: School) -> None:
    ask(school)
    with transaction.atomic():
        stop_job(Job.objects.get().pk)


def let_time_pass(school: School) -> None:
    for into in (Format.CSV, Format.HTML):
        ask(school, into=into)
        in_time()
    Report.objects.filter(format=Format.HTML).update(expires_at=clock.now())


def let_one_be_over(school: School) -> None:
    let_time_pass(school)
    with transaction.atomic():
        publish(ReportsExpiryDue(centre_id=NO_CENTRE))


def let_one_expire(school: School) -> None:
    let_time_pass(school)
    assert expire_reports() == 1


def plan_again_and_again(school: School) -> None:
    """It is planned, and its time has come."""
    save_recurring(
        kind="class_progress",
        params={"classes": the_params(school)["classes"]},
        into=Format.CSV,
        rhythm=Rhythm(every=Every.DAY, first_on=timezone.localdate(), hour=7),
        readers=[school.user(HEAD).pk],
        by=school.actor(STAFF),
    )
    come_due()


def come_due() -> None:
    """Let the planned time be a moment ago, for the plan and for what waits for it."""
    past = clock.now() - timedelta(minutes=1)
    RecurringReport.objects.update(next_at=past)
    for delivery in Delivery.objects.filter(handler="cleanup.make_recurring", state="pending"):
        event = delivery.event
        event.payload["due_at"] = past.isoformat()
        event.save()
        Delivery.objects.filter(pk=delivery.pk).update(due_at=past)


# what puts reports in doubt


def report_then(change: Callable[[School], None], kind: str = "class_progress") -> Story:
    """Handed-in work, a report of it, and what changes afterwards."""

    def story(school: School) -> None:
        handed_in(school, school.publish())
        ask(school, kind, Format.PDF if kind == "report_cards" else Format.CSV)
        in_time()
        change(school)

    return story


def grade(school: School) -> None:
    graded(school, Submission.objects.get())


def give_back(school: School) -> None:
    returned(school, Submission.objects.get())


def hand_in_again(school: School) -> None:
    submission = Submission.objects.get()
    handed_in(school, submission.homework, "Three quarters.", "student2@oakwood.example")


def remark(school: School) -> None:
    write_remark(
        class_id=school.class_7a().pk,
        student_id=school.user(STUDENT).pk,
        term_id=Term.objects.get(centre__slug="oakwood").pk,
        text="Thinks before writing.",
        by=school.actor(TEACHER),
    )


def doubt(school: School) -> None:
    """A grade has put it in doubt, and it is to be seen whether rightly."""
    report_then(grade)(school)
    work_all_off()
    Delivery.objects.filter(state="pending").update(due_at=clock.now())


# what is counted


def of_kind(name: str) -> Effect:
    return EventRecord.objects.filter(kind=name).count


def told(beginning: str) -> Effect:
    return Notice.objects.filter(kind="report", title__startswith=beginning).count


def mailed(handler: str) -> Effect:
    return Mail.objects.filter(state="sent", delivery__handler=handler).count


def folders() -> int:
    """Versions whose files are there."""
    return sum(path_of(each.folder).exists() for each in ReportVersion.objects.all())


# As in tests/flow/test_delivered_twice.py; staff are four: office, head, admin and the teacher.
REPORT_STORIES: Final[dict[str, tuple[Story, Effect, int]]] = {
    "reports.make_report": (ask, of_kind("ReportReady"), 1),
    "notices.notify_ready": (make, told("Report ready"), 1),
    "email.mail_ready": (make_at_length, mailed("email.mail_ready"), 1),
    "notices.note_failed_report": (fail, of_kind("ReportFailed"), 1),
    "notices.note_cancelled_report": (stop_among_jobs, of_kind("ReportCancelled"), 1),
    "notices.notify_failed": (fail_and_note_it, told("Report failed"), 1),
    "notices.notify_submitted": (submit, told("Report to review"), 2),
    "email.mail_submitted": (submit, mailed("email.mail_submitted"), 2),
    "notices.notify_approved": (review, told("Report approved"), 1),
    "notices.notify_changes": (ask_for_changes, told("Changes asked for"), 1),
    "notices.notify_outdated": (put_out_of_date, told("Report out of date"), 1),
    "notices.release_when_due": (release_at_a_time, ReportRecipient.objects.count, 4),
    "notices.notify_released": (release, told("Report for you"), 4),
    "email.mail_released": (release, mailed("email.mail_released"), 4),
    "notices.doubt_after_work": (report_then(hand_in_again), of_kind("ReportDoubted"), 1),
    "notices.doubt_after_grade": (report_then(grade), of_kind("ReportDoubted"), 1),
    "notices.doubt_after_return": (report_then(give_back), of_kind("ReportDoubted"), 1),
    "notices.doubt_after_remark": (
        report_then(remark, "report_cards"),
        of_kind("ReportDoubted"),
        1,
    ),
    "cleanup.settle_doubts": (doubt, of_kind("ReportOutdated"), 1),
    "cleanup.end_reports": (let_one_be_over, of_kind("ReportExpired"), 1),
    "cleanup.drop_report_files": (let_one_expire, folders, 1),
    "cleanup.make_recurring": (plan_again_and_again, Report.objects.count, 1),
}
