"""Mails about reports: a link and never the report itself."""

from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_noop

from core.events.claims import Claimed
from core.notices.models import NoticeKind
from core.notices.wanted import why_unwanted
from core.people.language import speaking_to
from core.people.models import User
from core.reports import audience
from core.reports.audience import Concerned, Telling
from core.reports.events import ReportReady, ReportReleased, ReportSubmitted
from core.reports.models import Report, ReportVersion
from core.reports.words import headline, path_of, said
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.handler import Batch, Recipients, SkipError, on

SOON: Final = timedelta(minutes=1)
QUICK: Final = gettext_noop("it was made within a minute")


def concerned(event: Telling) -> Recipients:
    """Everyone whom the step concerns, less those who want no mail about reports."""
    report = Report.objects.get(pk=event.report_id)
    if reason := audience.moot(report, event):
        raise SkipError(reason)
    people = audience.by_person(audience.concerned_by(report, event))
    unwanted = _unwanted(people)
    return [
        (str(pk), audience.why_not_told(mine) or unwanted.get(pk, ""))
        for pk, mine in people.items()
    ]


def those_who_left(event: ReportReady) -> Recipients:
    """Who asked for it: not when it was there before they could have gone."""
    report = Report.objects.get(pk=event.report_id)
    version = ReportVersion.objects.get(report=report, number=event.number)
    took = (version.made_at or version.requested_at) - version.requested_at
    if report.recurring_id is None and took < SOON:
        raise SkipError(QUICK)
    return concerned(event)


@on(ReportReady, to=those_who_left, batch=10, outside=True, waits=True)
def mail_ready(batch: Batch[ReportReady]) -> None:
    """Mail those for whom it was made that it is there."""
    send_each(batch, report_letter)


@on(ReportSubmitted, to=concerned, batch=10, outside=True, waits=True)
def mail_submitted(batch: Batch[ReportSubmitted]) -> None:
    """Mail who reviews that it waits for them."""
    send_each(batch, report_letter)


@on(ReportReleased, to=concerned, batch=10, outside=True, waits=True)
def mail_released(batch: Batch[ReportReleased]) -> None:
    """Mail those to whom it was released, as far as they may still know."""
    send_each(batch, report_letter)


def report_letter(delivery: Claimed[Any]) -> Letter:
    """The mail that tells one person of a step; SkipError when they are not to know any more."""
    event, person_id = delivery.event, int(delivery.key)
    report = Report.objects.select_related("centre").get(pk=event.report_id)
    people = audience.still_concerned(report, event, [person_id])
    mine = people.get(person_id, [])
    why_not = audience.moot(report, event) or audience.why_not_told(mine)
    if why_not := why_not or _unwanted(people).get(person_id, ""):
        raise SkipError(why_not)
    person = User.objects.get(pk=person_id)
    with speaking_to(person, report.centre):
        subject, body = headline(report, event), said(report, event, mine)
    return write(
        "report_step",
        to=person,
        subject=subject,
        centre=report.centre,
        path=path_of(report, event),
        kind=NoticeKind.REPORT,
        thread=f"report.{report.pk}",
        said=body,
        is_released=isinstance(event, ReportReleased),
    )


def _unwanted(people: dict[int, list[Concerned]]) -> dict[int, str]:
    """For those who want no mail about reports, or about these children's, the reason."""
    students = {
        pk: [each.card.student_id for each in mine if each.card and each.card.student_id != pk]
        for pk, mine in people.items()
    }
    return why_unwanted(NoticeKind.REPORT, {pk: found or None for pk, found in students.items()})
