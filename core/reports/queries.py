"""All that reads reports. Another centre's do not exist here, nor those that one may not see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from core.people.actor import Actor
from core.people.models import Guardianship
from core.refusals import NotFoundError
from core.reports.kinds import kinds
from core.reports.models import (
    LIVE,
    OFFICE,
    REVIEWING,
    Report,
    ReportAsker,
    ReportRecipient,
    ReportReview,
    ReportState,
    ReportVersion,
)

NO_REPORT: Final = gettext_noop("There is no such report.")


def reports_for(by: Actor) -> QuerySet[Report]:
    """The reports that the actor has asked for; for the office all of kinds that it may ask for."""
    reports = Report.objects.filter(centre_id=by.centre_id).select_related("asked_by")
    asked = Exists(ReportAsker.objects.filter(report=OuterRef("pk"), person_id=by.user_id))
    seen = Q(asked)
    if by.is_any(*OFFICE):
        open_to = [name for name, kind in kinds().items() if by.is_any(*kind.asked_by)]
        seen |= Q(kind__in=open_to)
    return reports.filter(seen)


# TABLE: the lists that reports are looked through by, each with its states.
LISTS: Final[dict[str, tuple[ReportState, ...]]] = {
    "all": tuple(ReportState),
    "making": LIVE,
    "todo": (
        ReportState.READY,
        ReportState.CHANGES_REQUESTED,
        ReportState.STALE,
        ReportState.FAILED,
    ),
    "review": (ReportState.IN_REVIEW,),
    "release": (ReportState.APPROVED,),
    "released": (ReportState.RELEASED,),
    "ended": (ReportState.CANCELLED, ReportState.RECALLED, ReportState.EXPIRED),
}


def listed(by: Actor, show: str, *, own: bool) -> QuerySet[Report]:
    """The reports of a list, the latest first; with `own` only those that the actor asked for."""
    reports = reports_for(by)
    if own:
        asked = ReportAsker.objects.filter(report=OuterRef("pk"), person_id=by.user_id)
        reports = reports.filter(Exists(asked))
    if show != "all":
        reports = reports.filter(state__in=LISTS[show])
    return reports.order_by("-created_at", "-pk")


def get_report(report_id: int, *, by: Actor) -> Report:
    """One of `reports_for`; NotFoundError otherwise."""
    found = reports_for(by).filter(pk=report_id).first()
    if found is None:
        raise NotFoundError(NO_REPORT)
    return found


def is_asker(report: Report, by: Actor) -> bool:
    """Whether the actor has asked for it, first or after somebody else."""
    return ReportAsker.objects.filter(report=report, person_id=by.user_id).exists()


def waiting_for_review(by: Actor) -> QuerySet[Report]:
    """What waits for the actor to review it, the oldest first; nothing for who does not review."""
    if not by.is_any(*REVIEWING):
        return Report.objects.none()
    asked = ReportAsker.objects.filter(report=OuterRef("pk"), person_id=by.user_id)
    waiting = reports_for(by).filter(~Exists(asked), state=ReportState.IN_REVIEW)
    return waiting.order_by("moved_at", "pk")


def version_of(report: Report, number: int | None = None) -> ReportVersion:
    """Its latest version, or the one of that number; NotFoundError for none."""
    wanted = report.number if number is None else number
    found = ReportVersion.objects.filter(report=report, number=wanted).first()
    if found is None:
        raise NotFoundError("There is no such version of the report.")
    return found


def versions_of(reports: Iterable[Report]) -> dict[int, ReportVersion]:
    """The latest version of each report, by the report's id; one query."""
    wanted = {each.pk: each.number for each in reports}
    found = ReportVersion.objects.filter(report__in=wanted)
    return {each.report_id: each for each in found if wanted[each.report_id] == each.number}


def expected_rows(report: Report) -> int | None:
    """How many rows it will probably have: as the same had last, or else one of its kind."""
    made = ReportVersion.objects.filter(
        centre_id=report.centre_id, report__kind=report.kind, rows__isnull=False
    ).order_by("-pk")
    last = made.filter(report__fingerprint=report.fingerprint).first() or made.first()
    return last.rows if last else None


def reviews_of(report: Report) -> QuerySet[ReportReview]:
    """What was said of it, the latest first."""
    return ReportReview.objects.filter(report=report).select_related("by").order_by("-at", "-pk")


@dataclass(frozen=True, slots=True)
class Released:
    """A released report as one person may open it: all of it, or some pupils' cards."""

    report: Report
    recipients: tuple[ReportRecipient, ...]


def released_to(by: Actor) -> QuerySet[ReportRecipient]:
    """What is released to the actor and not recalled, the latest first.

    A guardian's cards are of those children of whom they may know now.
    """
    ward = Guardianship.objects.filter(
        centre_id=by.centre_id,
        guardian_id=by.user_id,
        student_id=OuterRef("card__student_id"),
        custody_blocked=False,
        may_see_grades=True,
    )
    theirs = Q(card=None) | Q(card__student_id=by.user_id) | Exists(ward)
    released = ReportRecipient.objects.filter(
        theirs,
        person_id=by.user_id,
        centre_id=by.centre_id,
        version__report__state=ReportState.RELEASED,
    )
    released = released.select_related("card", "version__report")
    return released.order_by("-released_at", "pk")


def get_released(report_id: int, *, by: Actor) -> Released:
    """A report as it is released to the actor; NotFoundError otherwise."""
    found = tuple(released_to(by).filter(version__report_id=report_id))
    if not found:
        raise NotFoundError(NO_REPORT)
    return Released(found[0].version.report, found)


def was_recalled(report_id: int, *, by: Actor) -> bool:
    """Whether a report was released to the actor, and taken back."""
    return ReportRecipient.objects.filter(
        version__report_id=report_id,
        version__report__state=ReportState.RECALLED,
        person_id=by.user_id,
        centre_id=by.centre_id,
    ).exists()


def unopened_by(by: Actor) -> QuerySet[ReportRecipient]:
    """What is released to the actor and was not opened by them yet."""
    return released_to(by).filter(opened_at=None)


def made_of(report: Report) -> QuerySet[ReportVersion]:
    """Its versions that were made, the latest first."""
    return ReportVersion.objects.filter(report=report, made_at__isnull=False).order_by("-number")


@dataclass(frozen=True, slots=True)
class Reception:
    """How many got a report, opened its page, saved its file."""

    got: int
    opened: int
    saved: int


def reception_of(report: Report) -> Reception:
    """How its latest version was received."""
    counted = recipients_of(report).aggregate(
        got=Count("pk"), opened=Count("opened_at"), saved=Count("downloaded_at")
    )
    return Reception(**counted)


def recipients_of(report: Report) -> QuerySet[ReportRecipient]:
    """To whom its latest version was released."""
    found = ReportRecipient.objects.filter(version__report=report, version__number=report.number)
    return found.select_related("person", "card")
