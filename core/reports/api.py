"""Reports over HTTP, for those who ask for them, review and release them."""

from typing import Annotated, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router, Status
from pydantic import Field

from core.files.api import binary
from core.http.bodies import id_from
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting
from core.refusals import InvalidError
from core.reports import actions, queries, releasing
from core.reports.bodies import (
    DifferencesTold,
    KindTold,
    PreviewAsked,
    PreviewTold,
    RecipientTold,
    ReleasedTold,
    ReleaseGiven,
    ReportAsked,
    ReportBrief,
    ReportReviewTold,
    ReportTold,
    ReviewGiven,
)
from core.reports.choices import described
from core.reports.contents import find_content, send_content
from core.reports.differences import differences_between
from core.reports.kinds import kind_called, kinds
from core.reports.making import setting_for
from core.reports.models import Report, ReportRecipient, ReportReview, ReportState
from core.reports.preview import preview_of
from core.reports.sealing import snapshot_of
from core.reports.standing import standing_of, standings_of

router = Router(tags=["reports"])

LATEST_FIRST: Final = Order(Report, "-created_at", "-id")
LAST_SAID_FIRST: Final = Order(ReportReview, "-at", "-id")
LAST_RELEASED_FIRST: Final = Order(ReportRecipient, "-released_at", "-id")
AS_RELEASED: Final = Order(ReportRecipient, "id")
CONTENT: Final = binary("application/octet-stream")
ONE: Final = "reports/{int:report_id}"


class ReportsWanted(Wanted):
    """Which reports are asked for."""

    state: ReportState | None = None


class Which(Wanted):
    """Which file of a report is asked for."""

    version: Annotated[int | None, Field(ge=1, description="the latest when left out")] = None
    student_id: Annotated[str | None, Field(description="whose card alone")] = None


class Between(Wanted):
    """Which versions are compared."""

    before: Annotated[int, Field(ge=1)]
    after: Annotated[int, Field(ge=1)]


@router.get(
    "report-kinds",
    response=list[KindTold],
    operation_id="list_report_kinds",
    summary="Kinds of report",
)
def list_kinds(request: HttpRequest) -> list[KindTold]:
    """The kinds that one may ask for, each with its parameters as JSON Schema."""
    by = acting(request)
    return [
        KindTold.of(kind, described(kind)) for kind in kinds().values() if by.is_any(*kind.asked_by)
    ]


@router.post(
    "reports",
    response={202: ReportBrief},
    operation_id="request_report",
    summary="Ask for a report",
)
def request_report(request: HttpRequest, given: ReportAsked) -> Status[ReportBrief]:
    """Has a report made. Who asks for what is being made already gets the same report."""
    report = actions.request_report(
        kind=given.kind, params=given.params, into=given.format, bom=given.bom, by=acting(request)
    )
    return Status(202, ReportBrief.of(report))


@router.post(
    "reports/preview",
    response=PreviewTold,
    operation_id="preview_report",
    summary="Look at a report's first rows",
)
def preview_report(request: HttpRequest, given: PreviewAsked) -> PreviewTold:
    """The first ten rows of what a report would say; nothing is made or kept."""
    by = acting(request)
    kind = actions.checked_kind(given.kind, by=by)
    params = actions.checked_params(kind, given.params, by=by)
    found = preview_of(kind, setting_for(params, by.centre_id))
    return PreviewTold(columns=found.columns, rows=[list(row) for row in found.rows])


@router.get("reports", response=Page[ReportTold], operation_id="list_reports", summary="Reports")
def list_reports(request: HttpRequest, wanted: Query[ReportsWanted]) -> Page[ReportTold]:
    """The reports one has asked for, the latest first; for the office all of its centre."""
    reports = queries.reports_for(acting(request))
    if wanted.state:
        reports = reports.filter(state=wanted.state)
    page = read_page(reports, LATEST_FIRST, wanted, lambda each: each)
    versions = queries.versions_of(page.items)
    standings = standings_of(page.items, versions)
    told = [ReportTold.told(each, versions.get(each.pk), standings[each.pk]) for each in page.items]
    return Page(items=told, next=page.next)


@router.get(
    "reports/released",
    response=Page[ReleasedTold],
    operation_id="list_released_reports",
    summary="Reports released to me",
)
def list_released(request: HttpRequest, wanted: Query[Wanted]) -> Page[ReleasedTold]:
    """What was released to the reader and not recalled, the latest first."""
    rows = queries.released_to(acting(request))
    return read_page(rows, LAST_RELEASED_FIRST, wanted, ReleasedTold.of)


@router.get(ONE, response=ReportTold, operation_id="get_report", summary="A report")
def get_report(request: HttpRequest, report_id: int) -> ReportTold:
    """How a report stands: its place and an estimate while it waits, then its progress."""
    return _told(request, report_id)


@router.get(
    f"{ONE}/content",
    operation_id="get_report_content",
    summary="A report's file",
    openapi_extra=CONTENT,
)
def get_content(request: HttpRequest, report_id: int, wanted: Query[Which]) -> HttpResponseBase:
    """The bytes; for whom a pupil's card was released that card. 409 while there is none."""
    student_id = None if wanted.student_id is None else _id(wanted.student_id)
    found = find_content(
        report_id, number=wanted.version, student_id=student_id, by=acting(request)
    )
    return send_content(request, found)


@router.post(
    f"{ONE}/cancel", response=ReportTold, operation_id="cancel_report", summary="Cancel a report"
)
def cancel_report(request: HttpRequest, report_id: int) -> ReportTold:
    """Cancels a report that is not made yet, at once."""
    actions.cancel_report(report_id=report_id, by=acting(request))
    return _told(request, report_id)


@router.post(
    f"{ONE}/remake",
    response={202: ReportTold},
    operation_id="remake_report",
    summary="Make a report anew",
)
def remake_report(request: HttpRequest, report_id: int) -> Status[ReportTold]:
    """Has a new version made of the same request, with the data of then."""
    actions.remake_report(report_id=report_id, by=acting(request))
    return Status(202, _told(request, report_id))


@router.post(
    f"{ONE}/submit", response=ReportTold, operation_id="submit_report", summary="Submit for review"
)
def submit_report(request: HttpRequest, report_id: int) -> ReportTold:
    """Has somebody else review a report that is ready."""
    actions.submit_report(report_id=report_id, by=acting(request))
    return _told(request, report_id)


@router.post(
    f"{ONE}/review", response=ReportTold, operation_id="review_report", summary="Review a report"
)
def review_report(request: HttpRequest, report_id: int, given: ReviewGiven) -> ReportTold:
    """Approves and seals a report, or asks for changes; not by who has asked for it."""
    actions.review_report(
        report_id=report_id, decision=given.decision, comment=given.comment, by=acting(request)
    )
    return _told(request, report_id)


@router.post(
    f"{ONE}/release", response=ReportTold, operation_id="release_report", summary="Release a report"
)
def release_report(request: HttpRequest, report_id: int, given: ReleaseGiven) -> ReportTold:
    """Gives an approved report to its audience, now or at a time; 409 when marks have changed."""
    releasing.release_report(
        report_id=report_id, audience=given.audiences, at=given.at, by=acting(request)
    )
    return _told(request, report_id)


@router.post(
    f"{ONE}/recall", response=ReportTold, operation_id="recall_report", summary="Recall a report"
)
def recall_report(request: HttpRequest, report_id: int) -> ReportTold:
    """Takes a release back: its links are dead at once. Calls off one that waits for its time."""
    releasing.recall_report(report_id=report_id, by=acting(request))
    return _told(request, report_id)


@router.get(
    f"{ONE}/reviews",
    response=Page[ReportReviewTold],
    operation_id="list_report_reviews",
    summary="What reviewers said",
)
def list_reviews(
    request: HttpRequest, report_id: int, wanted: Query[Wanted]
) -> Page[ReportReviewTold]:
    """What was said of the report's versions, the latest first."""
    report = queries.get_report(report_id, by=acting(request))
    return read_page(queries.reviews_of(report), LAST_SAID_FIRST, wanted, ReportReviewTold.of)


@router.get(
    f"{ONE}/recipients",
    response=Page[RecipientTold],
    operation_id="list_report_recipients",
    summary="To whom a report was released",
)
def list_recipients(
    request: HttpRequest, report_id: int, wanted: Query[Wanted]
) -> Page[RecipientTold]:
    """Who got the latest version, and who has opened or saved it."""
    report = queries.get_report(report_id, by=acting(request))
    return read_page(queries.recipients_of(report), AS_RELEASED, wanted, RecipientTold.of)


@router.get(
    f"{ONE}/differences",
    response=DifferencesTold,
    operation_id="compare_report_versions",
    summary="Compare two versions",
)
def compare(request: HttpRequest, report_id: int, wanted: Query[Between]) -> DifferencesTold:
    """Which rows are new or gone, and whose figures have moved."""
    report = queries.get_report(report_id, by=acting(request))
    before, after = (
        snapshot_of(queries.version_of(report, number)) for number in (wanted.before, wanted.after)
    )
    return DifferencesTold.of(differences_between(kind_called(report.kind), before, after))


def _told(request: HttpRequest, report_id: int) -> ReportTold:
    report = queries.get_report(report_id, by=acting(request))
    version = queries.version_of(report)
    return ReportTold.told(report, version, standing_of(report, version))


def _id(text: str) -> int:
    found = id_from(text)
    if found is None:
        raise InvalidError("student_id", "must be the id of a student", source="query")
    return found
